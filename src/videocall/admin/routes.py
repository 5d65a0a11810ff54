"""The administrators' API: cookie `admin_session`, HTTP-only and SameSite=Strict (policy sections 8 and 9)."""

from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from videocall.accounts.model import DeletionStatus
from videocall.admin.model import AdminSignIn, AdminView, Approval, AuditLine, DeletionRequestView, Rejection
from videocall.admin.service import LIFETIME, Admins, Decisions, SignedInAdmin
from videocall.settings import Settings
from videocall.web.access import ADMIN_COOKIE, UserRequest, access, address_of, check_origin

RequestId = Annotated[str, PathParameter(description="From the list of requests.")]


def _who(request: UserRequest) -> SignedInAdmin:
    who: SignedInAdmin = request.state.admin
    return who


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
    value, who = await admins.sign_in(data, address_of(request))
    view = AdminView(name=who.admin.name, expires_at=who.session.expires_at)
    return Response(view, cookies=[_cookie(value, settings, int(LIFETIME.total_seconds()))])


@post("/api/admin/logout", opt=access("admin"), status_code=HTTP_204_NO_CONTENT, summary="Sign out")
async def sign_out(
    request: UserRequest, admins: NamedDependency[Admins], settings: NamedDependency[Settings]
) -> Response[None]:
    """The cookie is worth nothing from now on, wherever a copy of it may be."""
    await admins.sign_out(_who(request))
    return Response(None, status_code=HTTP_204_NO_CONTENT, cookies=[_cookie("", settings, 0)])


@get("/api/admin/session", opt=access("admin"), summary="Who is signed in")
async def session(request: UserRequest) -> AdminView:
    """The administrator of this browser."""
    who = _who(request)
    return AdminView(name=who.admin.name, expires_at=who.session.expires_at)


@get("/api/admin/deletion-requests", opt=access("admin"), summary="Requests to be deleted")
async def deletion_requests(
    decisions: NamedDependency[Decisions],
    status: Annotated[DeletionStatus, QueryParameter(description="State of the requests.")] = "waiting",
) -> list[DeletionRequestView]:
    """Those in a state, the oldest first."""
    return await decisions.list(status)


@post(
    "/api/admin/deletion-requests/{request_id:str}/approve",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Approve a deletion",
)
async def approve_deletion(
    request_id: RequestId, data: JSONBody[Approval], request: UserRequest, decisions: NamedDependency[Decisions]
) -> DeletionRequestView:
    """The person is mailed; the account goes in two weeks, unless they change their mind."""
    return await decisions.approve(_who(request).admin, request_id, data)


@post(
    "/api/admin/deletion-requests/{request_id:str}/reject",
    opt=access("admin"),
    status_code=HTTP_200_OK,
    summary="Reject a deletion",
)
async def reject_deletion(
    request_id: RequestId, data: JSONBody[Rejection], request: UserRequest, decisions: NamedDependency[Decisions]
) -> DeletionRequestView:
    """The person is mailed, with the notes."""
    return await decisions.reject(_who(request).admin, request_id, data)


@get("/api/admin/audit", opt=access("admin"), summary="What administrators did")
async def audit(admins: NamedDependency[Admins]) -> list[AuditLine]:
    """The latest first."""
    return await admins.audit()


ADMIN_ROUTES = [sign_in, sign_out, session, deletion_requests, approve_deletion, reject_deletion, audit]
