"""Push messages: a browser subscribes for an account, or for the host of one meeting."""

from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_204_NO_CONTENT

from videocall.push.model import PushKey, SubscribedView, Subscription, SubscriptionEnd
from videocall.push.sending import PushKeys
from videocall.push.service import Push
from videocall.web.access import UserRequest, access, address_of, caller_of, person_of
from videocall.web.languages import language_of


@get("/api/push", opt=access("anyone"), summary="The key of this site")
async def push_key(push_keys: NamedDependency[PushKeys]) -> PushKey:
    """What a browser needs to subscribe (`applicationServerKey`)."""
    return PushKey(public_key=push_keys.public)


@get("/api/me/push", opt=access("user"), summary="My browsers that get messages")
async def my_browsers(request: UserRequest, push: NamedDependency[Push]) -> list[SubscribedView]:
    """The oldest first."""
    return await push.browsers("user", caller_of(request).user.id)


@put("/api/me/push", opt=access("user"), status_code=HTTP_204_NO_CONTENT, summary="Messages to this browser")
async def subscribe_me(data: JSONBody[Subscription], request: UserRequest, push: NamedDependency[Push]) -> None:
    """When somebody waits in the lobby of a meeting that I host, and when a meeting of mine is about to start.

    A new password, or signing out everywhere, ends it.
    """
    user = caller_of(request).user
    await push.subscribe(data, address_of(request), language_of(request), user=user.id, generation=user.generation)


@put(
    "/api/meetings/{code:str}/push",
    opt=access("host"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Messages to a host's browser",
)
async def subscribe_host(data: JSONBody[Subscription], request: UserRequest, push: NamedDependency[Push]) -> None:
    """When somebody waits in the lobby of this meeting. For hosts without an account, for seven days."""
    person = person_of(request)
    await push.subscribe(data, address_of(request), language_of(request), person=person.id)


@get("/api/meetings/{code:str}/push", opt=access("host"), summary="A host's browsers that get messages")
async def host_browsers(request: UserRequest, push: NamedDependency[Push]) -> list[SubscribedView]:
    """Of a host without an account."""
    return await push.browsers("person", person_of(request).id)


@post("/api/push/unsubscribe", opt=access("anyone"), status_code=HTTP_204_NO_CONTENT, summary="No more messages")
async def unsubscribe(data: JSONBody[SubscriptionEnd], request: UserRequest, push: NamedDependency[Push]) -> None:
    """To a browser, whosever it was. Only the browser itself knows its endpoint."""
    await push.unsubscribe(data.endpoint, address_of(request))


PUSH_ROUTES = [push_key, my_browsers, subscribe_me, subscribe_host, host_browsers, unsubscribe]
"""Every route of this domain."""
