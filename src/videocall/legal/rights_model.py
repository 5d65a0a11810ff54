"""What people ask about their data beyond what they can do by themselves (GDPR, articles 18 and 21)."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from videocall.accounts.model import DeletionView

RightsKind = Literal["objection", "restriction"]
RightsState = Literal["open", "accepted", "refused"]
Text = Annotated[str, Meta(min_length=1, max_length=2000)]


class RightsRequest(Struct, kw_only=True):
    """One wish. It is an account's (`user`) or a guest's in one meeting (`person`, `meeting`); the others are empty."""

    id: str = msgspec.field(name="_id")
    kind: RightsKind
    text: str
    created_at: datetime
    user: str = ""
    person: str = ""
    meeting: str = ""
    state: RightsState = "open"
    answer: str = ""
    answered_at: datetime | None = None


class RightsWish(Struct, forbid_unknown_fields=True):
    """Body of a wish: what somebody objects to, or wants restricted, and why."""

    kind: RightsKind
    text: Text


class RightsAnswer(Struct, forbid_unknown_fields=True):
    """Body of an answer, which the person reads."""

    accepted: bool
    answer: Text


class RightsView(Struct):
    """A wish as the person sees it; we answer by `due_at`."""

    id: str
    kind: RightsKind
    text: str
    state: RightsState
    created_at: datetime
    due_at: datetime
    answer: str
    answered_at: datetime | None


class AdminRightsView(RightsView):
    """A wish as administrators see it: `user` is the id of an account, empty for a guest."""

    user: str
    overdue: bool


class AdminRightsPage(Struct):
    """Some of the wishes."""

    items: list[AdminRightsView]
    next_cursor: str | None


class MyRights(Struct):
    """Where the rights of somebody with an account stand; downloading everything is possible at any time."""

    restricted: bool
    deletion: DeletionView | None
    requests: list[RightsView]
