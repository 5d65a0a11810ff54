"""Pure decisions about accounts: what names, addresses and passwords may be, and how a deletion goes on."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta

from videocall.accounts.model import DeletionStatus
from videocall.mail.model import EMAIL_PATTERN

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024
LONGEST_NAME = 40
FEWEST_DIFFERENT = 4
MOST_AROUND = 6
"""A common word with at most so many characters around it is still a common password."""

VERIFY_WITHIN = timedelta(days=2)
RESET_WITHIN = timedelta(hours=1)
CHANGE_ONES_MIND = timedelta(days=14)
"""From the approval of a deletion until it is carried out."""
KEEP_UNVERIFIED = timedelta(days=7)
"""A deletion that nobody confirmed was perhaps not the person's: nothing of it is kept."""


_LEET = str.maketrans("013457@$!", "oieastasi")
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean_name(typed: str) -> str:
    """A name in one line, composed (Unicode NFC), as it is kept."""
    return unicodedata.normalize("NFC", " ".join(typed.split()))


def name_error(typed: str, what: str) -> str | None:
    """What is wrong with a name, in a sentence, or None. No control characters, nothing that turns text around."""
    if any(unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"} or char in _BIDI for char in typed.strip()):
        return f"Your {what} has a character in it that cannot be shown."
    if not clean_name(typed):
        return f"Please enter your {what}."
    if len(clean_name(typed)) > LONGEST_NAME:
        return f"Your {what} can be at most {LONGEST_NAME} characters long."
    return None


def clean_email(typed: str) -> str:
    """An address as it is kept and looked for: lower case (policy section 3.1)."""
    return typed.strip().lower()


def email_error(typed: str) -> str | None:
    """What is wrong with an address, or None."""
    return (
        None
        if re.fullmatch(EMAIL_PATTERN, clean_email(typed))
        else "Please enter an e-mail address like ada@example.org."
    )


def password_error(password: str, email: str, common: frozenset[str]) -> str | None:
    """What is wrong with a new password, or None: length and guessability, no composition rules (NIST SP 800-63B)."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Your password needs at least {SHORTEST_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"Your password can be at most {LONGEST_PASSWORD} characters long."
    folded = password.casefold()
    address, _, host = clean_email(email).partition("@")
    if (len(address) >= FEWEST_DIFFERENT and address in folded) or (host and host in folded):
        return "Your password may not contain your e-mail address."
    if is_common(folded, common):
        return "This password is among the first that anybody would try. Please choose another."
    return None


def is_common(folded: str, common: frozenset[str]) -> bool:
    """Whether a password in lower case is a common one, one with little around it, or one said several times."""
    if len(set(folded)) < FEWEST_DIFFERENT or folded in common:
        return True
    if any(folded in row or folded in row[::-1] for row in common if len(row) >= len(folded)):
        return True
    cores = {_core(folded), _core(folded).translate(_LEET), _core(folded.translate(_LEET))}
    return any(len(folded) - len(core) <= MOST_AROUND and _once(core) in common for core in cores)


def _core(text: str) -> str:
    """What is left without digits and signs at either end."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def _once(text: str) -> str:
    """`abab` is `ab` said twice."""
    at = (text + text).find(text, 1)
    return text[:at] if at > 0 else text


def device_label(agent: str) -> str:
    """A browser and a system out of a User-Agent, coarse on purpose: enough for its owner to recognise."""
    browsers = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
    systems = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS"}
    browser = _first(browsers, agent) or "A program"
    system = _first({**systems, "CrOS": "ChromeOS", "Linux": "Linux"}, agent)
    return f"{browser} on {system}" if system else browser


def _first(labels: Mapping[str, str], agent: str) -> str:
    return next((label for mark, label in labels.items() if mark in agent), "")


def may_become(status: DeletionStatus, wanted: DeletionStatus) -> bool:
    """Whether a deletion request may go from one state to another."""
    onwards: dict[DeletionStatus, set[DeletionStatus]] = {
        "unverified": {"waiting"},
        "waiting": {"approved", "rejected"},
        "approved": {"rejected", "done"},
        "rejected": set(),
        "done": set(),
    }
    return wanted in onwards[status]
