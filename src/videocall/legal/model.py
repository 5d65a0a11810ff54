"""What is kept of the legal documents, and what the API takes and says about them."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Kind = Literal["privacy", "terms"]
VersionState = Literal["current", "upcoming", "past"]
LONGEST = 200_000
"""Characters of one document; the API's bound on a body with one follows it."""

Title = Annotated[str, Meta(min_length=1, max_length=120)]
Markdown = Annotated[str, Meta(min_length=1, max_length=LONGEST)]
Summary = Annotated[str, Meta(max_length=600)]
VersionName = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,4}\.[0-9]{1,5}(?!\n)$")]


# --- kept in the store ------------------------------------------------------------------------------------------------


class LegalVersion(Struct, kw_only=True):
    """One published version of a document; it never changes. Its `_id` is `KIND-SERIAL`: each serial is there once.

    `published_by` is empty for texts that the software wrote by itself. While `mailing`, people are being told of it,
    in the order of their ids, and `mailed_after` is the last of those who have been.
    """

    id: str = msgspec.field(name="_id")
    kind: Kind
    serial: int
    version: str
    title: str
    markdown: str
    summary: str
    material: bool
    effective_on: date
    published_at: datetime
    published_by: str = ""
    mailing: bool = False
    mailed_after: str = ""


class LegalDraft(Struct, kw_only=True):
    """The one draft of a document; its `_id` is the kind. `base` is the serial that it follows.

    `revision` counts saves, from another number for each base: what somebody saw of one draft never fits the next.
    """

    id: str = msgspec.field(name="_id")
    base: int
    revision: int
    title: str
    markdown: str
    saved_at: datetime
    saved_by: str


# --- taken by the API -------------------------------------------------------------------------------------------------


class DraftBody(Struct, forbid_unknown_fields=True):
    """Body of PUT /api/admin/legal/{kind}/draft; `revision` is of the draft that was seen, 0 where there was none."""

    title: Title
    markdown: Markdown
    revision: Annotated[int, Meta(ge=0)] = 0


class Publication(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/legal/{kind}/publish: the draft as it was last saved becomes a version."""

    revision: Annotated[int, Meta(ge=1)]
    effective_on: date
    material: bool = False
    summary: Summary = ""


class PreviewBody(Struct, forbid_unknown_fields=True):
    """Body of POST /api/admin/legal/preview."""

    markdown: Annotated[str, Meta(max_length=LONGEST)]


class Acknowledgement(Struct, forbid_unknown_fields=True):
    """Body of POST /api/me/legal: this version was seen."""

    kind: Kind
    version: VersionName


# --- said by the API --------------------------------------------------------------------------------------------------


class VersionLine(Struct, kw_only=True):
    """One version in a list. `state` says whether it holds now, comes later, or was followed by another."""

    kind: Kind
    version: str
    title: str
    effective_on: date
    material: bool
    summary: str
    state: VersionState


class LegalView(VersionLine, kw_only=True):
    """A document as people read it. `html` is safe to show as it is; `versions` are all there are, newest first."""

    markdown: str
    html: str
    versions: list[VersionLine]


class AdminVersionLine(VersionLine, kw_only=True):
    """One version as administrators see it; `since` is the one before it, empty for the first."""

    published_at: datetime
    published_by: str
    mailing: bool
    since: str


class VersionPage(Struct):
    """Some of the versions of a document."""

    items: list[AdminVersionLine]
    next_cursor: str | None


class DraftView(Struct):
    """The draft; `outdated` when another version was published since it was begun."""

    revision: int
    title: str
    markdown: str
    saved_at: datetime
    saved_by: str
    outdated: bool


class AdminLegalView(Struct):
    """A document in the console: its last version, and what may come next.

    A material version takes effect on `earliest_material` or later.
    """

    kind: Kind
    newest: AdminVersionLine
    draft: DraftView | None
    earliest_material: date


class Preview(Struct):
    """Markdown as people will see it."""

    html: str


class DiffPart(Struct):
    """Some words of a line."""

    kind: Literal["same", "added", "removed"]
    text: str


class DiffLine(Struct):
    """One line of a difference; of a `changed` one, its parts tell which words."""

    kind: Literal["same", "added", "removed", "changed"]
    parts: list[DiffPart]


class Difference(Struct):
    """What changed from one version to another; `after` is null for the draft."""

    before: str
    after: str | None
    lines: list[DiffLine]


class Notice(Struct):
    """A material version that somebody has not seen yet; `since` is the one they know."""

    kind: Kind
    version: str
    title: str
    summary: str
    effective_on: date
    in_effect: bool
    since: str
    link: str
