"""Meetings over HTTP (contract: HTTP)."""

import io

import segno
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_204_NO_CONTENT

from videocall.meetings.admission import AdmissionService, Knock
from videocall.meetings.model import (
    Created,
    JoinAnswer,
    JoinRequest,
    MeetingView,
    NewMeeting,
    ParticipantSummary,
    Share,
)
from videocall.meetings.service import Meetings
from videocall.meetings.upkeep import Upkeep
from videocall.scheduling.service import Scheduling
from videocall.web.access import Code, UserRequest, access, address_of, bearer_token, member_of, person_of
from videocall.web.languages import language_of

HTTP_SESSION = "http-only"
"""The session of somebody who joined by HTTP and has no live socket."""


@post("/api/meetings", opt=access("anyone"), summary="Create a meeting, as a guest or with an account")
async def create_meeting(
    data: JSONBody[NewMeeting], request: UserRequest, scheduling: NamedDependency[Scheduling]
) -> Created:
    """Make a meeting, at once or at a set time, which may repeat.

    A guest's answer has a token with host rights, and a host link for other devices.
    """
    return await scheduling.create(data, address_of(request), member_of(request), language_of(request))


@get("/api/meetings/{code:str}", opt=access("anyone"), summary="Look at a meeting")
async def get_meeting(code: Code, request: UserRequest, meetings: NamedDependency[Meetings]) -> MeetingView:
    """What anyone with the code may know. With a host's token also the password, attendance, and ways to share."""
    return await meetings.view(code, request.state.person, language_of(request))


@post("/api/meetings/{code:str}/join", opt=access("anyone"), status_code=HTTP_200_OK, summary="Join a meeting")
async def join_meeting(
    code: Code, data: JSONBody[JoinRequest], request: UserRequest, admission: NamedDependency[AdmissionService]
) -> JoinAnswer:
    """Come in, or into the lobby. Who has a token already sends it as bearer and needs neither name nor password."""
    knock = Knock(
        code=code,
        address=address_of(request),
        session=data.session or HTTP_SESSION,
        connected=False,
        name=data.name,
        token=bearer_token(request),
        host_key=data.host_key,
        password=data.password,
        media=data.media,
    )
    entry = await admission.join(knock)
    inside = entry.room.meeting if entry.room else None
    carrier = inside.engine if inside else entry.meeting.carrier
    place = inside.place.server if inside and inside.place else None
    return JoinAnswer(
        admission="waiting" if entry.room is None else "admitted",
        participant=ParticipantSummary(id=entry.person.id, name=entry.person.name, role=entry.person.role),
        token=entry.token,
        engine=carrier,
        server=place if inside and carrier == "jitsi" else entry.meeting.server,
    )


@post(
    "/api/meetings/{code:str}/heartbeat",
    opt=access("participant"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Report that one is still there",
)
async def heartbeat(code: Code, request: UserRequest, upkeep: NamedDependency[Upkeep]) -> None:  # noqa: ARG001 -- part of the path
    """For clients without a live socket; the socket has its own heartbeat."""
    person = person_of(request)
    await upkeep.heartbeat(person.meeting, person.id)


@post(
    "/api/meetings/{code:str}/leave",
    opt=access("participant"),
    status_code=HTTP_204_NO_CONTENT,
    summary="Leave a meeting",
)
async def leave_meeting(code: Code, request: UserRequest, admission: NamedDependency[AdmissionService]) -> None:  # noqa: ARG001 -- part of the path
    """End one's visit now. Leaving twice does no harm."""
    person = person_of(request)
    await admission.depart(person.meeting, person.id, "left")


@post(
    "/api/meetings/{code:str}/end",
    opt=access("host"),
    status_code=HTTP_204_NO_CONTENT,
    summary="End a meeting for everybody",
)
async def end_meeting(code: Code, request: UserRequest, meetings: NamedDependency[Meetings]) -> None:  # noqa: ARG001 -- part of the path
    """End it for all. Ending it twice does no harm."""
    await meetings.end(person_of(request).meeting, "host")


@get("/api/meetings/{code:str}/share", opt=access("anyone"), summary="Ways to hand on a meeting")
async def share_meeting(code: Code, request: UserRequest, meetings: NamedDependency[Meetings]) -> Share:
    """Link, QR code and e-mail template; nothing here is secret to somebody who knows the code.

    The template is in the language of the cookie `language`, else the first of Accept-Language that there is.
    """
    return await meetings.share(code, language_of(request))


@get("/api/meetings/{code:str}/qr.svg", opt=access("anyone"), media_type="image/svg+xml", summary="QR code, SVG")
async def qr_svg(code: Code, meetings: NamedDependency[Meetings]) -> Response[bytes]:
    """The meeting's link as a scalable picture."""
    return Response(_qr((await meetings.share(code)).link, "svg"), media_type="image/svg+xml")


@get("/api/meetings/{code:str}/qr.png", opt=access("anyone"), media_type="image/png", summary="QR code, PNG")
async def qr_png(code: Code, meetings: NamedDependency[Meetings]) -> Response[bytes]:
    """The meeting's link as a picture of fixed size, for documents and chats."""
    return Response(_qr((await meetings.share(code)).link, "png"), media_type="image/png")


def _qr(link: str, kind: str) -> bytes:
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind=kind, scale=8, border=4)
    return out.getvalue()


MEETING_ROUTES = [
    create_meeting,
    get_meeting,
    join_meeting,
    heartbeat,
    leave_meeting,
    end_meeting,
    share_meeting,
    qr_svg,
    qr_png,
]
