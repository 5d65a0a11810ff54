"""Legal documents over HTTP: for everybody, for members who have to be told of changes, and for administrators."""

from functools import partial
from typing import Annotated, Literal

from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from videocall.admin.model import State
from videocall.admin.service import Admins
from videocall.legal.model import (
    LONGEST,
    Acknowledgement,
    AdminLegalView,
    AdminVersionLine,
    Difference,
    DraftBody,
    DraftView,
    Kind,
    LegalView,
    Notice,
    Preview,
    PreviewBody,
    Publication,
    VersionPage,
    VersionState,
)
from videocall.legal.rendering import render
from videocall.legal.service import KINDS, LegalDocuments
from videocall.lists import Wish
from videocall.problems import NotFound
from videocall.web.access import UserRequest, access, admin_of, caller_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

MOST_BYTES = 6 * LONGEST + 16 * 1024
"""JSON takes up to six bytes for a character."""
KindPath = Annotated[str, PathParameter(description="`privacy` or `terms`.")]
Version = Annotated[str | None, QueryParameter(description="A version, like 1.0; the one that holds today without it.")]
Sort = Annotated[Literal["-published_at", "published_at"], QueryParameter(description="Latest or oldest first.")]
OfState = Annotated[VersionState | None, QueryParameter(description="Only those that hold, will, or did.")]


def kind_of(name: str) -> Kind:
    """The document that an address names; raises `NotFound`."""
    for kind in KINDS:
        if kind == name:
            return kind
    raise NotFound("There is no such document.")


@get("/api/legal/{kind:str}", opt=access("anyone"), summary="A legal document")
async def get_legal(kind: KindPath, legal: NamedDependency[LegalDocuments], version: Version = None) -> LegalView:
    """The privacy policy or the terms, as Markdown and as HTML that is safe to show, and which versions there are."""
    return await legal.read(kind_of(kind), version)


@get("/api/legal/{kind:str}/difference", opt=access("anyone"), summary="What changed in a legal document")
async def get_difference(
    kind: KindPath,
    legal: NamedDependency[LegalDocuments],
    before: Annotated[str, QueryParameter(description="The older version.")],
    after: Annotated[str, QueryParameter(description="The newer version.")],
) -> Difference:
    """From one version to another, by line and by word."""
    return await legal.difference(kind_of(kind), before, after)


@get("/api/me/legal", opt=access("user"), summary="Legal changes I have not seen")
async def my_notices(request: UserRequest, legal: NamedDependency[LegalDocuments]) -> list[Notice]:
    """Material versions, published since I have had my account, until I acknowledge them."""
    return await legal.notices(caller_of(request).user)


@post("/api/me/legal", opt=access("user"), status_code=HTTP_200_OK, summary="Acknowledge a legal change")
async def acknowledge(
    data: JSONBody[Acknowledgement], request: UserRequest, legal: NamedDependency[LegalDocuments]
) -> list[Notice]:
    """What is left to see."""
    return await legal.acknowledge(caller_of(request).user, data)


@get("/api/admin/legal", opt=access("admin"), summary="Legal documents and their drafts")
async def admin_list(legal: NamedDependency[LegalDocuments]) -> list[AdminLegalView]:
    """Privacy policy and terms."""
    return [await legal.overview(kind) for kind in KINDS]


@get("/api/admin/legal/{kind:str}/versions", opt=access("admin"), summary="Versions of a legal document")
async def list_versions(  # noqa: PLR0917 -- Litestar hands them over by name
    kind: KindPath,
    legal: NamedDependency[LegalDocuments],
    sort: Sort = "-published_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: OfState = None,
) -> VersionPage:
    """Searched by number, title, summary, or who published it."""
    items, next_cursor = await legal.listed(kind_of(kind), Wish(sort=sort, cursor=cursor, limit=limit, q=q), status)
    return VersionPage(items=items, next_cursor=next_cursor)


@get(
    "/api/admin/legal/{kind:str}/versions.csv",
    opt=access("admin"),
    media_type="text/csv",
    summary="Versions of a legal document as a table",
)
async def version_table(
    kind: KindPath,
    legal: NamedDependency[LegalDocuments],
    sort: Sort = "-published_at",
    q: Words = "",
    status: OfState = None,
) -> Stream:
    """All of them, or what the same filters leave."""
    read = partial(legal.listed, kind_of(kind), state=status)
    return table_answer(f"{kind}-versions", read, Wish(sort=sort, q=q), AdminVersionLine)


@put("/api/admin/legal/{kind:str}/draft", opt=access("admin"), request_max_body_size=MOST_BYTES, summary="Save a draft")
async def save_draft(
    kind: KindPath,
    data: JSONBody[DraftBody],
    request: UserRequest,
    legal: NamedDependency[LegalDocuments],
    admins: NamedDependency[Admins],
) -> DraftView:
    """One draft for each document; what somebody else saved meanwhile is not written over."""
    who = admin_of(request)
    draft = await legal.save_draft(kind_of(kind), data, who.admin.name)
    await admins.did(who, "legal_draft_saved", kind)
    return draft


@delete("/api/admin/legal/{kind:str}/draft", opt=access("admin"), summary="Discard a draft")
async def discard_draft(
    kind: KindPath,
    revision: Annotated[int, QueryParameter(description="Of the draft that was seen.")],
    request: UserRequest,
    legal: NamedDependency[LegalDocuments],
    admins: NamedDependency[Admins],
) -> None:
    """The published versions stay."""
    await legal.discard_draft(kind_of(kind), revision)
    await admins.did(admin_of(request), "legal_draft_discarded", kind)


@post(
    "/api/admin/legal/preview",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    request_max_body_size=MOST_BYTES,
    summary="Preview Markdown",
)
async def preview(data: JSONBody[PreviewBody]) -> Preview:
    """As people will see it; nothing is kept."""
    return Preview(html=render(data.markdown).html)


@get("/api/admin/legal/{kind:str}/difference", opt=access("admin"), summary="What the draft changes")
async def draft_difference(
    kind: KindPath,
    legal: NamedDependency[LegalDocuments],
    before: Annotated[str, QueryParameter(description="A version.")],
    after: Annotated[str | None, QueryParameter(description="Another one; the draft without it.")] = None,
) -> Difference:
    """From a version to another one, or to the draft."""
    return await legal.difference(kind_of(kind), before, after)


@post("/api/admin/legal/{kind:str}/publish", opt=access("admin"), status_code=HTTP_200_OK, summary="Publish the draft")
async def publish(
    kind: KindPath,
    data: JSONBody[Publication],
    request: UserRequest,
    legal: NamedDependency[LegalDocuments],
    admins: NamedDependency[Admins],
) -> AdminLegalView:
    """It holds from its day on. A material change is told to everybody with an account: dashboard and mail."""
    who = admin_of(request)
    version = await legal.publish(kind_of(kind), data, who.admin.name)
    after: State = {
        "version": version.version,
        "effective_on": str(version.effective_on),
        "material": version.material,
    }
    await admins.did(who, "legal_published", version.id, after=after)
    return await legal.overview(version.kind)


LEGAL_ROUTES = [
    get_legal,
    get_difference,
    my_notices,
    acknowledge,
    admin_list,
    list_versions,
    version_table,
    save_draft,
    discard_draft,
    preview,
    draft_difference,
    publish,
]
