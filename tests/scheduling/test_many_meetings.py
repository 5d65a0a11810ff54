"""A dashboard of ten thousand meetings costs as many calls of the store as one of ten; so does the sweep."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from people import Account, part, register
from running_server import RunningServer
from videocall.meetings.history import Reader, Wanted
from videocall.meetings.model import Meeting, Person
from videocall.meetings.repository import MEETINGS, PEOPLE
from videocall.scheduling.model import Schedule
from videocall.settings import Settings

MANY = 10_000


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing else asks the store meanwhile."""
    return replace(settings, bcrypt_cost=4, sweep_seconds=3600)


def plain(record: Meeting | Person) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(record, builtin_types=(datetime,))
    return document


async def fill(server: RunningServer, account: Account, count: int) -> None:
    """Half of them over, half to come, in no order."""
    now, user = server.clock.now(), account.me["id"]
    meetings, people = [], []
    for number in range(count):
        over = number % 2 == 0
        at = now + timedelta(minutes=7919 * number % 100_003 + 1) * (-1 if over else 1)
        code = f"{number:010}"
        shared = {"code": code, "title": f"Meeting {number}", "description": "", "kind": "scheduled", "engine": "auto"}
        meeting = Meeting(
            **shared,  # type: ignore[arg-type]
            status="ended" if over else "scheduled",
            server=None,
            lobby=False,
            password_sealed=None,
            host_id=f"host-{code}",
            host_name="Ada",
            host_email=None,
            host_key_digest="",
            created_at=now,
            ended_at=at if over else None,
            schedule=Schedule(starts_at=at, duration_minutes=30, time_zone="UTC"),
            starts_at=at,
            closes_at=at + timedelta(minutes=30),
        )
        person = Person(
            id=f"host-{code}",
            meeting=code,
            name="Ada",
            role="host",
            created_at=now,
            user=user,
            ended_at=meeting.ended_at,
            starts_at=at,
        )
        meetings.append(plain(meeting))
        people.append(plain(person))
    store = server.app.state["store"]
    await store.load(MEETINGS, meetings)
    await store.load(PEOPLE, people)


async def over(server: RunningServer) -> int:
    found = await server.app.state["store"].find(MEETINGS, {"end_reason": {"$ne": None}})
    return len(found)


class Counted:
    """What is asked of the store, and how many documents it gives back."""

    def __init__(self, store: Any, patch: pytest.MonkeyPatch) -> None:
        self.calls: Counter[str] = Counter()
        self.documents = 0
        real = store.find

        async def find(collection: str, where: Mapping[str, Any], **options: Any) -> Any:
            found = await real(collection, where, **options)
            if collection in {MEETINGS, PEOPLE, "occurrences"}:
                self.calls[collection] += 1
                self.documents += len(found)
            return found

        patch.setattr(store, "find", find)

    def taken(self) -> tuple[int, int]:
        result = sum(self.calls.values()), self.documents
        self.calls.clear()
        self.documents = 0
        return result


async def test_pages_of_ten_thousand_meetings_cost_what_pages_of_few_cost(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await register(server)
    await fill(server, ada, MANY)
    counted = Counted(server.app.state["store"], monkeypatch)
    history = part(server, "history")
    reader = Reader(ada.me["id"], ada.me["email"])
    for view in ("upcoming", "history"):
        cursor, seen, costs = None, [], set()
        for _ in range(10):
            counted.taken()
            page = await history.page(reader, view, Wanted(), cursor, 20)
            costs.add(counted.taken()[0] <= 5)
            seen += [item.starts_at for item in page.items]
            cursor = page.next_cursor
            assert cursor
        assert costs == {True}
        assert len(set(seen)) == 200
        assert seen == sorted(seen, reverse=view == "history")
        counted.taken()
        wanted = Wanted(q="meeting 9999" if view == "upcoming" else "meeting 9998")
        last = await history.page(reader, view, wanted, None, 20)
        calls, documents = counted.taken()
        assert documents <= 2100, "a search looks at a thousand and goes on from there"
        assert calls <= 35
        assert last.items or last.next_cursor
        some = Wanted(hosted=True, since=min(seen[50], seen[59]), until=max(seen[50], seen[59]) + timedelta(hours=1))
        page = await history.page(reader, view, some, None, 100)
        assert {*seen[50:60]} <= {item.starts_at for item in page.items}
        assert len(page.items) < 100
        assert (await history.page(reader, view, Wanted(hosted=False), None, 20)).items == []
    counted.taken()
    assert (await history.page(reader, "live", Wanted(), None, 20)).items == []


async def test_a_sweep_meets_only_what_is_due(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await register(server)
    server.clock.turn(minutes=2)
    await fill(server, ada, MANY)
    counted = Counted(server.app.state["store"], monkeypatch)
    await part(server, "upkeep").sweep()
    assert counted.taken()[1] == 0
    server.clock.turn(minutes=40)
    assert await part(server, "upkeep").sweep() == await over(server)


async def test_times_that_make_no_sense_are_named(server: RunningServer) -> None:
    ada = await register(server)
    for moment in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"):
        answer = await ada.call("GET", f"/api/me/meetings?since={moment}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["since"])
        answer = await ada.call("DELETE", f"/api/me/meetings/000-0000-000?occurrence={moment}")
        assert answer.status_code == 400
    assert (await ada.call("GET", "/api/me/meetings?since=yesterday")).status_code == 400
