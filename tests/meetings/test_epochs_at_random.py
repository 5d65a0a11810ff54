"""Servers die, people come, go and report at random: a meeting is in one place, and never back in time."""

import asyncio
import secrets
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from meetings.test_rooms_at_random import LIMIT, Act, Everything, Page
from pool_of_words import ONE, THREE, TWO, Verdicts
from videocall.live.client_messages import EngineFailed, EngineStatus
from videocall.live.server_messages import MeetingChanged, RoomEvent
from videocall.live.socket import LiveServices
from videocall.live.state import RoomMeeting
from videocall.meetings.admission import Knock
from videocall.meetings.model import Guest, NewMeeting
from videocall.pool.model import Health, PoolServer
from videocall.pool.service import Pool
from videocall.problems import Problem

DOMAINS = [ONE, TWO, THREE]


class Epochs(RuleBasedStateMachine):
    """One meeting, three servers; what must hold whenever everything has been dealt with."""

    everything: Everything
    pool: Pool
    verdicts: Verdicts

    @initialize(engine=st.sampled_from(["auto", "jitsi"]))
    def begin(self, engine: Any) -> None:
        self.live: LiveServices = self.everything.services
        self.pages: list[Page] = []
        self.verdicts.down.clear()
        self.everything.clock.turn(hours=7)  # what was held against servers is over
        self.everything.run(self.probe())
        made = self.everything.run(
            self.live.meetings.create(NewMeeting(guest=Guest("Ada"), engine=engine), secrets.token_hex(4))
        )
        self.code: str = made.meeting.code
        self.told: list[RoomMeeting] = [self.everything.run(self.live.bus.read(self.code)).meeting]
        self.live.bus.listen(self.hear, lambda *_: None, lambda _: None)
        self.do(self.come(token=made.token))

    async def probe(self) -> None:
        for domain in DOMAINS:
            for _ in range(3):
                await self.pool.check(domain)

    def hear(self, code: str, event: RoomEvent) -> None:
        if code == self.code and isinstance(event, MeetingChanged):
            self.told.append(event.meeting)

    def do(self, *acts: Act) -> None:
        """Do everything at once, and wait for what that set going; only refusals may come of it."""

        async def at_once() -> None:
            results = await asyncio.gather(*(act() for act in acts), return_exceptions=True)
            while tasks := self.live.moves._tasks:  # noqa: SLF001 -- what goes on beside the sockets
                await asyncio.gather(*tasks)
            for result in results:
                if isinstance(result, BaseException) and not isinstance(result, Problem):
                    raise result

        self.everything.run(at_once())

    def come(self, **fields: Any) -> Act:
        async def act() -> None:
            session = secrets.token_hex(8)
            knock = Knock(code=self.code, address=session, session=session, connected=True, **fields)
            entry = await self.live.admission.join(knock)
            self.pages.append(Page(entry.token, entry.person.id, session))

        return act

    def draw_act(self, data: st.DataObject) -> Act:
        moves = self.live.moves
        page = self.pages[data.draw(st.integers(0, 11), "who") % len(self.pages)]
        epoch = max(0, self.told[-1].epoch - data.draw(st.sampled_from([0, 0, 0, 1, 2]), "how old"))
        acts: dict[str, Act] = {
            "somebody new": self.come(name="Guest"),
            "comes back": self.come(token=page.token),
            "leaves": lambda: self.live.admission.depart(self.code, page.person, "left"),
            "is in": lambda: moves.status(self.code, page.person, EngineStatus(epoch=epoch, state="joined")),
            "reports": lambda: moves.failed(self.code, page.person, EngineFailed(epoch=epoch, reason="error")),
            "reports too": lambda: moves.failed(self.code, page.person, EngineFailed(epoch=epoch, reason="closed")),
            "is looked after": moves.look_after,
            "an administrator": lambda: moves.move(self.code),
        }
        return acts[data.draw(st.sampled_from(sorted(acts)), "act")]

    @rule(data=st.data(), number=st.integers(1, 5))
    def at_once(self, data: st.DataObject, number: int) -> None:
        self.do(*(self.draw_act(data) for _ in range(number)))

    @rule(data=st.data(), domain=st.sampled_from(DOMAINS), seen=st.booleans())
    def a_server_dies_or_returns(self, data: st.DataObject, domain: str, seen: bool) -> None:  # noqa: FBT001 -- drawn
        self.verdicts.down ^= {domain}
        self.do(*([self.probe] if seen else []), self.draw_act(data))

    @rule(minutes=st.sampled_from([1, 15]))
    def time_goes_by(self, minutes: int) -> None:
        self.everything.clock.turn(minutes=minutes)
        self.do(self.live.moves.look_after)

    # --- what always holds ---

    @invariant()
    def what_everybody_was_told_last_is_where_the_meeting_is(self) -> None:
        room = self.everything.run(self.live.bus.read(self.code))
        (kept,) = self.everything.run(self.everything.app.state.store.find("meetings", {"_id": self.code}))
        assert room.meeting == self.told[-1]
        assert (room.meeting.epoch, room.meeting.engine) == (kept["epoch"], kept["carrier"])
        place = room.meeting.place
        if room.meeting.engine == "jitsi":
            assert (place.server if place else None) == kept["server"]
        else:
            assert place is None
            assert len(room.participants) <= LIMIT
        at = [(one.epoch, one.place.server, one.place.room) for one in self.told if one.place]
        assert len({epoch for epoch, _, _ in at}) == len(set(at)), "two places in one epoch"
        assert [one.epoch for one in self.told] == sorted(one.epoch for one in self.told), "back in time"
        moves = kept["moves"]
        assert [move["epoch"] for move in moves] == list(range(1, kept["epoch"] + 1)), "each move is in the record"
        assert all(one["to"] == following["from"] for one, following in pairwise(moves))

    def teardown(self) -> None:
        if hasattr(self, "code"):
            self.everything.run(self.live.meetings.end(self.code, "host"))


def test_a_meeting_is_in_one_place_and_never_back_in_time(store_address: str) -> None:
    everything = Everything(store_address)
    Epochs.everything = everything
    Epochs.pool = everything.app.dependencies["pool"].dependency()  # type: ignore[union-attr]
    Epochs.verdicts = Epochs.pool._prober = Verdicts()  # noqa: SLF001
    for domain in DOMAINS:
        server = PoolServer(
            domain=domain,
            operator="Club",
            country="DE",
            added_at=everything.clock.now(),
            health=Health(state="up"),
        )
        everything.run(Epochs.pool._repository.add(server))  # noqa: SLF001
    try:
        Epochs.TestCase.settings = examples(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        Epochs.TestCase().runTest()
    finally:
        everything.close()
