"""Single sign-on over HTTP. Its cookie holds the state of one trip to the provider, and goes when that is over."""

from typing import Annotated

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.response import Redirect
from litestar.status_codes import HTTP_200_OK

from videocall.accounts.challenges import LIFETIME
from videocall.accounts.model import SignedIn
from videocall.accounts.passkey_model import OidcFinish, WaysIn
from videocall.accounts.single_sign_on import SingleSignOn
from videocall.settings import Settings
from videocall.web.access import UserRequest, access, address_of, agent_of
from videocall.web.languages import language_of

COOKIE = "sso_state"
_PATH = "/api/auth/oidc"
Text = Annotated[str, QueryParameter(max_length=4096)]


def _cookie(state: str, settings: Settings, seconds: int) -> Cookie:
    # Lax: the provider's page leads back here, which SameSite=Strict would count as coming from another site.
    secure = settings.public_url.startswith("https:")
    return Cookie(key=COOKIE, value=state, path=_PATH, httponly=True, samesite="lax", secure=secure, max_age=seconds)


@get("/api/auth/ways", opt=access("anyone"), summary="Ways to sign in besides the password")
async def ways_in(single_sign_on: NamedDependency[SingleSignOn]) -> WaysIn:
    """What the sign-in page offers."""
    return WaysIn(single_sign_on=single_sign_on.name)


@get(f"{_PATH}/start", opt=access("anyone"), include_in_schema=False)
async def start(
    request: UserRequest,
    single_sign_on: NamedDependency[SingleSignOn],
    settings: NamedDependency[Settings],
    after: Annotated[str, QueryParameter(name="next", max_length=200, pattern=r"^(/(?![/\\]).*)?$")] = "",
) -> Redirect:
    """A link, not a call: sends the browser to the provider. `next` is a page of ours to go to afterwards."""
    departure = await single_sign_on.begin(after, address_of(request))
    cookie = _cookie(departure.state, settings, int(LIFETIME.total_seconds()))
    return Redirect(departure.address, cookies=[cookie])


@get(f"{_PATH}/callback", opt=access("anyone"), include_in_schema=False)
async def callback(
    request: UserRequest,
    single_sign_on: NamedDependency[SingleSignOn],
    code: Text = "",
    returned: Annotated[str, QueryParameter(name="state", max_length=4096)] = "",
) -> Redirect:
    """Where the provider sends the browser back to."""
    kept = request.cookies.get(COOKIE, "")
    place = await single_sign_on.come_back(code, returned, kept, address_of(request), language_of(request))
    return Redirect(place)


@post(f"{_PATH}/finish", opt=access("anyone"), status_code=HTTP_200_OK, summary="Finish single sign-on")
async def finish(
    data: JSONBody[OidcFinish],
    request: UserRequest,
    single_sign_on: NamedDependency[SingleSignOn],
    settings: NamedDependency[Settings],
) -> Response[SignedIn]:
    """With a second factor, the first try is answered by `code-required`: send `code` too, then."""
    signed_in = await single_sign_on.finish(data, request.cookies.get(COOKIE, ""), agent_of(request))
    return Response(signed_in, cookies=[_cookie("", settings, 0)])


SINGLE_SIGN_ON_ROUTES = [ways_in, start, callback, finish]
