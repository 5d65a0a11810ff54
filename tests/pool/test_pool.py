"""The pool over a store: servers come in, fall and rise by the probe, are chosen or kept out, and have a history."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from jitsi_target import JitsiTarget
from people import part
from running_server import RunningServer, TurnedClock, until
from videocall.pool.keeping import Keeping, read_domain
from videocall.pool.model import AdminServerView, NewServer, PoolServer, ServerChange
from videocall.pool.service import Pool
from videocall.problems import InvalidBody, NotFound, ServerRefused


@pytest.fixture
def keeping(server: RunningServer) -> Keeping:
    kept: Keeping = part(server, "keeping")
    return kept


@pytest.fixture
def pool(server: RunningServer) -> Pool:
    servers: Pool = part(server, "pool")
    return servers


def wish(domain: str, **fields: Any) -> NewServer:
    return NewServer(**{"domain": domain, "operator": "A club", "country": "de", **fields})


async def seen(keeping: Keeping, clock: TurnedClock, domain: str, **wanted: object) -> AdminServerView:
    """Let time go on until a server is like that."""

    async def look() -> AdminServerView:
        clock.turn(seconds=1)
        return await keeping.server(domain)

    found: AdminServerView = await until(look, lambda view: all(getattr(view, name) == wanted[name] for name in wanted))
    return found


async def test_a_server_falls_with_its_prosody_and_rises_again(
    keeping: Keeping, pool: Pool, clock: TurnedClock, target: JitsiTarget
) -> None:
    added = await keeping.add(wish(f" https://{target.domain().upper()}/ ", region="EU", notes="Asked on Monday"))
    domain = target.domain()
    assert (added.domain, added.country, added.state, added.takes_meetings) == (domain, "DE", "up", True)
    chosen = await pool.choose("abcd-efgh-jkmn")
    assert isinstance(chosen, PoolServer)
    assert chosen.domain == domain
    assert await pool.confirm(domain)
    await target.kill("prosody")
    assert not await pool.confirm(domain)
    fallen = await seen(keeping, clock, domain, state="down")
    assert fallen.reason == "Its XMPP server opens no session."
    assert (await pool.choose("abcd-efgh-jkmn"), fallen.takes_meetings) == (None, False)
    there = await pool.server(domain)
    assert there is not None
    assert not there.serves
    await target.start_prosody()
    await seen(keeping, clock, domain, state="up", takes_meetings=True)
    assert await pool.choose("abcd-efgh-jkmn")
    history = await keeping.history(domain)
    assert [(event.kind, event.reason) for event in history.events] == [
        ("up", ""),
        ("down", "Its XMPP server opens no session."),
    ]
    assert sum(hour.failures for hour in history.hours) >= 3
    assert history.hours[0].latency_ms


@pytest.mark.parametrize("state", ["frames refused", "login by token", "five minutes", "XMPP down", "focus down"])
async def test_what_cannot_carry_meetings_does_not_come_in(keeping: Keeping, target: JitsiTarget, state: str) -> None:
    _, finding = await keeping.check(target.domain(state))
    with pytest.raises(ServerRefused) as refusal:
        await keeping.add(wish(target.domain(state)))
    assert refusal.value.errors == {"domain": finding.reason}
    assert await keeping.servers() == []


async def test_bad_wishes_are_refused_by_field_before_anybody_is_asked(keeping: Keeping, target: JitsiTarget) -> None:
    for fields, field in (
        ({"domain": "not a domain"}, "domain"),
        ({"domain": "meet.example:99999"}, "domain"),
        ({"domain": "user@meet.example"}, "domain"),
        ({"operator": " \u200b "}, "operator"),
        ({"country": "D1"}, "country"),
    ):
        with pytest.raises(InvalidBody) as refusal:
            await keeping.add(replace(wish(target.domain()), **fields))
        assert set(refusal.value.errors) == {field}
    await keeping.add(wish(target.domain()))
    with pytest.raises(InvalidBody, match="already"):
        await keeping.add(wish(target.domain()))
    with pytest.raises(NotFound):
        await keeping.remove("nowhere.example")


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("Meet.Example.org", "meet.example.org"),
        ("https://meet.example.org:443/room", "meet.example.org"),
        ("meet.example.org.:8443", "meet.example.org:8443"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_domains_are_taken_as_people_paste_them(typed: str, domain: str) -> None:
    assert read_domain(typed) == domain


async def test_a_server_that_failed_inside_is_not_chosen_for_a_while(
    keeping: Keeping, pool: Pool, clock: TurnedClock, target: JitsiTarget
) -> None:
    await keeping.add(wish(target.domain()))
    await pool.report_failure(target.domain(), "videobridge\x1b[31m not available")
    assert await pool.choose("abcd-efgh-jkmn") is None
    assert (await keeping.server(target.domain())).state == "up", "what the probe sees is another matter"
    clock.turn(seconds=61)
    assert await pool.choose("abcd-efgh-jkmn")
    event = (await keeping.history(target.domain())).events[0]
    assert (event.kind, event.reason) == ("reported", "videobridge[31m not available")
    await pool.report_failure("nowhere.example", "error")


async def test_what_is_on_a_server_is_counted_and_its_number_of_meetings_kept(
    server: RunningServer, keeping: Keeping, pool: Pool, target: JitsiTarget
) -> None:
    domain = target.domain()
    await keeping.add(wish(domain, most_meetings=1))
    meeting = await server.create(engine="jitsi")
    await server.enter(meeting)
    await server.enter(meeting, "Bo")
    found = await until(lambda: keeping.server(domain), lambda view: view.people == 2)
    assert (found.meetings, found.takes_meetings) == (1, False)
    assert await pool.choose("abcd-efgh-jkmn") is None
    answer = await server.post(meeting, "end", meeting["token"])
    assert answer.is_success, answer.text
    assert (await keeping.server(domain)).meetings == 0
    assert await pool.choose("abcd-efgh-jkmn")


async def test_drained_and_disabled_servers_take_no_meetings(keeping: Keeping, pool: Pool, target: JitsiTarget) -> None:
    domain = target.domain()
    await keeping.add(wish(domain))
    assert await pool.embeddable() == [domain]
    for change, serves, embeddable in (
        (ServerChange(draining=True), True, [domain]),
        (ServerChange(draining=False, enabled=False), False, []),
    ):
        before, after = await keeping.change(domain, change)
        assert (before.draining, after.draining) == (after.enabled is False, change.draining)
        there = await pool.server(domain)
        assert there is not None
        assert (await pool.choose("abcd-efgh-jkmn"), there.serves) == (None, serves)
        assert await pool.embeddable() == embeddable
    assert not await pool.confirm(domain), "one that is off does not serve, however well it is"
    _, on = await keeping.change(domain, ServerChange(enabled=True, weight=5, operator="Another club"))
    assert (on.state, on.takes_meetings, on.weight, on.operator) == ("up", True, 5, "Another club")
    await keeping.remove(domain)
    assert (await pool.embeddable(), await keeping.servers()) == ([], [])


async def test_changes_at_the_same_time_lose_nothing(keeping: Keeping, pool: Pool, target: JitsiTarget) -> None:
    domain = target.domain()
    await keeping.add(wish(domain))
    await asyncio.gather(
        keeping.change(domain, ServerChange(weight=7)),
        keeping.change(domain, ServerChange(notes="Kept")),
        *(pool.report_failure(domain, f"report {number}") for number in range(5)),
        *(pool.check(domain) for _ in range(5)),
    )
    there = await pool.server(domain)
    assert there is not None
    assert (there.weight, there.notes, len(there.health.reports)) == (7, "Kept", 5)


async def test_history_goes_after_thirty_days(keeping: Keeping, clock: TurnedClock, target: JitsiTarget) -> None:
    await keeping.add(wish(target.domain()))
    first = (await keeping.history(target.domain())).hours[0].hour
    clock.turn(days=29)
    await until(lambda: hours(keeping), lambda kept: len(kept) == 2 and kept[0] == first)
    clock.turn(days=2)
    await until(lambda: hours(keeping), lambda kept: kept and first not in kept)


async def hours(keeping: Keeping) -> list[datetime]:
    """All that are kept, however old."""
    repository = keeping._repository  # noqa: SLF001 -- what is shown is bounded anyhow
    return [one.hour for one in await repository.hours(TurnedClock().now() - timedelta(days=1))]
