"""Health goes by several probes in a row, and the choice by what is free, near, heavy and quick."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from videocall.pool import rules
from videocall.pool.model import Allowance, Finding, Health, Load, PoolServer

NOW = datetime(2026, 6, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASS = Finding(ok=True, level="xmpp", latency_ms=40)
FAIL = Finding(ok=False, level="xmpp", reason="It did not answer.")


def server(domain: str, **fields: object) -> PoolServer:
    health = {"state": "up", **{name: fields.pop(name) for name in Health.__struct_fields__ if name in fields}}
    given = {"domain": domain, "operator": "A club", "country": "DE", "added_at": NOW, **fields}
    return PoolServer(**given, health=Health(**health))  # type: ignore[arg-type]


def after(health: Health, findings: Sequence[Finding]) -> Health:
    for number, finding in enumerate(findings):
        health = rules.after_probe(health, finding, NOW + timedelta(minutes=number))
    return health


@pytest.mark.parametrize(
    ("before", "findings", "state"),
    [
        ("unknown", [PASS], "up"),
        ("unknown", [FAIL], "down"),
        ("up", [FAIL], "up"),
        ("up", [FAIL, FAIL], "up"),
        ("up", [FAIL, FAIL, FAIL], "down"),
        ("up", [FAIL, FAIL, PASS, FAIL, FAIL], "up"),
        ("down", [PASS], "down"),
        ("down", [PASS, PASS], "up"),
        ("down", [PASS, FAIL, PASS], "down"),
    ],
)
def test_one_failure_is_no_fall_and_one_pass_no_rise(before: str, findings: list[Finding], state: str) -> None:
    assert after(Health(state=before), findings).state == state  # type: ignore[arg-type]


def test_how_a_server_keeps_people_out_is_known_until_a_probe_passes() -> None:
    login, embedding = Allowance(login_needed=True), Allowance(login_needed=True, embedding=False)
    health = rules.after_probe(Health(state="up"), Finding(ok=False, level="xmpp", allows=login), NOW)
    assert health.refusal == "login"
    health = rules.after_probe(health, Finding(ok=False, level="framing", allows=embedding), NOW)
    assert health.refusal == "embedding", "nobody comes as far as the login"
    assert rules.after_probe(health, Finding(ok=False, level="web"), NOW).refusal is None
    assert rules.after_probe(health, Finding(ok=True, level="xmpp"), NOW).refusal is None


def test_a_server_that_flaps_is_kept_out_longer_each_time_and_at_most_an_hour() -> None:
    health, outs = Health(state="up"), []
    for number in range(9):
        now = NOW + timedelta(minutes=number)
        health = rules.after_probe(replace(health, state="up", failures=2), FAIL, now)
        assert health.kept_out_until
        outs.append((health.kept_out_until - now).total_seconds() / 60)
    assert outs == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    calm = rules.after_probe(replace(health, state="up", failures=2), FAIL, NOW + timedelta(days=1))
    assert len(calm.falls) == 1, "old falls are forgotten"


def test_reports_from_inside_keep_a_server_out_for_minutes_and_leave_its_state_to_the_probe() -> None:
    health, outs = Health(state="up"), []
    for _ in range(6):
        health = rules.after_report(health, "not_joined", NOW)
        assert health.kept_out_until
        outs.append((health.kept_out_until - NOW).total_seconds() / 60)
    assert outs == [1, 2, 4, 8, 10, 10]
    assert (health.state, health.reason) == ("up", "not_joined")


def test_what_only_people_inside_saw_has_others_chosen_first_for_longer_each_time() -> None:
    health, outs = Health(state="up"), []
    for _ in range(8):
        health = rules.after_doubt(health, "no videobridge", NOW)
        assert health.doubted_until
        outs.append((health.doubted_until - NOW).total_seconds() / 60)
    assert outs == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (health.state, health.kept_out_until) == ("up", None)


USUAL = server("a.example")


@pytest.mark.parametrize(
    ("case", "able"),
    [
        (USUAL, True),
        (server("a.example", state="down"), False),
        (server("a.example", state="unknown"), False),
        (server("a.example", enabled=False), False),
        (server("a.example", draining=True), False),
        (server("a.example", most_meetings=3), False),
        (server("a.example", most_meetings=4), True),
        (server("a.example", kept_out_until=NOW + timedelta(seconds=1)), False),
        (server("a.example", kept_out_until=NOW), True),
    ],
)
def test_only_a_healthy_server_with_room_takes_a_meeting(case: PoolServer, able: bool) -> None:  # noqa: FBT001
    loads = {"a.example": Load(meetings=3, people=12)}
    assert (rules.choose([case], loads, now=NOW, lot=0.5) is not None) == able


@pytest.mark.parametrize(
    ("servers", "loads", "region", "avoid", "shares"),
    [
        (["a", "b"], {}, None, (), {"a": 50, "b": 50}),
        ([("a", {"weight": 30}), "b"], {}, None, (), {"a": 75, "b": 25}),
        (["a", "b"], {"a": 10}, None, (), {"a": 33, "b": 67}),
        ([("a", {"latency_ms": 750}), "b"], {}, None, (), {"a": 20, "b": 80}),
        ([("a", {"country": "FR", "region": "EU"}), "b"], {}, "EU", (), {"a": 100}),
        ([("a", {"country": "FR", "region": "EU"}), "b"], {}, "DE", (), {"b": 100}),
        (["a", "b"], {}, "US", (), {"a": 50, "b": 50}),
        ([("a", {"region": "EU", "state": "down"}), "b"], {}, "EU", (), {"b": 100}),
        ([("a", {"region": "EU", "doubted_until": NOW + MINUTE}), "b"], {}, "EU", (), {"b": 100}),
        ([("a", {"doubted_until": NOW}), "b"], {}, None, (), {"a": 50, "b": 50}),
        ([("a", {"doubted_until": NOW + MINUTE})], {}, None, (), {"a": 100}),
        (["a", "b"], {}, None, ("a",), {"b": 100}),
        (["a"], {}, None, ("a",), {}),
        ([], {}, None, (), {}),
    ],
)
def test_each_server_gets_its_share(
    servers: list[str | tuple[str, dict[str, object]]],
    loads: dict[str, int],
    region: str | None,
    avoid: tuple[str, ...],
    shares: dict[str, int],
) -> None:
    pool = [server(one) if isinstance(one, str) else server(one[0], **one[1]) for one in servers]
    counts: dict[str, int] = {}
    for number in range(100):
        chosen = rules.choose(
            pool,
            {name: Load(meetings=meetings) for name, meetings in loads.items()},
            now=NOW,
            lot=number / 100,
            region=region,
            avoid=avoid,
        )
        if chosen:
            counts[chosen.domain] = counts.get(chosen.domain, 0) + 1
    assert counts == pytest.approx(shares, abs=1)


SOON = st.none() | st.integers(-60, 60).map(lambda seconds: NOW + timedelta(seconds=seconds))
POOLS = st.lists(
    st.builds(
        server,
        st.sampled_from("abcdefgh"),
        weight=st.integers(1, 1000),
        most_meetings=st.integers(1, 50),
        enabled=st.booleans(),
        draining=st.booleans(),
        state=st.sampled_from(["up", "up", "down", "unknown"]),
        region=st.sampled_from(["", "EU", "US"]),
        latency_ms=st.none() | st.floats(0, 10_000),
        kept_out_until=SOON,
        doubted_until=SOON,
    ),
    unique_by=lambda one: one.domain,
)


@given(
    pool=POOLS,
    loads=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 60).map(lambda number: Load(meetings=number))),
    lot=st.floats(0, 1, exclude_max=True),
    region=st.sampled_from([None, "EU", "US", "DE"]),
    avoid=st.sets(st.sampled_from("abcdefgh")),
)
def test_the_choice_is_one_that_may_be_made_whatever_the_pool_and_its_order(
    pool: list[PoolServer], loads: dict[str, Load], lot: float, region: str | None, avoid: set[str]
) -> None:
    def pick(servers: list[PoolServer]) -> PoolServer | None:
        return rules.choose(servers, loads, now=NOW, lot=lot, region=region, avoid=avoid)

    able = [
        one
        for one in pool
        if one.domain not in avoid and rules.takes_meetings(one, loads.get(one.domain, rules.NO_LOAD), NOW)
    ]
    chosen = pick(pool)
    assert (chosen is None) == (not able)
    assert chosen == pick(pool[::-1]), "the order in which the store gives them does not matter"
    if chosen:
        good = [one for one in able if not rules.is_doubted(one, NOW)] or able
        near = [one for one in good if region in (one.region, one.country)]
        assert chosen in good
        assert not near or chosen in near
