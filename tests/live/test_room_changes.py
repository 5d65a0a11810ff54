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

from videocall.live import room as changes
from videocall.live.messages import (
    Media,
    MeetingChanged,
    Participant,
    RoomEvent,
    RoomMeeting,
    ServerMessage,
    Waiting,
)
from videocall.live.room import Change, RoomState, apply
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
    for event in change(state):
        apply(state, event)
        events.append(event)
    return events


def over_the_wire(event: RoomEvent) -> RoomEvent:
    received: RoomEvent = msgspec.json.decode(msgspec.json.encode(event), type=ServerMessage)
    return received


ADA = person("ada", role="host")
GRACE = person("grace", hand=5)
AWAY = person("joan", away_since=NOW)
EVE, EVE_AWAY = in_lobby("eve"), in_lobby("eve", away_since=NOW)
ON = Media(microphone=True)

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
        for name, made in inspect.getmembers(changes, inspect.isfunction)
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


def test_hands_are_in_the_order_in_which_they_came_up() -> None:
    state = room(ADA, GRACE, AWAY)
    run(state, changes.set_hand("joan", raised=True))
    run(state, changes.set_hand("ada", raised=True))
    run(state, changes.set_hand("grace", raised=False))
    run(state, changes.set_hand("grace", raised=True))
    hands = sorted(state.participants.values(), key=lambda one: one.hand or 0)
    assert [one.id for one in hands] == ["joan", "ada", "grace"]


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
)


@given(st.lists(anything, max_size=30), st.integers(0, 30))
def test_a_snapshot_at_any_time_and_the_events_since_are_the_state(story: list[Change], since: int) -> None:
    state, copy = room(seq=0), room(seq=0)
    for number, change in enumerate([*story, changes.end("host")]):
        if number == since:
            copy = deepcopy(state)
        try:
            for event in change(state):
                apply(state, event)
                apply(copy, over_the_wire(event))
        except MeetingFull:
            assert len(state.participants) >= LIMIT
        hands = [one.hand for one in state.participants.values() if one.hand is not None]
        assert len(state.participants) <= LIMIT
        assert len(set(hands)) == len(hands)
        assert all(0 < hand <= state.seq for hand in hands)
        if number >= since:
            assert copy == state
