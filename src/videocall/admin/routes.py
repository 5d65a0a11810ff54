"""The administrators' API: cookie `admin_session`, HTTP-only and SameSite=Strict (policy sections 8 and 9)."""

from functools import partial
from typing import Annotated, Literal

from litestar import Response, delete, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from videocall.accounts.model import CodeBody, PasswordBody, RecoveryCodes, SecondFactorSetup
from videocall.admin.meeting_routes import CONSOLE_MEETING_ROUTES
from videocall.admin.model import (
    AdministratorLine,
    AdministratorPage,
    AdminSessionView,
    AdminSignIn,
    AdminView,
    AuditLine,
    AuditPage,
    Factor,
)
from videocall.admin.queue_routes import QUEUE_ROUTES
from videocall.admin.service import LIFETIME, Admins
from videocall.admin.user_routes import USER_ROUTES
from videocall.lists import Wish
from videocall.settings import Settings
from videocall.web.access import ADMIN_COOKIE, UserRequest, access, address_of, admin_of, agent_of, check_origin
from videocall.web.lists import Cursor, Limit, Words, table_answer


def _cookie(value: str, settings: Settings, seconds: int) -> Cookie:
    secure = settings.public_url.startswith("https:")
    return Cookie(
        key=ADMIN_COOKIE, value=value, path="/", httponly=True, samesite="strict", secure=secure, max_age=seconds
    )


@post("/api/admin/login", opt=access("anyone"), status_code=HTTP_200_OK, summary="Sign in as an administrator")
async def sign_in(
    data: JSONBody[AdminSignIn],
    request: UserRequest,
    admins: NamedDependency[Admins],
    settings: NamedDependency[Settings],
) -> Response[AdminView]:
    """Sets the cookie, which lasts seven days. Administrators are made by `videocall admin create`."""
    check_origin(request, settings, required=False)
    value, who = await admins.sign_in(data, address_of(request), agent_of(request))
    return Response(Admins.view(who), cookies=[_cookie(value, settings, int(LIFETIME.total_seconds()))])


@post("/api/admin/logout", opt=access("admin"), status_code=HTTP_204_NO_CONTENT, summary="Sign out")
async def sign_out(
    request: UserRequest, admins: NamedDependency[Admins], settings: NamedDependency[Settings]
) -> Response[None]:
    """The cookie is worth nothing from now on, wherever a copy of it may be."""
    await admins.sign_out(admin_of(request))
    return Response(None, status_code=HTTP_204_NO_CONTENT, cookies=[_cookie("", settings, 0)])


@get("/api/admin/session", opt=access("admin"), summary="Who is signed in")
async def session(request: UserRequest) -> AdminView:
    """The administrator of this browser."""
    return Admins.view(admin_of(request))


@get("/api/admin/sessions", opt=access("admin"), summary="My signed-in browsers")
async def sessions(request: UserRequest, admins: NamedDependency[Admins]) -> list[AdminSessionView]:
    """The latest first."""
    return await admins.sessions(admin_of(request))


@delete("/api/admin/sessions/{session_id:str}", opt=access("admin"), summary="Sign one of my browsers out")
async def end_session(
    session_id: Annotated[str, PathParameter(description="From the list of sessions.")],
    request: UserRequest,
    admins: NamedDependency[Admins],
) -> None:
    """Its cookie is worth nothing from now on."""
    await admins.end_session(admin_of(request), session_id)


@post("/api/admin/second-factor", opt=access("admin"), status_code=HTTP_200_OK, summary="Begin my second factor")
async def begin_second_factor(
    data: JSONBody[PasswordBody], request: UserRequest, admins: NamedDependency[Admins]
) -> SecondFactorSetup:
    """A secret for the app; nothing is asked for until it is confirmed."""
    return await admins.begin_second_factor(admin_of(request), data.password)


@post(
    "/api/admin/second-factor/confirm",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Switch my second factor on",
)
async def confirm_second_factor(
    data: JSONBody[CodeBody], request: UserRequest, admins: NamedDependency[Admins]
) -> RecoveryCodes:
    """With a code from the app. The recovery codes are shown this once; every other session ends."""
    return await admins.confirm_second_factor(admin_of(request), data.code)


@post(
    "/api/admin/second-factor/disable",
    opt=access("admin"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Switch my second factor off",
)
async def disable_second_factor(
    data: JSONBody[PasswordBody], request: UserRequest, admins: NamedDependency[Admins]
) -> None:
    """With the password. Its recovery codes are worth nothing from now on."""
    await admins.disable_second_factor(admin_of(request), data.password)


AdministratorSort = Annotated[
    Literal["name", "-name", "created_at", "-created_at"], QueryParameter(description="By what; minus for the last.")
]
WithFactor = Annotated[Factor | None, QueryParameter(description="Only those with a second factor, or without.")]


@get("/api/admin/administrators", opt=access("admin"), summary="Administrators")
async def administrators(  # noqa: PLR0917 -- Litestar hands them over by name
    admins: NamedDependency[Admins],
    sort: AdministratorSort = "name",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    factor: WithFactor = None,
) -> AdministratorPage:
    """Who may come in here. They are made by `videocall admin create`."""
    wish = Wish(sort=sort, cursor=cursor, limit=limit, q=q)
    items, next_cursor = await admins.listed(wish, factor=factor)
    return AdministratorPage(items=items, next_cursor=next_cursor)


@get("/api/admin/administrators.csv", opt=access("admin"), media_type="text/csv", summary="Administrators as a table")
async def administrator_table(
    admins: NamedDependency[Admins],
    sort: AdministratorSort = "name",
    q: Words = "",
    factor: WithFactor = None,
) -> Stream:
    """All of them, or what the same filters leave."""
    read = partial(admins.listed, factor=factor)
    return table_answer("administrators", read, Wish(sort=sort, q=q), AdministratorLine)


AuditSort = Annotated[Literal["-at", "at"], QueryParameter(description="Latest or oldest first.")]
ActionName = Annotated[str | None, QueryParameter(max_length=60, pattern="^[a-z_]+$", description="Only these.")]
AdminName = Annotated[str | None, QueryParameter(max_length=100, description="Only what this administrator did.")]


@get("/api/admin/audit", opt=access("admin"), summary="What administrators did")
async def audit(  # noqa: PLR0917 -- Litestar hands them over by name
    admins: NamedDependency[Admins],
    sort: AuditSort = "-at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    action: ActionName = None,
    admin_name: AdminName = None,
) -> AuditPage:
    """Nothing is ever changed in it, and only age takes an entry out. `before` and `after` tell what was changed."""
    wish = Wish(sort=sort, cursor=cursor, limit=limit, q=q)
    items, next_cursor = await admins.audit(wish, action=action, admin_name=admin_name)
    return AuditPage(items=items, next_cursor=next_cursor)


@get("/api/admin/audit.csv", opt=access("admin"), media_type="text/csv", summary="The audit log as a table")
async def audit_table(
    admins: NamedDependency[Admins],
    sort: AuditSort = "-at",
    q: Words = "",
    action: ActionName = None,
    admin_name: AdminName = None,
) -> Stream:
    """All of it, or what the same filters leave."""
    read = partial(admins.audit, action=action, admin_name=admin_name)
    return table_answer("audit", read, Wish(sort=sort, q=q), AuditLine)


ADMIN_ROUTES = [
    sign_in,
    sign_out,
    session,
    sessions,
    end_session,
    begin_second_factor,
    confirm_second_factor,
    disable_second_factor,
    administrators,
    administrator_table,
    audit,
    audit_table,
    *USER_ROUTES,
    *CONSOLE_MEETING_ROUTES,
    *QUEUE_ROUTES,
]
