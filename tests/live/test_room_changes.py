"""Every way a room can change: old state + events == new state, and what the events say."""

import inspect
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any, get_args, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from videocall.live import breakouts
from videocall.live import room as changes
from videocall.live.client_messages import NewBreakout, OpenBreakouts
from videocall.live.room import Change, RoomState, apply, steps
from videocall.live.server_messages import MeetingChanged, RoomEvent, ServerMessage
from videocall.live.state import Arrival, Breakout, Breakouts, Media, Participant, Place, RoomMeeting, Waiting
from videocall.problems import MeetingEnded, MeetingFull, Problem

NOW = datetime(2026, 6, 22, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=40)
LIMIT = 3


def person(name: str, **fields: Any) -> Participant:
    return Participant(
        **{"id": name, "session": f"{name}-page-1", "name": name, "role": "guest", "joined_at": NOW, **fields}
    )


def in_lobby(name: str, **fields: Any) -> Waiting:
    return Waiting(**{"id": name, "name": name, "since": NOW, **fields})


def room(*people: Participant, waiting: tuple[Waiting, ...] = (), ended: Any = None, seq: int = 7) -> RoomState:
    return RoomState(
        meeting=RoomMeeting(code="abc-defg-hjk", title="Tea", engine="direct", lobby=True, limit=LIMIT),
        seq=seq,
        participants={one.id: one for one in people},
        waiting={one.id: one for one in waiting},
        ended=ended,
    )


def run(state: RoomState, change: Change) -> list[RoomEvent]:
    """What a bus does with a change."""
    events = []
    for event in steps(change, state):
        apply(state, event)
        events.append(event)
    return events


def over_the_wire(event: RoomEvent) -> RoomEvent:
    received: RoomEvent = msgspec.json.decode(msgspec.json.encode(event), type=ServerMessage)
    return received


def at_place(*people: Participant) -> RoomState:
    """A room whose media is on a server since its fifth epoch."""
    state = room(*people)
    place = replace(PLACE, opener=changes.opener(state))
    return replace(state, meeting=replace(state.meeting, engine="jitsi", epoch=5, place=place))


def apart(*people: Participant, **where: str) -> RoomState:
    """A room with two breakout rooms until `LATER`, and who is in which."""
    rooms = Breakouts(rooms=[Breakout("1", "Owls"), Breakout("2", "Larks")], people=where, ends_at=LATER)
    state = room(*people)
    return replace(state, meeting=replace(state.meeting, breakouts=rooms))


PLACE = Place(server="jitsi.example", operator="Example", country="DE", room="r", password="p")
ADA = person("ada", role="host")
GRACE = person("grace", hand=5)
AWAY = person("joan", away_since=NOW)
EVE, EVE_AWAY = in_lobby("eve"), in_lobby("eve", away_since=NOW)
ON = Media(microphone=True)
OPEN = OpenBreakouts([NewBreakout("Owls", ["grace", "eve"]), NewBreakout("Larks", ["ada"])], minutes=10)

CASES: dict[str, tuple[RoomState, Change, list[str]]] = {
    "the first comes in": (room(), changes.enter(ADA), ["participant_joined"]),
    "from the lobby": (
        room(ADA, waiting=(EVE,)),
        changes.enter(person("eve")),
        ["waiting_changed", "participant_joined"],
    ),
    "with a hand up": (room(ADA), changes.enter(person("eve", hand=0)), ["participant_joined"]),
    "a reload": (room(ADA, GRACE), changes.enter(person("grace", session="grace-page-2")), ["participant_changed"]),
    "back after away": (room(ADA, AWAY), changes.enter(person("joan")), ["participant_changed"]),
    "leaves": (room(ADA, GRACE), changes.leave("grace", "left"), ["participant_left"]),
    "leaves the lobby": (room(ADA, waiting=(EVE,)), changes.leave("eve", "left"), ["waiting_changed"]),
    "is removed": (room(ADA, GRACE), changes.leave("grace", "removed"), ["participant_left"]),
    "nobody leaves": (room(ADA), changes.leave("eve", "left"), []),
    "waits": (room(ADA), changes.wait(EVE), ["waiting_changed"]),
    "waits still": (room(ADA, waiting=(EVE,)), changes.wait(replace(EVE, since=LATER)), []),
    "waits again": (room(ADA, waiting=(EVE_AWAY,)), changes.wait(EVE), ["waiting_changed"]),
    "is told a word in the lobby": (room(waiting=(EVE,)), changes.tell(["eve"], "soon"), ["waiting_changed"]),
    "nobody is told a word": (room(waiting=(EVE,)), changes.tell(["mary"], "soon"), []),
    "switches on": (room(ADA), changes.set_media("ada", ON), ["participant_changed"]),
    "is on already": (room(replace(ADA, media=ON)), changes.set_media("ada", ON), []),
    "nobody switches on": (room(ADA), changes.set_media("eve", ON), []),
    "raises a hand": (room(ADA), changes.set_hand("ada", raised=True), ["participant_changed"]),
    "hand is up already": (room(GRACE), changes.set_hand("grace", raised=True), []),
    "lowers a hand": (room(GRACE), changes.set_hand("grace", raised=False), ["participant_changed"]),
    "nobody raises a hand": (room(ADA), changes.set_hand("eve", raised=True), []),
    "goes away": (room(ADA), changes.go_away("ada", "ada-page-1", LATER), ["participant_changed"]),
    "an older page goes": (room(ADA), changes.go_away("ada", "ada-page-0", LATER), []),
    "goes away from the lobby": (room(waiting=(EVE,)), changes.go_away("eve", None, LATER), ["waiting_changed"]),
    "is there after all": (room(AWAY), changes.come_back("joan", "joan-page-1"), ["participant_changed"]),
    "was never away": (room(ADA), changes.come_back("ada", "ada-page-1"), []),
    "an older page is there": (room(AWAY), changes.come_back("joan", "joan-page-0"), []),
    "is in the lobby after all": (room(waiting=(EVE_AWAY,)), changes.come_back("eve", ""), ["waiting_changed"]),
    "is made co-host": (room(ADA, GRACE), changes.set_role("grace", "cohost"), ["participant_changed"]),
    "is host already": (room(ADA), changes.set_role("ada", "host"), []),
    "nobody is made host": (room(ADA), changes.set_role("eve", "host"), []),
    "is locked": (room(ADA), changes.set_meeting(locked=True), ["meeting_changed"]),
    "has another password": (
        room(ADA),
        changes.set_meeting(needs_password=False, announce=True),
        ["meeting_changed"],
    ),
    "moves to a server": (room(ADA), changes.move(1, engine="jitsi", limit=75, place=PLACE), ["meeting_changed"]),
    "never moves back": (at_place(ADA), changes.move(4, engine="direct", limit=6, place=None), []),
    "moves once": (at_place(ADA), changes.move(5, engine="direct", limit=6, place=None), []),
    "all may follow": (at_place(ADA), changes.open_place(5), ["meeting_changed"]),
    "all may follow late": (at_place(ADA), changes.open_place(4), []),
    "the opener is in the place": (
        at_place(ADA, GRACE),
        changes.arrive("ada", 5, "joined"),
        ["participant_changed", "meeting_changed"],
    ),
    "another one says to be in it": (
        at_place(ADA, GRACE),
        changes.arrive("grace", 5, "joined"),
        ["participant_changed"],
    ),
    "the opener is kept out": (
        at_place(ADA, GRACE),
        changes.arrive("ada", 5, "failed"),
        ["participant_changed", "meeting_changed"],
    ),
    "another one is kept out": (at_place(ADA, GRACE), changes.arrive("grace", 5, "failed"), ["participant_changed"]),
    "is out of the place": (
        at_place(replace(ADA, arrival=Arrival(epoch=5, state="joined"))),
        changes.arrive("ada", 5, None),
        ["participant_changed"],
    ),
    "was in an older place": (at_place(ADA), changes.arrive("ada", 4, "joined"), []),
    "nobody is in the place": (at_place(ADA), changes.arrive("eve", 5, "joined"), []),
    "moves away from breakout rooms": (
        apart(ADA, GRACE, grace="1"),
        changes.move(1, engine="jitsi", limit=75, place=PLACE),
        ["meeting_changed"],
    ),
    "breakout rooms are opened": (room(ADA, GRACE), breakouts.open_rooms(OPEN, NOW), ["meeting_changed"]),
    "they are open already": (apart(ADA), breakouts.open_rooms(OPEN, NOW), []),
    "a server has none": (at_place(ADA), breakouts.open_rooms(OPEN, NOW), []),
    "goes into one": (apart(ADA, GRACE), breakouts.go("grace", "1"), ["meeting_changed"]),
    "goes into another": (apart(ADA, GRACE, grace="1"), breakouts.go("grace", "2"), ["meeting_changed"]),
    "goes back to the main room": (apart(ADA, GRACE, grace="1"), breakouts.go("grace", None), ["meeting_changed"]),
    "is in it already": (apart(ADA, GRACE, grace="1"), breakouts.go("grace", "1"), []),
    "goes into none": (apart(ADA, GRACE, grace="1"), breakouts.go("grace", "3"), []),
    "nobody goes into one": (apart(ADA), breakouts.go("eve", "1"), []),
    "there is none to go into": (room(ADA), breakouts.go("ada", "1"), []),
    "is called something else": (apart(ADA), breakouts.rename("1", "Swifts"), ["meeting_changed"]),
    "there is none to rename": (room(ADA), breakouts.rename("1", "Swifts"), []),
    "asks for help": (apart(ADA, GRACE, grace="1"), breakouts.call_for_help("grace", asking=True), ["meeting_changed"]),
    "needs none any more": (apart(GRACE, grace="1"), breakouts.call_for_help("grace", asking=False), []),
    "asks in the main room": (apart(ADA, GRACE), breakouts.call_for_help("grace", asking=True), []),
    "help is there already": (
        apart(ADA, GRACE, grace="1", ada="1"),
        breakouts.call_for_help("grace", asking=True),
        [],
    ),
    "they close soon": (apart(ADA, GRACE, grace="1"), breakouts.close_soon(NOW), ["meeting_changed"]),
    "they close sooner anyway": (apart(ADA, GRACE, grace="1"), breakouts.close_soon(LATER), []),
    "nobody is in them": (apart(ADA, GRACE, eve="1"), breakouts.close_soon(LATER), ["meeting_changed"]),
    "they are closed": (apart(ADA, GRACE, grace="1"), breakouts.close_rooms(), ["meeting_changed"]),
    "they were closed": (room(ADA), breakouts.close_rooms(), []),
    "their time is over": (apart(ADA, grace="1"), breakouts.close_rooms(LATER), ["meeting_changed"]),
    "their time is not over": (apart(ADA, grace="1"), breakouts.close_rooms(NOW), []),
    "the end": (room(ADA, GRACE, waiting=(EVE,)), changes.end("host"), ["meeting_ended"]),
    "the end again": (room(ADA, ended="host"), changes.end("abandoned"), []),
    "is lost": (room(ADA, AWAY), changes.lose("joan", NOW), ["participant_left"]),
    "came back in time": (room(ADA, AWAY), changes.lose("joan", LATER), []),
    "is lost in the lobby": (room(waiting=(EVE_AWAY,)), changes.lose("eve", NOW), ["waiting_changed"]),
    "fell silent": (room(ADA, GRACE), changes.lose_session("grace", "grace-page-1"), ["participant_left"]),
    "another page fell silent": (room(ADA, GRACE), changes.lose_session("grace", "grace-page-0"), []),
}


@pytest.mark.parametrize("case", CASES)
def test_the_old_state_and_the_events_are_the_new_state(case: str) -> None:
    old, change, kinds = CASES[case]
    new, copy = deepcopy(old), deepcopy(old)
    events = run(new, change)
    assert [event.__struct_config__.tag for event in events] == kinds
    assert [event.seq for event in events] == list(range(old.seq + 1, old.seq + 1 + len(events)))
    for event in events:
        apply(copy, over_the_wire(event))
    assert copy == new
    assert list(copy.participants) == list(new.participants)
    assert (new == old) is (not events), "what changes has an event, and what has an event changes"


def test_the_table_has_every_change_and_every_event() -> None:
    makers = {
        name
        for part in (changes, breakouts)
        for name, made in inspect.getmembers(part, inspect.isfunction)
        if get_type_hints(made).get("return") == Change
    }
    used = {change.__qualname__.partition(".")[0] for _, change, _ in CASES.values()}
    assert makers == used
    told = {kind for _, _, kinds in CASES.values() for kind in kinds}
    every = {kind.__struct_config__.tag for kind in get_args(RoomEvent)}
    assert every == told


def test_a_changed_meeting_replaces_the_old() -> None:
    state = room(ADA)
    event = MeetingChanged(seq=8, meeting=replace(state.meeting, title="Coffee", lobby=False))
    apply(state, over_the_wire(event))
    assert state == replace(room(ADA, seq=8), meeting=event.meeting)


@pytest.mark.parametrize(
    ("state", "change", "problem"),
    [
        (room(ADA, GRACE, AWAY), changes.enter(person("eve")), MeetingFull),
        (room(ADA, ended="host"), changes.enter(person("eve")), MeetingEnded),
        (room(ADA, ended="host"), changes.enter(ADA), MeetingEnded),
        (room(ADA, ended="host"), changes.wait(EVE), MeetingEnded),
    ],
)
def test_what_is_refused_changes_nothing(state: RoomState, change: Change, problem: type[Problem]) -> None:
    before = deepcopy(state)
    with pytest.raises(problem):
        run(state, change)
    assert state == before


def test_who_is_in_a_full_room_may_come_back_to_it() -> None:
    state = room(ADA, GRACE, AWAY)
    run(state, changes.enter(person("joan", session="joan-page-2")))
    assert state.participants["joan"].session == "joan-page-2"


def test_who_comes_back_keeps_the_time_of_joining_and_the_place_of_the_hand() -> None:
    state = room(ADA, GRACE)
    run(state, changes.enter(person("grace", session="grace-page-2", joined_at=LATER, hand=0)))
    back = state.participants["grace"]
    assert (back.joined_at, back.hand, back.session) == (NOW, 5, "grace-page-2")


def test_who_waits_again_keeps_the_place_in_the_lobby() -> None:
    state = room(waiting=(EVE_AWAY, in_lobby("mary")))
    run(state, changes.wait(in_lobby("eve", since=LATER)))
    assert list(state.waiting.values()) == [EVE, in_lobby("mary")]


def test_a_reload_is_out_of_the_place_and_a_mere_reconnect_is_not() -> None:
    inside = Arrival(epoch=5, state="joined")
    state = at_place(ADA, replace(GRACE, arrival=inside))
    run(state, changes.enter(person("grace")))
    assert state.participants["grace"].arrival == inside
    run(state, changes.enter(person("grace", session="grace-page-2")))
    assert state.participants["grace"].arrival is None


def test_the_host_opens_a_place_or_else_whoever_has_been_there_longest() -> None:
    late = person("bob", joined_at=LATER)
    assert changes.opener(at_place(late, GRACE, ADA)) == "ada"
    assert changes.opener(at_place(late, GRACE, replace(ADA, away_since=NOW))) == "grace"
    assert changes.opener(at_place(AWAY, late)) == "bob"
    assert changes.opener(at_place(AWAY)) is None


def test_hands_are_in_the_order_in_which_they_came_up() -> None:
    state = room(ADA, GRACE, AWAY)
    run(state, changes.set_hand("joan", raised=True))
    run(state, changes.set_hand("ada", raised=True))
    run(state, changes.set_hand("grace", raised=False))
    run(state, changes.set_hand("grace", raised=True))
    hands = sorted(state.participants.values(), key=lambda one: one.hand or 0)
    assert [one.id for one in hands] == ["joan", "ada", "grace"]


def test_only_people_who_are_there_go_into_the_rooms_and_all_come_out_together() -> None:
    state = room(ADA, GRACE)
    run(state, breakouts.open_rooms(OPEN, NOW))
    opened = state.meeting.breakouts
    assert opened is not None
    assert opened.people == {"grace": "1", "ada": "2"}
    assert opened.ends_at == NOW + timedelta(minutes=10)
    run(state, changes.enter(person("eve")))
    assert breakouts.room_of(state, "eve") is None, "who comes later is in the main room"
    assert not breakouts.side_by_side(state, "ada", "grace")
    run(state, breakouts.close_soon(NOW))
    closing = state.meeting.breakouts
    assert closing is not None
    assert closing.ends_at == NOW + breakouts.CLOSE_AFTER
    run(state, breakouts.close_rooms(NOW + breakouts.CLOSE_AFTER))
    assert breakouts.side_by_side(state, "ada", "grace")


def test_who_leaves_and_comes_back_is_in_the_same_room() -> None:
    state = apart(ADA, GRACE, grace="1")
    run(state, changes.leave("grace", "left"))
    run(state, changes.enter(person("grace", session="grace-page-2")))
    assert breakouts.room_of(state, "grace") == "1"


def test_a_call_for_help_ends_when_a_host_comes_or_who_called_goes() -> None:
    for change in (
        breakouts.go("ada", "1"),
        breakouts.go("grace", "2"),
        breakouts.go("grace", None),
        breakouts.call_for_help("joan", asking=False),
    ):
        state = apart(ADA, GRACE, AWAY, grace="1", joan="1")
        run(state, breakouts.call_for_help("grace", asking=True))
        asked = state.meeting.breakouts
        assert asked is not None
        assert [one.help for one in asked.rooms] == ["grace", None]
        run(state, change)
        answered = state.meeting.breakouts
        assert answered is not None
        assert [one.help for one in answered.rooms] == [None, None]


def test_people_who_are_gone_are_not_remembered_for_ever() -> None:
    gone = {f"gone-{number}": "1" for number in range(breakouts.MOST_REMEMBERED)}
    state = apart(ADA, GRACE, **gone)
    run(state, breakouts.go("grace", "1"))
    now = state.meeting.breakouts
    assert now is not None
    assert now.people == {"grace": "1"}


names = st.sampled_from(["ada", "grace", "joan", "mary", "eve"])
pages = st.sampled_from(["page-one", "page-two"])
times = st.sampled_from([NOW, LATER])
media = st.builds(Media, microphone=st.booleans(), camera=st.booleans(), screen=st.booleans())
people = st.builds(person, names, session=pages, media=media, hand=st.sampled_from([None, 0]), joined_at=times)
anything = st.one_of(
    st.builds(changes.enter, people),
    st.builds(changes.wait, st.builds(in_lobby, names, since=times)),
    st.builds(changes.leave, names, st.sampled_from(["left", "removed"])),
    st.builds(changes.set_media, names, media),
    st.builds(changes.set_hand, names, raised=st.booleans()),
    st.builds(changes.go_away, names, pages, times),
    st.builds(changes.come_back, names, pages),
    st.builds(changes.lose, names, times),
    st.builds(changes.lose_session, names, pages),
    st.builds(
        changes.move,
        st.integers(0, 3),
        engine=st.just("jitsi"),
        limit=st.just(LIMIT),
        place=st.sampled_from([None, PLACE]),
    ),
    st.builds(changes.arrive, names, st.integers(0, 3), st.sampled_from(["joined", "failed", None])),
    st.builds(breakouts.open_rooms, st.just(OPEN), times),
    st.builds(breakouts.go, names, st.sampled_from([None, "1", "2", "3"])),
    st.builds(breakouts.call_for_help, names, asking=st.booleans()),
    st.builds(breakouts.close_soon, times),
    st.builds(breakouts.close_rooms, st.sampled_from([None, NOW, LATER])),
)


@given(st.lists(anything, max_size=30), st.integers(0, 30))
def test_a_snapshot_at_any_time_and_the_events_since_are_the_state(story: list[Change], since: int) -> None:
    state, copy = room(seq=0), room(seq=0)
    for number, change in enumerate([*story, changes.end("host")]):
        if number == since:
            copy = deepcopy(state)
        try:
            for event in steps(change, state):
                apply(state, event)
                apply(copy, over_the_wire(event))
        except MeetingFull:
            assert len(state.participants) >= LIMIT
        hands = [one.hand for one in state.participants.values() if one.hand is not None]
        assert len(state.participants) <= LIMIT
        assert len(set(hands)) == len(hands)
        assert all(0 < hand <= state.seq for hand in hands)
        now = state.meeting.breakouts
        assert now is None or state.meeting.engine == "direct"
        assert now is None or set(now.people.values()) <= {one.id for one in now.rooms}
        if number >= since:
            assert copy == state
