"""A stand-in Jitsi server: one process with HTTPS on an origin of its own, which breaks as a test tells it to.

It serves what a probe looks at (`/external_api.js`, `/config.js`, a BOSH session, a conference request), the page of a
room (page.js), and the rooms themselves over a WebSocket: the first to come leads and may set a password. What stands
in for the real thing says so; no line of it is Jitsi's.

Faults, set by ``POST /stand-in`` {"fault": …} and read when a page is loaded:
`refused` (no framing), `no_ready` (its scripts do not run), `never_joined`, `login` (says so, not fatally, again and
again), `login_silent`, `bridge` (fatal as soon as two are there), `bridge_later` (fatal a second after joining),
`silent` (says nothing when its server dies), `old_names`, `new_names`; `down` answers everything with 502.
"""

import argparse
import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs

import uvicorn

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
CONFIG = """/* eslint-disable */
var subdomain = '';
var config = {
    hosts: { domain: 'meet.jitsi', muc: 'muc.meet.jitsi' },
    bosh: '/http-bind',
    websocket: 'wss://%(host)s/xmpp-websocket',
    conferenceRequestUrl: '/conference-request/v1',
    // tokenAuthUrl: 'https://example.org/login',
    enableNoAudioDetection: true,
};
"""
BOSH = (
    "<body xmlns='http://jabber.org/protocol/httpbind' sid='{sid}' wait='60'"
    " xmlns:stream='http://etherx.jabber.org/streams'>"
    "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{mechanisms}</mechanisms></stream:features>"
    "</body>"
)
PAGE = (
    "<!doctype html><html data-stand-in='{about}'><meta charset=utf-8><title>Stand-in</title>"
    "<link rel=stylesheet href=/page.css><body>{script}</body></html>"
)
STYLE = (
    "body{display:flex;flex-wrap:wrap;gap:8px;margin:8px;background:#111;color:#eee;font:16px sans-serif}"
    "figure{margin:0;padding:12px;border-radius:12px;background:#2a2f2c}"
    "video{display:block;width:160px;border-radius:8px}"
)


class Room:
    """Who is in a room, and what it takes to come in."""

    def __init__(self) -> None:
        self.people: dict[str, tuple[dict[str, Any], Send]] = {}
        self.password: str | None = None

    async def tell(self, message: dict[str, Any]) -> None:
        await asyncio.gather(*(_say(send, message) for _, send in self.people.values()), return_exceptions=True)

    async def tell_people(self) -> None:
        await self.tell({"type": "people", "people": [person for person, _ in self.people.values()]})


class StandIn:
    """The ASGI application."""

    def __init__(self, page: Path, seconds: dict[str, float]) -> None:
        self.page = page
        self.seconds = seconds
        self.fault: str | None = None
        self.rooms: dict[str, Room] = {}
        self.conference_requests = 0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (message := await receive())["type"] != "lifespan.shutdown":
                await send({"type": f"{message['type']}.complete"})
            await send({"type": "lifespan.shutdown.complete"})
        elif scope["type"] == "websocket":
            await self.sit(scope, receive, send)
        else:
            await self.answer(scope, receive, send)

    # --- what a probe and a browser fetch ---

    async def answer(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = await _body(receive) if scope["method"] == "POST" else b""
        path = scope["path"]
        if path == "/stand-in":
            if body:
                self.fault = json.loads(body)["fault"]
            await _answer(send, json.dumps(self.state()), "application/json")
        elif self.fault == "down":
            await _answer(send, "<html>502 Bad Gateway</html>", "text/html", status=502)
        elif path == "/conference-request/v1":
            self.conference_requests += 1
            refused, granted = '{"error":"not-authorized"}', '{"ready":true,"focusJid":"focus@auth.meet.jitsi/focus"}'
            status = 403 if self.login else 200
            await _answer(send, refused if self.login else granted, "application/json", status=status)
        elif (file := self.files(dict(scope["headers"]).get(b"host", b"").decode()).get(path)) is not None:
            await _answer(send, *file)
        else:
            await self.show_room(send)

    def files(self, host: str) -> dict[str, tuple[str, str]]:
        """What is the same for everybody who fetches it: text and type, by path."""
        mechanisms = "<mechanism>PLAIN</mechanism>" + ("" if self.login else "<mechanism>ANONYMOUS</mechanism>")
        return {
            "/external_api.js": ("var JitsiMeetExternalAPI = function() {};", "application/javascript"),
            "/config.js": (CONFIG % {"host": host}, "application/javascript"),
            "/http-bind": (BOSH.format(sid=secrets.token_hex(8), mechanisms=mechanisms), "text/xml"),
            "/page.js": (self.page.read_text(), "application/javascript"),
            "/page.css": (STYLE, "text/css"),
        }

    @property
    def login(self) -> bool:
        return self.fault in {"login", "login_silent"}

    def state(self) -> dict[str, Any]:
        rooms = {
            name: sorted(person["name"] for person, _ in room.people.values())
            for name, room in self.rooms.items()
            if room.people
        }
        return {
            "fault": self.fault,
            "rooms": rooms,
            "passwords": {name: self.rooms[name].password for name in rooms},
            "conference_requests": self.conference_requests,
        }

    async def show_room(self, send: Send) -> None:
        about = json.dumps({"fault": self.fault, "seconds": self.seconds})
        script = "" if self.fault == "no_ready" else "<script src=/page.js></script>"
        refused = [(b"x-frame-options", b"DENY")] if self.fault == "refused" else []
        await _answer(send, PAGE.format(about=about, script=script), "text/html", headers=refused)

    # --- rooms ---

    async def sit(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One person at a socket of a room, from coming to going."""
        await receive()
        await send({"type": "websocket.accept"})
        seat = Seat(self.rooms.setdefault(parse_qs(scope["query_string"].decode())["room"][0], Room()), send)
        while (message := await receive())["type"] == "websocket.receive":
            said = json.loads(message["text"])
            await getattr(seat, said.pop("type"))(**said)
        await seat.leave()


class Seat:
    """One person's place in a room; public methods are what their page may say."""

    def __init__(self, room: Room, send: Send) -> None:
        self._room = room
        self._send = send
        self._person: dict[str, Any] = {}

    async def join(self, **person: Any) -> None:
        self._person = person
        if self._room.people and self._room.password is not None:
            await _say(self._send, {"type": "password_required"})
        else:
            await self._enter()

    async def password(self, password: str) -> None:
        """Given by who waits at the door; set by who leads the room."""
        if self._person["id"] not in self._room.people:
            if password == self._room.password:
                await self._enter()
            else:
                await _say(self._send, {"type": "password_required"})
        elif next(iter(self._room.people)) == self._person["id"]:
            self._room.password = password or None

    async def sends(self, **sends: Any) -> None:
        self._person.update(sends)
        await self._room.tell_people()

    async def chat(self, message: str) -> None:
        await self._room.tell(
            {"type": "chat", "from": self._person["id"], "nick": self._person["name"], "message": message}
        )

    async def leave(self) -> None:
        if self._room.people.pop(self._person.get("id", ""), None):
            await self._room.tell_people()
        if not self._room.people:
            self._room.password = None

    async def _enter(self) -> None:
        self._room.people[self._person["id"]] = (self._person, self._send)
        await _say(self._send, {"type": "joined", "moderator": len(self._room.people) == 1})
        await self._room.tell_people()


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _say(send: Send, message: dict[str, Any]) -> None:
    await send({"type": "websocket.send", "text": json.dumps(message)})


async def _answer(
    send: Send, text: str, kind: str, *, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    body = text.encode()
    about = [(b"content-type", f"{kind}; charset=utf-8".encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*about, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})


def main() -> None:
    """Serve until the process ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--page", type=Path, required=True)
    parser.add_argument("--notice", type=float, default=2, help="seconds until a page finds its server gone")
    parser.add_argument(
        "--reload", type=float, default=3, help="seconds from a fatal error until a page reloads itself"
    )
    given = parser.parse_args()
    app = StandIn(given.page, {"notice": given.notice, "reload": given.reload})
    uvicorn.run(
        cast("Any", app),  # plain dictionaries, as ASGI says
        host="127.0.0.1",
        port=given.port,
        ssl_certfile=given.certificate,
        ssl_keyfile=given.key,
        log_level="warning",
        ws="websockets-sansio",
    )


if __name__ == "__main__":
    main()
