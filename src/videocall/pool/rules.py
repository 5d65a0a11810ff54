"""Which server is healthy, and which one takes a meeting; pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from videocall.pool.model import Finding, Health, Load, PoolServer, Refusal

FAILURES_TO_FALL = 3
PASSES_TO_RISE = 2
FLAPPING_WITHIN = timedelta(hours=6)
REPORTS_WITHIN = timedelta(hours=1)
KEPT_OUT = timedelta(minutes=1)
LONGEST_OUT_FLAPPING = timedelta(hours=1)
LONGEST_OUT_REPORTED = timedelta(minutes=10)
ASKED_EVERY = timedelta(hours=1)
_JITTER_FROM, _SOONER = 0.85, 4
_MOST_REMEMBERED = 10
_LATENCY_SHARE = 0.3
_HALF_LATENCY_MS = 250
NO_LOAD = Load()


def after_probe(health: Health, finding: Finding, now: datetime) -> Health:
    """Health after one more probe. One failure is no fall, and one pass no rise, but for a server never seen before."""
    checked = replace(health, checked_at=now)
    if finding.ok:
        latency = _mean(health.latency_ms, finding.latency_ms)
        risen = replace(checked, passes=health.passes + 1, failures=0, refusal=None, latency_ms=latency)
        if health.state == "up" or (health.state == "down" and risen.passes < PASSES_TO_RISE):
            return risen
        return replace(risen, state="up", since=now, reason="")
    fallen = replace(checked, passes=0, failures=health.failures + 1, reason=finding.reason, refusal=refusal(finding))
    if health.state == "down" or (health.state == "up" and fallen.failures < FAILURES_TO_FALL):
        return fallen
    return _down(fallen, now)


def refusal(finding: Finding) -> Refusal | None:
    """How a server keeps people out by itself, as far as a probe sees that; None where it does not."""
    if finding.allows.embedding is False:
        return "embedding"
    return "login" if finding.allows.login_needed else None


def look_again(health: Health, seconds: float, lot: float) -> timedelta:
    """How long until the next probe: about `seconds`, by `lot` not the same for all; sooner while it is in doubt."""
    doubtful = health.failures in range(1, FAILURES_TO_FALL) or (health.state == "down" and health.passes > 0)
    return timedelta(seconds=seconds * (_JITTER_FROM + (1 - _JITTER_FROM) * 2 * lot) / (_SOONER if doubtful else 1))


def asks_for_conference(health: Health, now: datetime) -> bool:
    """Whether it is time to ask for a conference too, which leaves a trace on the server."""
    return health.asked_at is None or now - health.asked_at >= ASKED_EVERY


def _down(health: Health, now: datetime) -> Health:
    falls = _recent([*health.falls, now], FLAPPING_WITHIN, now)
    out = _kept_out(len(falls), LONGEST_OUT_FLAPPING)
    return replace(
        health, state="down", since=now, falls=falls, kept_out_until=_later(health.kept_out_until, now + out)
    )


def after_report(health: Health, reason: str, now: datetime) -> Health:
    """Health after people inside could not go on, and a probe saw it, too: it is kept out for a while.

    That while is short and grows with each report: anybody can have a meeting and report.
    """
    reports = _recent([*health.reports, now], REPORTS_WITHIN, now)
    until = _later(health.kept_out_until, now + _kept_out(len(reports), LONGEST_OUT_REPORTED))
    return replace(health, reports=reports, reason=reason, kept_out_until=until)


def after_doubt(health: Health, reason: str, now: datetime) -> Health:
    """Health after people inside could not go on, though it answers: its videobridge may be dead.

    No probe sees that, and anybody can have meetings and complain in them. So others are chosen first, for longer with
    each time; complaints about all of them leave all of them in the pool.
    """
    doubts = _recent([*health.doubts, now], FLAPPING_WITHIN, now)
    until = _later(health.doubted_until, now + _kept_out(len(doubts), LONGEST_OUT_FLAPPING))
    return replace(health, doubts=doubts, reason=reason, doubted_until=until)


def is_doubted(server: PoolServer, now: datetime) -> bool:
    """Whether others are chosen before it."""
    until = server.health.doubted_until
    return until is not None and until > now


def _kept_out(times: int, longest: timedelta) -> timedelta:
    doubled: timedelta = KEPT_OUT * 2 ** (times - 1)
    return min(doubled, longest)


def _recent(times: Sequence[datetime], within: timedelta, now: datetime) -> list[datetime]:
    return [time for time in times if now - time < within][-_MOST_REMEMBERED:]


def _later(left: datetime | None, right: datetime) -> datetime:
    return right if left is None else max(left, right)


def _mean(before: float | None, latest: float | None) -> float | None:
    if before is None or latest is None:
        return latest if before is None else before
    return round(before + (latest - before) * _LATENCY_SHARE, 1)


def takes_meetings(server: PoolServer, load: Load, now: datetime) -> bool:
    """Whether a server can be given one more meeting."""
    out = server.health.kept_out_until
    return (
        server.enabled
        and not server.draining
        and server.health.state == "up"
        and (out is None or out <= now)
        and load.meetings < server.most_meetings
    )


def choose(
    servers: Sequence[PoolServer],
    loads: Mapping[str, Load],
    *,
    now: datetime,
    lot: float,
    region: str | None = None,
    avoid: Collection[str] = (),
) -> PoolServer | None:
    """The server that takes a meeting; None when none can. `lot` is from 0 up to, but not including, 1.

    Of those that take meetings: those that nobody complained about, if there are any; of these those of the region (or
    country) if there are any; and of these each by its share. A share grows with the weight, and shrinks as a server
    fills up and as it answers later.
    """
    able = [
        server
        for server in sorted(servers, key=lambda one: one.domain)
        if server.domain not in avoid and takes_meetings(server, loads.get(server.domain, NO_LOAD), now)
    ]
    able = [server for server in able if not is_doubted(server, now)] or able
    near = [server for server in able if region and region in (server.country, server.region)]
    able = near or able
    shares = [share(server, loads.get(server.domain, NO_LOAD)) for server in able]
    left = lot * sum(shares)
    for server, part in zip(able, shares, strict=True):
        if left < part:
            return server
        left -= part
    return able[-1] if able else None


def share(server: PoolServer, load: Load) -> float:
    """How likely a server is, beside the others: weight, times what is free, times how fast it answers."""
    free = 1 - load.meetings / server.most_meetings
    return server.weight * free / (1 + (server.health.latency_ms or 0) / _HALF_LATENCY_MS)
