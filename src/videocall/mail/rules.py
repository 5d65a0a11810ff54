"""Pure decisions about mail that could not be handed over."""

from datetime import timedelta

MOST_ATTEMPTS = 10
LEASE = timedelta(minutes=5)
"""How long a claim holds: longer than one attempt can take, so that no two processes ever try the same mail at once."""
ATTEMPT_SECONDS = 120
KEEP_DONE = timedelta(days=30)
"""How long the queue remembers that a mail was sent, or that it never could be."""

_FIRST_DELAY = timedelta(minutes=1)
_LONGEST_DELAY = timedelta(hours=6)


def delay(attempts: int) -> timedelta:
    """How long to wait after that many attempts (RFC 5321, section 4.5.4.1: grow, then every few hours)."""
    return min(_FIRST_DELAY * int(4 ** (attempts - 1)), _LONGEST_DELAY)


def is_dead(attempts: int, *, permanent: bool) -> bool:
    """Whether to give up: the server said never, or a day and a half has gone by."""
    return permanent or attempts >= MOST_ATTEMPTS
