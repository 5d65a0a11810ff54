"""Meetings in the console."""

from functools import partial
from typing import Annotated, Literal

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from videocall.admin.rooms import Rooms
from videocall.admin.views import MeetingLine, MeetingLines, MeetingRecord, Reason
from videocall.lists import Wish
from videocall.meetings.model import Engine, Kind, Status
from videocall.web.access import Code, UserRequest, access, admin_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

Sort = Annotated[Literal["-created_at", "created_at"], QueryParameter(description="Latest or oldest first.")]
OfStatus = Annotated[Status | None, QueryParameter(description="Only those to come, live, over, or cancelled.")]
OfEngine = Annotated[Engine | None, QueryParameter(description="Only meetings of this engine.")]
OfKind = Annotated[Kind | None, QueryParameter(description="Only meetings of this kind.")]


@get("/api/admin/meetings", opt=access("admin"), summary="Meetings")
async def meetings(  # noqa: PLR0917 -- Litestar hands them over by name
    rooms: NamedDependency[Rooms],
    sort: Sort = "-created_at",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    status: OfStatus = None,
    engine: OfEngine = None,
    kind: OfKind = None,
) -> MeetingLines:
    """Searched by code, title, host or server. Never with a password."""
    wish = Wish(sort=sort, cursor=cursor, limit=limit, q=q)
    items, next_cursor = await rooms.list(wish, status, engine, kind)
    return MeetingLines(items=items, next_cursor=next_cursor)


@get("/api/admin/meetings.csv", opt=access("admin"), media_type="text/csv", summary="Meetings as a table")
async def meeting_table(  # noqa: PLR0917 -- Litestar hands them over by name
    rooms: NamedDependency[Rooms],
    sort: Sort = "-created_at",
    q: Words = "",
    status: OfStatus = None,
    engine: OfEngine = None,
    kind: OfKind = None,
) -> Stream:
    """All of them, or what the same filters leave."""
    read = partial(rooms.list, status=status, engine=engine, kind=kind)
    return table_answer("meetings", read, Wish(sort=sort, q=q), MeetingLine)


@get("/api/admin/meetings/{code:str}", opt=access("admin"), summary="One meeting")
async def meeting(code: Code, rooms: NamedDependency[Rooms]) -> MeetingRecord:
    """With everybody who was there, from when to when."""
    return await rooms.view(code)


@post("/api/admin/meetings/{code:str}/end", opt=access("admin"), status_code=HTTP_200_OK, summary="End a meeting")
async def end_meeting(
    code: Code, data: JSONBody[Reason], request: UserRequest, rooms: NamedDependency[Rooms]
) -> MeetingRecord:
    """For everybody in it, who are told that an administrator did it."""
    return await rooms.end(admin_of(request), code, data.notes)


@post("/api/admin/meetings/{code:str}/move", opt=access("admin"), status_code=HTTP_200_OK, summary="Move a meeting")
async def move_meeting(
    code: Code, data: JSONBody[Reason], request: UserRequest, rooms: NamedDependency[Rooms]
) -> MeetingRecord:
    """Everybody in it goes on to another server of the pool by themselves."""
    return await rooms.move(admin_of(request), code, data.notes)


CONSOLE_MEETING_ROUTES = [meetings, meeting_table, meeting, end_meeting, move_meeting]
