"""Makes a room anew from what is stored, after a restart."""

from videocall.clock import Clock
from videocall.live.room import RoomState
from videocall.live.state import Participant, RoomMeeting
from videocall.meetings import rules
from videocall.meetings.places import Places, refusal
from videocall.meetings.repository import MeetingRepository
from videocall.problems import MeetingNotFound


class RoomLoader:
    """Knows how a stored meeting looks as a room."""

    def __init__(self, repository: MeetingRepository, places: Places, clock: Clock) -> None:
        self._repository = repository
        self._places = places
        self._clock = clock

    async def load(self, code: str) -> RoomState:
        """The room of a meeting: who has not left is there, away, and has the usual time of grace to come back.

        What people sent, whose hand was up, and who is in the place of the media is not stored; they say so again when
        they come back.
        Raises `MeetingNotFound`.
        """
        meeting = await self._repository.meeting(code)
        if meeting is None:
            raise MeetingNotFound
        visits = await self._repository.open_visits(code)
        people = {person.id: person for person in await self._repository.people(code)}
        now = self._clock.now()
        room = RoomState(
            meeting=RoomMeeting(
                code=code,
                title=meeting.title,
                engine=meeting.carrier,
                lobby=meeting.lobby,
                limit=self._places.limit(meeting),
                ends_at=meeting.closes_at,
                ending_soon=rules.ending_soon(meeting.closes_at, now),
                locked=meeting.locked,
                needs_password=meeting.password_sealed is not None,
                epoch=meeting.epoch,
                place=await self._places.of(meeting, opened=bool(visits)),
                breakouts=meeting.breakouts,
                refusal=refusal(meeting),
            ),
            ended=meeting.end_reason,
        )
        for visit in visits:
            person = people[visit.person]
            room.participants[person.id] = Participant(
                id=person.id,
                session=visit.session,
                name=person.name,
                role=person.role,
                joined_at=visit.joined_at,
                away_since=now,
            )
        return room
