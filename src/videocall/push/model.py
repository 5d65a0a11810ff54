"""What is kept of push messages, and what the API takes and says about them."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from videocall.words import DEFAULT

Endpoint = Annotated[str, Meta(min_length=12, max_length=1000)]
BrowserKey = Annotated[str, Meta(max_length=200)]


class BrowserKeys(Struct, forbid_unknown_fields=True):
    """What a message is encrypted for (RFC 8291): the browser's P-256 point and its secret, in base64url."""

    p256dh: BrowserKey
    auth: BrowserKey


class Subscription(Struct, forbid_unknown_fields=True):
    """Body of the calls that subscribe: `PushSubscription.toJSON()`, without its expiration time."""

    endpoint: Endpoint
    keys: BrowserKeys


class SubscriptionEnd(Struct, forbid_unknown_fields=True):
    """Body of POST /api/push/unsubscribe. Whoever knows the endpoint is its browser: it is a secret address."""

    endpoint: Endpoint


class PushKey(Struct):
    """The public key by which push services know this site (RFC 8292), in base64url, as browsers take it."""

    public_key: str


class SubscribedView(Struct):
    """A browser that gets push messages.

    Of its endpoint, a secret address, only the host of the push service is told, and in `digest` (SHA-256, base64url)
    what a browser can compare its own with.
    """

    service: str
    digest: str
    created_at: datetime


# --- kept in the store ------------------------------------------------------------------------------------------------


class Subscriber(Struct, kw_only=True):
    """A browser that wants messages, of an account (`user`) or of a guest who hosts one meeting (`person`).

    The key is a keyed digest of the endpoint, so a browser has one; `sealed` is its `Subscription`, encrypted.
    `language` is that of the page which subscribed, for a guest. `generation` is that of the account's tokens: what
    ends those ends this too. `timeouts` are in a row.
    """

    id: str = msgspec.field(name="_id")
    sealed: str
    created_at: datetime
    user: str = ""
    person: str = ""
    language: str = DEFAULT
    generation: int = 0
    timeouts: int = 0


class Message(Struct):
    """What a browser shows (web/public/sw.js). A newer message of the same `tag` takes the place of an older one."""

    title: str
    body: str
    path: str
    tag: str


class QueuedPush(Struct, kw_only=True):
    """One message for one browser. `done_at` is null while it waits; `due_at` moves on while somebody tries.

    `sealed` is its `Message`, encrypted, and empty once it has gone. After `expires_at` nobody needs it any more.
    """

    id: str = msgspec.field(name="_id")
    subscriber: str
    sealed: str
    created_at: datetime
    due_at: datetime
    expires_at: datetime
    attempts: int = 0
    done_at: datetime | None = None
