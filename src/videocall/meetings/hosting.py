"""What hosts and co-hosts do in the room. A co-host leads it too; only a host says who leads, and ends it for all."""

import secrets
from collections.abc import Awaitable, Callable

from videocall.keys import Keys
from videocall.live.breakouts import side_by_side
from videocall.live.bus import Bus, DirectMessage
from videocall.live.client_messages import (
    Admit,
    AskToUnmute,
    CloseBreakouts,
    End,
    Extend,
    HandOver,
    HostMessage,
    MoveToBreakout,
    Mute,
    OpenBreakouts,
    Refuse,
    Remove,
    RenameBreakout,
    SetMeeting,
    SetRole,
    StopCamera,
    TellBreakouts,
    TellWaiting,
)
from videocall.live.room import RoomState, set_meeting, set_role, tell
from videocall.live.server_messages import CameraStopRequested, HostLink, MuteRequested, UnmuteRequested, WordFromHost
from videocall.live.state import Participant, Role
from videocall.meetings import rules
from videocall.meetings.admission import AdmissionService
from videocall.meetings.breakouts import BreakoutRooms
from videocall.meetings.repository import MeetingRepository
from videocall.meetings.service import Meetings
from videocall.problems import MeetingEnded, NotAllowed, ParticipantNotFound
from videocall.rates import Rates

ASK_RATE = "6/minute"
"""How often one person may be asked to unmute, by everybody together: asking must not become nagging."""


class Hosting:
    """Does what hosts ask for; whoever may not is told why."""

    def __init__(
        self,
        *,
        keys: Keys,
        bus: Bus,
        repository: MeetingRepository,
        meetings: Meetings,
        admission: AdmissionService,
        breakouts: BreakoutRooms,
        rates: Rates,
        extend: Callable[[str], Awaitable[object]],
    ) -> None:
        self._keys = keys
        self._bus = bus
        self._repository = repository
        self._meetings = meetings
        self._admission = admission
        self._breakouts = breakouts
        self._rates = rates
        self._extend = extend

    async def act(self, code: str, person_id: str, message: HostMessage) -> None:  # noqa: C901, PLR0912 -- one line for each power
        """Do it, or raise: `NotAllowed` by role, `ParticipantNotFound`, `MeetingFull`, `TooManyRequests`."""
        room = await self._bus.read(code)
        me = room.participants.get(person_id)
        if me is None:
            raise NotAllowed("You are not in this meeting.")
        rules.check_power(me.role, message)
        match message:
            case Admit():
                await self._admission.admit(code, message.id)
            case Refuse():
                await self._admission.refuse(code, message.id, ban=message.ban)
            case TellWaiting():
                await self._tell_waiting(room, message)
            case Remove():
                rules.check_removal(me, _present(room, message.id))
                await self._admission.remove(code, message.id, ban=message.ban)
            case Mute(id=None):
                for other in room.participants:
                    if other != me.id and side_by_side(room, me.id, other):
                        await self._bus.send(code, other, MuteRequested(by=me.id))
            case Mute(id=str(who)):
                await self._tell(room, who, MuteRequested(by=me.id))
            case AskToUnmute():
                _present(room, message.id)
                await self._rates.hit(ASK_RATE, "ask to unmute", code, message.id)
                await self._tell(room, message.id, UnmuteRequested(by=me.id))
            case StopCamera():
                await self._tell(room, message.id, CameraStopRequested(by=me.id))
            case SetRole():
                await self._set_role(code, _present(room, message.id), message)
            case HandOver():
                await self._hand_over(code, me, _present(room, message.id))
            case SetMeeting():
                await self._set_meeting(code, message)
            case OpenBreakouts() | MoveToBreakout() | RenameBreakout() | CloseBreakouts() | TellBreakouts():
                await self._breakouts.act(code, me.id, message)
            case Extend():
                await self._extend(code)
            case End():
                await self._meetings.end(code, "host")

    async def _tell(self, room: RoomState, person_id: str, message: DirectMessage) -> None:
        await self._bus.send(room.meeting.code, _present(room, person_id).id, message)

    async def _tell_waiting(self, room: RoomState, message: TellWaiting) -> None:
        if message.id is not None and message.id not in room.waiting:
            raise ParticipantNotFound
        ids = list(room.waiting) if message.id is None else [message.id]
        await self._bus.change(room.meeting.code, tell(ids, message.word))
        for waiting_id in ids:
            await self._bus.send(room.meeting.code, waiting_id, WordFromHost(word=message.word))

    async def _set_role(self, code: str, person: Participant, wish: SetRole) -> None:
        """Kept with the person, so it holds after a reload, on another device of their account, and next time."""
        if person.role == "host":
            raise NotAllowed("A host stays host until they hand over.")
        await self._give_role(code, person.id, wish.role)

    async def _give_role(self, code: str, person_id: str, role: Role) -> None:
        await self._repository.change_person(person_id, role=role, admitted=True)
        await self._bus.change(code, set_role(person_id, role))

    async def _hand_over(self, code: str, giver: Participant, taker: Participant) -> None:
        """Whoever held the host link no longer does; a guest who takes over is told a new one."""
        if taker.id == giver.id or taker.role == "host":
            raise NotAllowed("That person is the host already.")
        person = await self._repository.person(code, taker.id)
        if person is None:
            raise ParticipantNotFound
        key = "" if person.user else secrets.token_urlsafe(24)
        meeting = await self._repository.change_open(
            code,
            host_id=person.id,
            host_name=person.name,
            host_user=person.user,
            host_email=None,
            host_key_digest=self._keys.fingerprint("host links", key) if key else "",
            password_of_another=True,
        )
        if meeting is None:
            raise MeetingEnded
        await self._give_role(code, taker.id, "host")
        if key:
            await self._bus.send(code, taker.id, HostLink(link=f"{self._meetings.link(code)}#host={key}"))
        await self._give_role(code, giver.id, "cohost")

    async def _set_meeting(self, code: str, wish: SetMeeting) -> None:
        fields: dict[str, object] = {}
        if wish.locked is not None:
            fields["locked"] = wish.locked
        if wish.lobby is not None:
            fields["lobby"] = wish.lobby
        kept = dict(fields)
        if wish.password is not None:
            kept |= self._meetings.password_fields(wish.password)
            fields["needs_password"] = bool(wish.password)
        if not kept:
            return
        if await self._repository.change_open(code, **kept) is None:
            raise MeetingEnded
        await self._bus.change(code, set_meeting(announce=wish.password is not None, **fields))


def _present(room: RoomState, person_id: str) -> Participant:
    person = room.participants.get(person_id)
    if person is None:
        raise ParticipantNotFound
    return person
