"""People with an account, as meetings see them: all that this domain knows of accounts."""

from typing import Protocol

from msgspec import Struct


class Member(Struct, frozen=True):
    """Somebody who is signed in. `generation` changes when their older tokens end.

    `restricted`: they asked that no more of their data be processed than must be (GDPR, article 18).
    """

    id: str
    name: str
    generation: int
    restricted: bool
    verified: bool = False


class Contact(Struct, frozen=True):
    """What mail and calendars for somebody with an account go by; `feed` counts their calendar's addresses, 0 for none.

    `verified`: the address is known to be theirs.
    """

    id: str
    name: str
    email: str
    verified: bool
    time_zone: str
    language: str
    wants_reminders: bool
    wants_invitations: bool
    feed: int


class Members(Protocol):
    """Answers who is signed in."""

    async def of_token(self, token: str) -> Member | None:
        """Whose token it is; None when it is not one of an account. Raises `InvalidToken` when it has ended."""

    async def contact(self, user_id: str) -> Contact | None:
        """How somebody is reached; None when the account is gone."""

    async def contact_at(self, email: str) -> Contact | None:
        """Whose address it is; None for nobody's who has an account."""

    async def renew_feed(self, user_id: str) -> int:
        """Count up the addresses of somebody's calendar; raises `InvalidToken` when the account is gone."""

    async def generation(self, user_id: str) -> int:
        """The generation of an account's tokens; raises `InvalidToken` when the account is gone."""
