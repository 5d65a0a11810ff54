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


class Members(Protocol):
    """Answers who is signed in."""

    async def of_token(self, token: str) -> Member | None:
        """Whose token it is; None when it is not one of an account. Raises `InvalidToken` when it has ended."""

    async def generation(self, user_id: str) -> int:
        """The generation of an account's tokens; raises `InvalidToken` when the account is gone."""
