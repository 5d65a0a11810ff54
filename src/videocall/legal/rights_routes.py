"""Rights over one's data: for people with an account, for guests by their meeting token, and for administrators."""

from functools import partial
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from videocall.admin.service import Admins
from videocall.legal.rights import Rights
from videocall.legal.rights_model import (
    AdminRightsPage,
    AdminRightsView,
    MyRights,
    RightsAnswer,
    RightsState,
    RightsView,
    RightsWish,
)
from videocall.lists import Wish
from videocall.web.access import Code, UserRequest, access, address_of, admin_of, caller_of, person_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

Sort = Annotated[Literal["created_at", "-created_at"], QueryParameter(description="By what; minus for the latest.")]
OfStatus = Annotated[RightsState | None, QueryParameter(description="Only those in this state.")]


@get("/api/me/rights", opt=access("user"), summary="My rights over my data")
async def my_rights(request: UserRequest, rights: NamedDependency[Rights]) -> MyRights:
    """Where everything stands: restriction, deletion, objections."""
    return await rights.of(caller_of(request).user)


@post("/api/me/rights", opt=access("user"), summary="Object to processing")
async def ask(data: JSONBody[RightsWish], request: UserRequest, rights: NamedDependency[Rights]) -> RightsView:
    """An administrator answers within 30 days."""
    return await rights.ask(caller_of(request).user, data, address_of(request))


@get("/api/meetings/{code:str}/my-record/rights", opt=access("participant"), summary="What I asked as a guest")
async def guest_rights(code: Code, request: UserRequest, rights: NamedDependency[Rights]) -> list[RightsView]:  # noqa: ARG001 -- part of the path
    """With the answers."""
    return await rights.of_guest(person_of(request))


@post("/api/meetings/{code:str}/my-record/rights", opt=access("participant"), summary="Object as a guest")
async def ask_as_guest(
    code: Code,  # noqa: ARG001 -- part of the path
    data: JSONBody[RightsWish],
    request: UserRequest,
    rights: NamedDependency[Rights],
) -> RightsView:
    """An administrator answers within 30 days; the answer is found by the same link."""
    return await rights.ask_as_guest(person_of(request), data, address_of(request))


@get("/api/admin/rights-requests", opt=access("admin"), summary="Objections and restrictions")
async def list_requests(  # noqa: PLR0917 -- Litestar hands them over by name
    rights: NamedDependency[Rights],
    sort: Sort = "created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: OfStatus = None,
) -> AdminRightsPage:
    """Those that wait longest first."""
    items, next_cursor = await rights.listed(Wish(sort=sort, cursor=cursor, limit=limit, q=q), status)
    return AdminRightsPage(items=items, next_cursor=next_cursor)


@get("/api/admin/rights-requests.csv", opt=access("admin"), media_type="text/csv", summary="Objections as a table")
async def request_table(
    rights: NamedDependency[Rights], sort: Sort = "created_at", q: Words = "", status: OfStatus = None
) -> Stream:
    """All of them, or what the same filters leave."""
    read = partial(rights.listed, state=status)
    return table_answer("rights-requests", read, Wish(sort=sort, q=q), AdminRightsView)


@post(
    "/api/admin/rights-requests/{request_id:str}/answer",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Answer an objection",
)
async def answer(
    request_id: Annotated[str, PathParameter(description="From the list of wishes.")],
    data: JSONBody[RightsAnswer],
    request: UserRequest,
    rights: NamedDependency[Rights],
    admins: NamedDependency[Admins],
) -> AdminRightsView:
    """Once; whoever has an account is mailed."""
    view = await rights.answer(request_id, data)
    await admins.did(
        admin_of(request), "rights_answered", request_id, before={"state": "open"}, after={"state": view.state}
    )
    return view


RIGHTS_ROUTES = [my_rights, ask, guest_rights, ask_as_guest, list_requests, request_table, answer]
