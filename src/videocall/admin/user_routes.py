"""Accounts in the console."""

from functools import partial
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from videocall.admin.people import Users
from videocall.admin.views import Erasure, Reason, UserLine, UserPage, UserState, UserView
from videocall.lists import Wish
from videocall.web.access import UserRequest, access, admin_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

UserId = Annotated[str, PathParameter(description="From the list of users.")]
Sort = Annotated[
    Literal["-created_at", "created_at", "email", "-email", "last_name", "-last_name"],
    QueryParameter(description="By what, with a minus for the last first. A search for an address is by address."),
]
State = Annotated[UserState | None, QueryParameter(description="Only accounts in this state.")]


@get("/api/admin/users", opt=access("admin"), summary="Users")
async def users(  # noqa: PLR0917 -- Litestar hands them over by name
    users: NamedDependency[Users],
    sort: Sort = "-created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: State = None,
) -> UserPage:
    """Searched by name, address or id; what has an @ in it is the beginning of an address."""
    items, next_cursor = await users.list(Wish(sort=sort, cursor=cursor, limit=limit, q=q), status)
    return UserPage(items=items, next_cursor=next_cursor)


@get("/api/admin/users.csv", opt=access("admin"), media_type="text/csv", summary="Users as a table")
async def user_table(
    users: NamedDependency[Users], sort: Sort = "-created_at", q: Words = "", status: State = None
) -> Stream:
    """All of them, or what the same filters leave."""
    return table_answer("users", partial(users.list, state=status), Wish(sort=sort, q=q), UserLine)


@get("/api/admin/users/{user_id:str}", opt=access("admin"), summary="One user")
async def user(user_id: UserId, users: NamedDependency[Users]) -> UserView:
    """With the latest meetings, and the latest request to delete the account."""
    return await users.view(user_id)


@post(
    "/api/admin/users/{user_id:str}/disable", opt=access("admin"), status_code=HTTP_200_OK, summary="Switch a user off"
)
async def disable_user(
    user_id: UserId, data: JSONBody[Reason], request: UserRequest, users: NamedDependency[Users]
) -> UserView:
    """Nobody signs in to it, and whoever is signed in no longer is."""
    return await users.disable(admin_of(request), user_id, data.notes)


@post("/api/admin/users/{user_id:str}/enable", opt=access("admin"), status_code=HTTP_200_OK, summary="Switch a user on")
async def enable_user(
    user_id: UserId, data: JSONBody[Reason], request: UserRequest, users: NamedDependency[Users]
) -> UserView:
    """The person can sign in again."""
    return await users.enable(admin_of(request), user_id, data.notes)


@post(
    "/api/admin/users/{user_id:str}/sign-out",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Sign a user out everywhere",
)
async def sign_user_out(
    user_id: UserId, data: JSONBody[Reason], request: UserRequest, users: NamedDependency[Users]
) -> UserView:
    """Every token of the account ends."""
    return await users.sign_out(admin_of(request), user_id, data.notes)


@post(
    "/api/admin/users/{user_id:str}/verification",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Mail the verification again",
)
async def verify_user_again(user_id: UserId, request: UserRequest, users: NamedDependency[Users]) -> UserView:
    """The link by which an address is confirmed."""
    return await users.verify_again(admin_of(request), user_id)


@post(
    "/api/admin/users/{user_id:str}/erasure", opt=access("admin"), status_code=HTTP_200_OK, summary="Start an erasure"
)
async def start_erasure(
    user_id: UserId, data: JSONBody[Erasure], request: UserRequest, users: NamedDependency[Users]
) -> UserView:
    """Puts a request into the queue of deletion requests, where it is decided like any other."""
    return await users.start_erasure(admin_of(request), user_id, data)


USER_ROUTES = [
    users,
    user_table,
    user,
    disable_user,
    enable_user,
    sign_user_out,
    verify_user_again,
    start_erasure,
]
