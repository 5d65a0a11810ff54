"""ICE servers for browsers, with time-limited TURN credentials (TURN REST API, draft-uberti-behave-turn-rest-00)."""

import base64
import hashlib
import hmac

from videocall.clock import Clock
from videocall.live.state import Ice, IceServer
from videocall.settings import Settings


def ice_for(person_id: str, settings: Settings, clock: Clock) -> Ice:
    """What one person's browser needs; the TURN user name is ``EXPIRY:ID``, its password an HMAC over that.

    The draft, and coturn with it, fixes SHA-1 here; as a MAC it is sound (RFC 6194, section 3.3).
    """
    servers = [IceServer(urls=list(settings.stun_urls))] if settings.stun_urls else []
    if settings.turn_urls:
        expiry = int(clock.now().timestamp()) + settings.turn_ttl_seconds
        username = f"{expiry}:{person_id}"
        digest = hmac.new(settings.turn_secret.encode(), username.encode(), hashlib.sha1).digest()
        credential = base64.b64encode(digest).decode()
        servers.append(IceServer(urls=list(settings.turn_urls), username=username, credential=credential))
    return Ice(servers=servers, policy=settings.ice_policy)
