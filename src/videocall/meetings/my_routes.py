"""The meetings of whoever is signed in (contract: /api/me/meetings)."""

from typing import Annotated

from litestar import delete, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from videocall.meetings.codes import read_code
from videocall.meetings.history import History, MeetingPage, Reader, View, Wanted
from videocall.problems import MeetingNotFound
from videocall.scheduling.model import Moment
from videocall.web.access import UserRequest, access, caller_of


@get("/api/me/meetings", opt=access("user"), summary="My meetings")
async def my_meetings(  # noqa: PLR0917 -- Litestar hands them over by name
    request: UserRequest,
    history: NamedDependency[History],
    view: Annotated[View, QueryParameter(description="Going on, to come, or over.")] = "history",
    q: Annotated[str, QueryParameter(max_length=120, description="Part of a title, a host's name, or a code.")] = "",
    hosted: Annotated[bool | None, QueryParameter(description="Only one's own, or only those of others.")] = None,
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 20,
    since: Annotated[Moment | None, QueryParameter(description="Over, or beginning, no sooner than that.")] = None,
    until: Annotated[Moment | None, QueryParameter(description="Over, or beginning, before that.")] = None,
) -> MeetingPage:
    """Page by page: what is to come soonest first, the rest latest first; what one is invited to is among them.

    Go on with `next_cursor` until there is none: a search may give empty pages.
    """
    wanted = Wanted(q=q, hosted=hosted, since=since, until=until)
    user = caller_of(request).user
    return await history.page(Reader(user.id, user.own_address), view, wanted, cursor, limit)


@delete("/api/me/meetings/{code:str}", opt=access("user"), summary="Delete from my history")
async def hide_meeting(
    code: Annotated[str, PathParameter(description="Meeting code.")],
    request: UserRequest,
    history: NamedDependency[History],
    occurrence: Annotated[Moment | None, QueryParameter(description="One date of a series.")] = None,
) -> None:
    """Only my own list forgets it; the meeting's record and other people's lists stay."""
    plain = read_code(code)
    if plain is None:
        raise MeetingNotFound
    await history.hide(caller_of(request).user.id, plain, occurrence)


MY_MEETING_ROUTES = [my_meetings, hide_meeting]
