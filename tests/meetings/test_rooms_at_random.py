"""People come and go at random, often several at once: the room, its events and the store never part."""

import asyncio
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec import Struct
from msgspec.structs import replace

from running_server import TurnedClock
from videocall.app import create_app
from videocall.live.bus import DirectMessage
from videocall.live.client_messages import BreakoutMessage, CloseBreakouts, NewBreakout, OpenBreakouts
from videocall.live.room import RoomState, apply, set_hand, set_media
from videocall.live.server_messages import RoomEvent
from videocall.live.socket import LiveServices
from videocall.live.state import Media
from videocall.meetings.admission import Knock
from videocall.meetings.model import Guest, NewMeeting
from videocall.problems import Problem
from videocall.settings import Settings

NEVER = 365 * 86400.0
LIMIT = 3
Act = Callable[[], Awaitable[Any]]


class Everything:
    """The services of one process over a real store, without HTTP and without loops; shared by all examples."""

    def __init__(self, store: str) -> None:
        self.runner = asyncio.Runner()
        self.clock = TurnedClock()
        memory = Path("/dev/shm")  # noqa: S108 -- only where the folder of this run is made
        self.folder = tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None)
        rates = {name: "1000000/second" for name in Settings.__struct_fields__ if name.endswith("_rate")}
        settings = Settings(
            data=Path(self.folder.name),
            store=store,
            direct_limit=LIMIT,
            sweep_seconds=NEVER,
            presence_write_seconds=NEVER,
        )
        self.app = create_app(replace(settings, **rates), clock=self.clock)
        self.services: LiveServices = self.app.dependencies["live"].dependency()  # type: ignore[union-attr]
        self.started, self.stop = asyncio.Event(), asyncio.Event()
        self.running = self.runner.get_loop().create_task(self.live())
        self.run(self.started.wait())

    async def live(self) -> None:
        async with self.app.lifespan():
            self.started.set()
            await self.stop.wait()

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    def close(self) -> None:
        self.stop.set()
        self.run(asyncio.wait([self.running]))
        self.runner.close()
        self.folder.cleanup()


class Page(Struct):
    """One page of somebody, as their browser knows it."""

    token: str
    person: str
    session: str


class Rooms(RuleBasedStateMachine):
    """One meeting; what is done to it, and what must hold whenever everything has been dealt with."""

    everything: Everything

    @initialize(lobby=st.booleans())
    def begin(self, lobby: bool) -> None:  # noqa: FBT001 -- drawn
        self.live = self.everything.services
        self.pages: list[Page] = []
        self.events: list[RoomEvent] = []
        self.ended = False
        made = self.everything.run(self.live.meetings.create(NewMeeting(guest=Guest("Ada"), lobby=lobby), "here"))
        self.code: str = made.meeting.code
        self.copy: RoomState = self.room()
        self.live.bus.listen(self.hear, self.call, lambda _: None)
        self.do(self.come(token=made.token))

    def room(self) -> RoomState:
        """The room as it is, apart from the one that the bus goes on with."""
        state: RoomState = self.everything.run(self.live.bus.read(self.code))
        return RoomState(state.meeting, state.seq, {**state.participants}, {**state.waiting}, state.ended)

    def hear(self, code: str, event: RoomEvent) -> None:
        if code == self.code and self.copy.ended is None:
            assert event.seq == self.copy.seq + 1, "numbers rise by one"
            apply(self.copy, event)

    def call(self, code: str, to: str, message: DirectMessage) -> None:
        """Who is let out of the lobby comes in; their socket does that."""
        if code == self.code and message.__struct_config__.tag == "admitted":
            page = next((page for page in reversed(self.pages) if page.person == to), None)
            if page is not None:
                self.called.append(self.come(token=page.token, session=page.session))

    def do(self, *acts: Act) -> None:
        """Do everything at once, then what that called for; only refusals may come of it."""
        self.called: list[Act] = []

        async def at_once() -> None:
            left = list(acts)
            while left:
                results = await asyncio.gather(*(act() for act in left), return_exceptions=True)
                for result in results:
                    if isinstance(result, BaseException) and not isinstance(result, Problem):
                        raise result
                left, self.called = self.called, []

        self.everything.run(at_once())

    # --- what people do ---

    def come(self, **fields: Any) -> Act:
        session = fields.pop("session", None) or secrets.token_hex(8)

        async def act() -> None:
            knock = Knock(code=self.code, address="here", session=session, connected=True, **fields)
            entry = await self.live.admission.join(knock)
            self.pages.append(Page(entry.token, entry.person.id, session))

        return act

    def draw_act(self, data: st.DataObject) -> Act:
        admission, bus = self.live.admission, self.live.bus
        # Drawn as a number: what came of a race must not decide what is drawn next.
        page = self.pages[data.draw(st.integers(0, 11), "who") % len(self.pages)]
        flag = data.draw(st.booleans(), "flag")
        acts: dict[str, Act] = {
            "somebody new": self.come(name="Guest", hand=flag),
            "comes back": self.come(token=page.token, session=page.session if flag else None, hand=flag),
            "leaves": lambda: admission.depart(self.code, page.person, "left"),
            "is lost": lambda: admission.lose(self.code, page.person, page.session),
            "is let in": lambda: admission.admit(self.code, page.person),
            "all are let in": lambda: admission.admit(self.code, None),
            "is refused": lambda: admission.refuse(self.code, page.person, ban=flag),
            "is removed": lambda: admission.remove(self.code, page.person, ban=flag),
            "beats": lambda: self.live.upkeep.heartbeat(self.code, page.person, page.session),
            "raises a hand": lambda: bus.change(self.code, set_hand(page.person, raised=flag)),
            "opens breakout rooms": lambda: self.live.breakouts.act(self.code, page.person, self.opened(open_=flag)),
            "goes into one": lambda: self.live.breakouts.go(self.code, page.person, "1" if flag else None),
            "switches": lambda: bus.change(self.code, set_media(page.person, Media(camera=flag))),
        }
        return acts[data.draw(st.sampled_from(sorted(acts)), "act")]

    def opened(self, *, open_: bool) -> BreakoutMessage:
        first = [page.person for page in self.pages[:2]]
        return OpenBreakouts([NewBreakout("Owls", first)], choose=True) if open_ else CloseBreakouts(at_once=True)

    @rule(data=st.data())
    def somebody_does_something(self, data: st.DataObject) -> None:
        self.do(self.draw_act(data))

    @rule(data=st.data(), number=st.integers(2, 5))
    def several_at_once(self, data: st.DataObject, number: int) -> None:
        self.do(*(self.draw_act(data) for _ in range(number)))

    @rule(seconds=st.sampled_from([1, 29, 31, 91]))
    def time_goes_by(self, seconds: int) -> None:
        self.everything.clock.turn(seconds=seconds)
        self.do(self.live.admission.lose_overdue)

    @rule(data=st.data())
    def the_sweep_goes_over_it(self, data: st.DataObject) -> None:
        self.do(self.draw_act(data), self.live.upkeep.sweep)

    @rule(data=st.data())
    @precondition(lambda self: not self.ended)
    def the_host_ends_it(self, data: st.DataObject) -> None:
        self.ended = True
        self.do(self.draw_act(data), lambda: self.live.meetings.end(self.code, "host"), self.draw_act(data))

    # --- what always holds ---

    @invariant()
    def the_room_is_the_sum_of_its_events(self) -> None:
        room = self.room()
        if room.ended is None:
            assert room == self.copy
        else:
            assert self.copy.ended is not None, "everybody heard of the end"

    @invariant()
    def people_are_in_one_place_and_have_seats(self) -> None:
        room = self.room()
        assert len(room.participants) <= LIMIT
        assert not room.participants.keys() & room.waiting.keys()
        hands = [one.hand for one in room.participants.values() if one.hand is not None]
        assert len(set(hands)) == len(hands)
        assert all(0 < hand <= room.seq for hand in hands)

    @invariant()
    def who_is_in_the_room_has_one_open_visit(self) -> None:
        store = self.everything.app.state.store
        room = self.room()
        visits = self.everything.run(store.find("visits", {"meeting": self.code}))
        still = sorted((visit["person"], visit["session"]) for visit in visits if visit["left_at"] is None)
        inside = sorted((one.id, one.session) for one in room.participants.values())
        assert still == ([] if room.ended else inside)
        assert all(visit["left_at"] is None or visit["left_at"] >= visit["joined_at"] for visit in visits)
        (meeting,) = self.everything.run(store.find("meetings", {"_id": self.code}))
        assert (meeting["status"] == "ended") is (meeting["ended_at"] is not None) is (room.ended is not None)

    def teardown(self) -> None:
        if hasattr(self, "code"):
            self.everything.run(self.live.meetings.end(self.code, "host"))


def test_whatever_people_do_the_room_and_the_store_agree(store_address: str) -> None:
    Rooms.everything = Everything(store_address)
    try:
        Rooms.TestCase.settings = examples(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],  # a race seldom comes out the same twice, so making it shorter takes minutes
            suppress_health_check=list(HealthCheck),
        )
        Rooms.TestCase().runTest()
    finally:
        Rooms.everything.close()
