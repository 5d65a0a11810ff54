"""The floor for `relay`: a bare WebSocket route, and a bare JSON route, of the same framework on the same server."""

from typing import Any

from litestar import Litestar, WebSocket, get, post, websocket
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromPath, JSONBody

from videocall.meetings.model import NewMeeting

_others: dict[str, list[WebSocket[Any, Any, Any]]] = {}


@get("/")
async def ready() -> str:
    """The server is up."""
    return "ready"


@post("/bare")
async def bare(data: JSONBody[NewMeeting]) -> NewMeeting:
    """A body is validated and given back, and nothing else."""
    return data


@websocket("/ws/{room:str}")
async def relay(socket: WebSocket[Any, Any, Any], room: FromPath[str]) -> None:
    """What one says, the other of the room hears."""
    await socket.accept()
    people = _others.setdefault(room, [])
    people.append(socket)
    try:
        while True:
            text = await socket.receive_text()
            for other in people:
                if other is not socket:
                    await other.send_text(text)
    except WebSocketDisconnect:
        people.remove(socket)


app = Litestar([ready, bare, relay], openapi_config=None, logging_config=None)
