"""Who may call a route. Every route says so with `access`, and one guard holds it to that."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler
from litestar.params import BodyKwarg, PathParameter

from videocall.accounts.service import Accounts, Caller
from videocall.accounts.tokens import UserTokens
from videocall.admin.service import Admins, SignedInAdmin
from videocall.keys import same
from videocall.meetings.admission import AdmissionService
from videocall.meetings.codes import read_code
from videocall.meetings.members import Member
from videocall.meetings.model import Person
from videocall.problems import InvalidToken, MeetingNotFound, NotAllowed, UnsupportedMediaType
from videocall.rates import Rates
from videocall.settings import Settings

Who = Literal["anyone", "participant", "host", "user", "admin", "operator"]
"""Whom a route is for. `participant` and `host` are of the meeting in the path, and `user` is signed in to an account;
`admin` has the administrators' cookie; `operator` calls from this machine or with the operator's token."""
ADMIN_COOKIE = "admin_session"
_SAFE = {"GET", "HEAD", "OPTIONS"}

Connection = ASGIConnection[Any, Any, Any, Any]
UserRequest = Request[Any, Any, State]
Code = Annotated[str, PathParameter(description="Meeting code; capitals, spaces and missing dashes are forgiven.")]
"""The meeting in the path of a route."""
_CONSOLE = ("/admin", "/api/admin/")
_LOOPBACK = {"127.0.0.1", "::1"}


def access(who: Who) -> dict[str, Who]:
    """The `opt` of a route handler: ``@get(..., opt=access("host"))``."""
    return {"access": who}


def address_of(connection: Connection) -> str:
    """The client's address, for counting rates; uvicorn has put in what trusted proxies say."""
    return connection.client.host if connection.client else "unknown"


def agent_of(connection: Connection) -> str:
    """What the client calls itself."""
    return connection.headers.get("user-agent", "")


def bearer_token(connection: Connection) -> str | None:
    """The bearer token (RFC 6750), or None when there is none."""
    # Not `connection.headers`: made of all headers, they would stay as long as a live socket does.
    given = next((value for name, value in connection.scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = given.decode("latin-1").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def caller_of(request: UserRequest) -> Caller:
    """Who is signed in, where the route is for users."""
    caller: Caller = request.state.caller
    return caller


def person_of(request: UserRequest) -> Person:
    """Who the caller is in the meeting of the path, where the route is for its participants or hosts."""
    person: Person = request.state.person
    return person


def admin_of(request: UserRequest) -> SignedInAdmin:
    """Which administrator calls, where the route is for them."""
    who: SignedInAdmin = request.state.admin
    return who


def member_of(request: UserRequest) -> Member | None:
    """Who is signed in, where the route is for anyone; raises `InvalidToken` for a token that has ended."""
    caller: Caller | None = request.state.caller
    if caller is not None:
        return Accounts.member(caller.user)
    token = bearer_token(request)
    if token is not None and UserTokens.is_one(token):
        raise InvalidToken("You are signed out. Please sign in again.")
    return None


class AccessGuard:
    """Refuses callers that a route is not for, and counts requests by address."""

    def __init__(
        self, settings: Settings, rates: Rates, accounts: Accounts, admission: AdmissionService, admins: Admins
    ) -> None:
        self._settings = settings
        self._rates = rates
        self._accounts = accounts
        self._admission = admission
        self._admins = admins
        self._networks = [ip_network(network) for network in settings.admin_addresses]

    async def __call__(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Raise unless the caller may call the handler.

        Then `connection.state.caller` is who is signed in, and `connection.state.person` who they are in the meeting.
        """
        who: Who | None = handler.opt.get("access")
        if who is None:
            return  # Litestar's own OPTIONS handlers; a test makes sure that no route of ours is without.
        await self._rates.hit(self._settings.request_rate, "request", address_of(connection))
        if connection.scope["path"].startswith(_CONSOLE):
            await self._check_console(connection)
        if who == "operator":
            self._check_operator(connection)
            return
        _check_content_type(connection, handler)
        if who == "admin":
            connection.state.admin = await self._admins.bearer(
                connection.cookies.get(ADMIN_COOKIE, ""), address_of(connection)
            )
            if connection.scope.get("method") not in _SAFE:
                check_origin(connection, self._settings)
            return
        caller = await self._caller(connection, needed=who == "user")
        person = await self._bearer(connection)
        connection.state.caller, connection.state.person = caller, person
        if who in {"anyone", "user"}:
            return
        if person is None:
            raise NotAllowed("You are not in this meeting.") if caller else InvalidToken
        if who == "host" and person.role != "host":
            raise NotAllowed("Only a host can do this.")

    async def _check_console(self, connection: Connection) -> None:
        """Hold the console, its pages and its sign-in too, to its own rate and to the addresses it is for."""
        address = address_of(connection)
        await self._rates.hit(self._settings.admin_rate, "console", address)
        if self._networks and not any(is_inside(address, network) for network in self._networks):
            raise NotAllowed("The console cannot be reached from this address.")

    async def _caller(self, connection: Connection, *, needed: bool) -> Caller | None:
        token = bearer_token(connection)
        if token is not None and UserTokens.is_one(token):
            try:
                return await self._accounts.bearer(token)
            except InvalidToken:
                # Whoever signs in anew, or asks for a new password, may still send the token that has ended.
                if needed:
                    raise
        if needed:
            raise InvalidToken
        return None

    async def _bearer(self, connection: Connection) -> Person | None:
        token = bearer_token(connection)
        typed = connection.path_params.get("code")
        if token is None or typed is None:
            return None
        code = read_code(typed)
        if code is None:
            raise MeetingNotFound
        return await self._admission.bearer(code, token)

    def _check_operator(self, connection: Connection) -> None:
        wanted = self._settings.metrics_token
        if wanted:
            if not same(bearer_token(connection) or "", wanted):
                raise InvalidToken
        elif address_of(connection) not in _LOOPBACK:
            raise NotAllowed("From elsewhere this needs VIDEOCALL_METRICS_TOKEN.")


def is_inside(address: str, network: IPv4Network | IPv6Network) -> bool:
    """Whether an address as sockets tell it belongs to a network; IPv4 within IPv6 is IPv4."""
    try:
        here = ip_address(address)
    except ValueError:
        return False
    return (getattr(here, "ipv4_mapped", None) or here) in network


def check_origin(connection: Connection, settings: Settings, *, required: bool = True) -> None:
    """Refuse what a page of another site sends along with our cookie (beside SameSite, which not all browsers keep).

    Every browser says where an unsafe call comes from: our public address, or the one that was typed to reach us.
    """
    origin = connection.headers.get("origin")
    here = urlsplit(settings.public_url)
    own = {f"{here.scheme}://{here.netloc}", f"{connection.scope['scheme']}://{connection.headers.get('host', '')}"}
    if origin not in own and (required or origin is not None):
        raise NotAllowed("This call comes from another site.")


def _check_content_type(connection: Connection, handler: BaseRouteHandler) -> None:
    """Refuse a body that says it is of another kind than the handler reads, a form above all."""
    body = handler.parsed_data_field if isinstance(handler, HTTPRouteHandler) else None
    if body is None or not isinstance(body.kwarg_definition, BodyKwarg):
        return
    wanted = RequestEncodingType(body.kwarg_definition.media_type).value
    given = connection.headers.get("content-type", wanted).partition(";")[0].strip().lower()
    if given != wanted:
        raise UnsupportedMediaType(f"Send {wanted}.")
