"""When a push message is sent: somebody waits in a lobby, a meeting is about to start."""

from datetime import datetime

import structlog

from videocall.clock import Clock
from videocall.meetings.model import Meeting, Person
from videocall.meetings.repository import MeetingRepository
from videocall.push import rules
from videocall.push.model import Message
from videocall.push.service import Push
from videocall.store.base import StoreError
from videocall.words import Words

log = structlog.get_logger()


class Occasions:
    """Writes the messages, for whoever leads a meeting or is reminded of one."""

    def __init__(self, *, clock: Clock, repository: MeetingRepository, push: Push) -> None:
        self._clock = clock
        self._repository = repository
        self._push = push

    async def waits(self, meeting: Meeting, person: Person) -> None:
        """Somebody came into the lobby: tell the hosts' browsers, of which one that shows the meeting stays silent."""
        try:
            if await self._push.may_ring(meeting.code):
                await self._ring(meeting, person)
        except StoreError as error:  # who waits, waits all the same
            log.warning("push_not_queued", error=str(error))

    async def _ring(self, meeting: Meeting, person: Person) -> None:
        def write(words: Words) -> Message:
            return Message(
                title=words.say("push_waits_title", name=person.name),
                body=words.say("push_waits_text", title=meeting.title),
                path=f"/m/{meeting.code}",
                tag=f"lobby {meeting.code}",
            )

        expires_at = self._clock.now() + rules.LOBBY_FOR
        for leader in await self._repository.leaders(meeting.code):
            if leader.user:
                await self._push.to_user(leader.user, write, expires_at)
            else:
                await self._push.to_person(leader.id, write, expires_at)

    async def starts(self, user_id: str, code: str, title: str, minutes: int, starts_at: datetime) -> None:
        """A meeting starts soon, as a reminder says; each goes out once, however often it is asked for."""
        now = self._clock.now()

        def write(words: Words) -> Message:
            body = words.say("push_starts_text", soon=words.soon(starts_at, now))
            return Message(title=title, body=body, path=f"/m/{code}", tag=f"starts {code}")

        if rules.in_time(now, starts_at):
            await self._push.to_user(user_id, write, starts_at, once=f"{code} {starts_at.isoformat()} {minutes}")
