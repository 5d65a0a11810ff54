"""Meetings at a set time over HTTP (contract: HTTP)."""

from datetime import UTC, datetime
from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK

from videocall.meetings.model import MeetingView
from videocall.problems import NotFound
from videocall.scheduling.dates import MOST, Dates, DatesView
from videocall.scheduling.feed import Feed
from videocall.scheduling.invitations import Invitations
from videocall.scheduling.model import MeetingChange, OccurrenceChange, Rsvp
from videocall.scheduling.service import Scheduling
from videocall.scheduling.tables import Tables
from videocall.scheduling.views import Extended, FeedView, OccurrencePage, OccurrenceView, RsvpView
from videocall.web.access import Code, UserRequest, access, address_of, caller_of, person_of
from videocall.web.languages import language_of

Original = Annotated[str, PathParameter(description="The date's `original` start, as the list of dates gives it.")]
_CALENDAR = "text/calendar"
_ICS = ".ics"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NotFound from None


@patch("/api/meetings/{code:str}", opt=access("host"), summary="Change a meeting")
async def change_meeting(
    code: Code,  # noqa: ARG001 -- part of the path
    data: JSONBody[MeetingChange],
    request: UserRequest,
    scheduling: NamedDependency[Scheduling],
) -> MeetingView:
    """What is left out stays. Of a series all that is to come changes; whoever is invited is told by mail."""
    return await scheduling.change(person_of(request), data, language_of(request))


@delete("/api/meetings/{code:str}", opt=access("host"), summary="Cancel a meeting")
async def cancel_meeting(code: Code, request: UserRequest, scheduling: NamedDependency[Scheduling]) -> None:  # noqa: ARG001 -- part of the path
    """Of a series, all that is to come; whoever is invited is told by mail. Twice does no harm."""
    await scheduling.cancel(person_of(request))


@post(
    "/api/meetings/{code:str}/extend",
    opt=access("host"),
    status_code=HTTP_200_OK,
    summary="Fifteen minutes more",
)
async def extend_meeting(code: Code, request: UserRequest, scheduling: NamedDependency[Scheduling]) -> Extended:  # noqa: ARG001 -- part of the path
    """Let a scheduled meeting that goes on be closed a quarter of an hour later."""
    return Extended(ends_at=await scheduling.extend(person_of(request).meeting))


@get("/api/meetings/{code:str}/occurrences", opt=access("host"), summary="Dates of a meeting")
async def list_dates(  # noqa: PLR0917 -- Litestar hands them over by name
    code: Code,  # noqa: ARG001 -- part of the path
    request: UserRequest,
    dates: NamedDependency[Dates],
    view: Annotated[
        DatesView, QueryParameter(description="To come, soonest first; or over, latest first.")
    ] = "upcoming",
    cursor: Annotated[str | None, QueryParameter(max_length=200)] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=MOST)] = 20,
) -> OccurrencePage:
    """Page by page: to come, soonest first; or over, latest first, with who was there, from when to when."""
    return await dates.page(person_of(request), view, cursor, limit)


@get("/api/meetings/{code:str}/occurrences/{start:str}", opt=access("host"), summary="One date of a series")
async def get_date(code: Code, start: Original, request: UserRequest, dates: NamedDependency[Dates]) -> OccurrenceView:  # noqa: ARG001 -- part of the path
    """With who was there."""
    return await dates.one(person_of(request), _moment(start))


@patch("/api/meetings/{code:str}/occurrences/{start:str}", opt=access("host"), summary="Change one date of a series")
async def change_date(  # noqa: PLR0917 -- Litestar hands them over by name
    code: Code,  # noqa: ARG001 -- part of the path
    start: Original,
    data: JSONBody[OccurrenceChange],
    request: UserRequest,
    scheduling: NamedDependency[Scheduling],
    dates: NamedDependency[Dates],
) -> OccurrenceView:
    """Move it, or let it differ in length or text; what is left out stays, and so do all other dates."""
    original = _moment(start)
    await scheduling.change_date(person_of(request), original, data)
    return await dates.one(person_of(request), original)


@delete("/api/meetings/{code:str}/occurrences/{start:str}", opt=access("host"), summary="Cancel one date of a series")
async def cancel_date(
    code: Code,  # noqa: ARG001 -- part of the path
    start: Original,
    request: UserRequest,
    scheduling: NamedDependency[Scheduling],
) -> None:
    """All other dates stay; whoever is invited is told by mail."""
    await scheduling.cancel_date(person_of(request), _moment(start))


@get(
    "/api/meetings/{code:str}/attendance.csv",
    opt=access("host"),
    media_type="text/csv",
    summary="Attendance as a table",
)
async def attendance_csv(
    code: Code,  # noqa: ARG001 -- part of the path
    request: UserRequest,
    tables: NamedDependency[Tables],
    occurrence: Annotated[str | None, QueryParameter(max_length=40, description="One date of a series.")] = None,
) -> Response[str]:
    """One line for each visit: who, from when to when, and how long. Without `occurrence`, of every date."""
    table = await tables.attendance(person_of(request), _moment(occurrence) if occurrence else None)
    headers = {"content-disposition": 'attachment; filename="attendance.csv"'}
    return Response(table, media_type="text/csv", headers=headers)


@get(
    "/api/meetings/{code:str}/invite.ics",
    opt=access("anyone"),
    media_type=_CALENDAR,
    summary="Calendar file of a meeting",
)
async def invite_ics(code: Code, request: UserRequest, feed: NamedDependency[Feed]) -> Response[bytes]:
    """A scheduled meeting for anybody's calendar. It holds neither the password nor who is invited."""
    headers = {"content-disposition": 'attachment; filename="invite.ics"'}
    return Response(await feed.meeting(code, language_of(request)), media_type=_CALENDAR, headers=headers)


@get("/api/feeds/{secret:str}", opt=access("anyone"), media_type=_CALENDAR, summary="Calendar of an account")
async def calendar_feed(
    secret: Annotated[str, PathParameter(description="The secret part of the address, with .ics after it.")],
    request: UserRequest,
    feed: NamedDependency[Feed],
) -> Response[bytes]:
    """For calendar programs to subscribe to. Whoever knows the address can read it; POST /api/me/feed renews it."""
    if not secret.endswith(_ICS):
        raise NotFound
    return Response(await feed.calendar(secret.removesuffix(_ICS), address_of(request)), media_type=_CALENDAR)


@get("/api/me/feed", opt=access("user"), summary="Address of my calendar")
async def get_feed(request: UserRequest, feed: NamedDependency[Feed]) -> FeedView:
    """Null until POST makes one."""
    return await feed.address(caller_of(request).user.id)


@post("/api/me/feed", opt=access("user"), status_code=HTTP_200_OK, summary="A new address for my calendar")
async def renew_feed(request: UserRequest, feed: NamedDependency[Feed]) -> FeedView:
    """The one before, if any, stops working at once."""
    return await feed.renew(caller_of(request).user.id)


@post("/api/rsvp", opt=access("anyone"), status_code=HTTP_200_OK, summary="Look at an invitation, or answer it")
async def rsvp(data: JSONBody[Rsvp], request: UserRequest, invitations: NamedDependency[Invitations]) -> RsvpView:
    """Without an `answer` nothing changes, and no GET ever answers: what scans mail opens links."""
    return await invitations.rsvp(data, address_of(request))


SCHEDULING_ROUTES = [
    change_meeting,
    cancel_meeting,
    extend_meeting,
    list_dates,
    get_date,
    change_date,
    cancel_date,
    attendance_csv,
    invite_ics,
    calendar_feed,
    get_feed,
    renew_feed,
    rsvp,
]
