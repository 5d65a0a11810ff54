"""Keeps the list of servers, for the command line and the console: add, change, remove, and how they are."""

from collections import defaultdict
from datetime import timedelta

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from videocall.clock import Clock
from videocall.lists import Wish, page_of, words
from videocall.pool import rules
from videocall.pool.model import (
    COUNTRY,
    DOMAIN,
    AdminServerView,
    EventView,
    Finding,
    Health,
    HourView,
    Load,
    NewServer,
    PoolHour,
    PoolServer,
    ServerChange,
    ServerHistory,
)
from videocall.pool.repository import PoolRepository
from videocall.pool.service import CHECK_SECONDS, Pool, Probes
from videocall.problems import InvalidBody, NotFound, ServerRefused
from videocall.texts import lines, one_line

SHOWN = timedelta(hours=24)
HISTORY = timedelta(days=30)
_MOST_EVENTS = 200
_LARGEST_PORT = 65535
SORTS = {"domain": str, "meetings": int, "people": int, "latency_ms": float | None, "weight": int, "state": str}
_NOT_LISTED = "This server is not in the pool."


class Keeping:
    """The servers as whoever runs this installation sees them."""

    def __init__(self, *, clock: Clock, repository: PoolRepository, pool: Pool, prober: Probes) -> None:
        self._clock = clock
        self._repository = repository
        self._pool = pool
        self._prober = prober

    async def check(self, typed: str) -> tuple[str, Finding]:
        """The domain as it is meant, and what a thorough probe finds there; nothing is kept."""
        domain = read_domain(typed)
        return domain, await self._prober.probe(domain, seconds=CHECK_SECONDS, thorough=True)

    async def add(self, wish: NewServer) -> AdminServerView:
        """Take a server into the pool, if it can carry meetings.

        Raises `InvalidBody`, and `ServerRefused` with the reason why it cannot.
        """
        domain = read_domain(wish.domain)
        server = PoolServer(
            domain=domain,
            operator=wish.operator,
            country=wish.country,
            region=wish.region,
            weight=wish.weight,
            most_meetings=wish.most_meetings,
            notes=wish.notes,
            added_at=self._clock.now(),
        )
        server = _tidied(server)
        if await self._repository.server(domain):
            raise _listed()
        _, finding = await self.check(domain)
        if not finding.ok:
            raise ServerRefused(finding.reason)
        now = self._clock.now()
        health = replace(rules.after_probe(Health(), finding, now), asked_at=now)
        if not await self._repository.add(replace(server, health=health)):
            raise _listed()
        await self._repository.note_probe(domain, finding, now)
        self._pool.changed()
        return await self.server(domain)

    async def change(self, typed: str, wish: ServerChange) -> tuple[AdminServerView, AdminServerView]:
        """Change a server; how it was, and how it is. One that is switched on is looked at before it takes meetings.

        Raises `InvalidBody`, `NotFound`.
        """
        domain = read_domain(typed)
        before = await self.server(domain)
        given = {name: value for name in wish.__struct_fields__ if (value := getattr(wish, name)) is not UNSET}
        wakes = bool(given.get("enabled")) and not before.enabled

        def changed(server: PoolServer) -> PoolServer:
            after = _tidied(replace(server, **given))
            return replace(after, health=replace(after.health, state="unknown", failures=0)) if wakes else after

        if await self._repository.change(domain, changed) is None:
            raise NotFound(_NOT_LISTED)
        self._pool.changed()
        if wakes:
            await self._pool.check(domain, thorough=True)
        return before, await self.server(domain)

    async def remove(self, typed: str) -> AdminServerView:
        """Take a server out of the pool, with its history; how it was. Raises `NotFound`."""
        domain = read_domain(typed)
        before = await self.server(domain)
        if not await self._repository.remove(domain):
            raise NotFound(_NOT_LISTED)
        self._pool.changed()
        return before

    async def probe(self, typed: str) -> AdminServerView:
        """Look at a server of the pool right now, thoroughly. Raises `NotFound`."""
        domain = read_domain(typed)
        if await self._repository.server(domain) is None:
            raise NotFound(_NOT_LISTED)
        await self._pool.check(domain, thorough=True)
        return await self.server(domain)

    async def servers(self) -> list[AdminServerView]:
        """All servers, by domain."""
        hours = defaultdict(list)
        for hour in await self._repository.hours(self._clock.now() - SHOWN):
            hours[hour.server].append(hour)
        loads = await self._pool.loads()
        return [self._view(one, loads.get(one.domain), hours[one.domain]) for one in await self._repository.servers()]

    async def listed(self, wish: Wish, show: str = "") -> tuple[list[AdminServerView], str | None]:
        """One page of the servers that are as `show` says, and the cursor of the next: a pool has dozens."""
        shown = [one for one in await self.servers() if _fits(one, show)]
        keep = words(wish.q, "domain", "operator", "country", "region", "notes")
        return page_of(shown, wish, "domain", SORTS, keep)

    async def server(self, typed: str) -> AdminServerView:
        """One server. Raises `NotFound`."""
        domain = read_domain(typed)
        found = await self._repository.server(domain)
        if found is None:
            raise NotFound(_NOT_LISTED)
        hours = await self._repository.hours(self._clock.now() - SHOWN, domain)
        return self._view(found, (await self._pool.loads()).get(domain), hours)

    async def history(self, typed: str) -> ServerHistory:
        """The last 30 days of a server. Raises `NotFound`."""
        domain = read_domain(typed)
        if await self._repository.server(domain) is None:
            raise NotFound(_NOT_LISTED)
        hours = await self._repository.hours(self._clock.now() - HISTORY, domain)
        events = await self._repository.events(domain, _MOST_EVENTS)
        return ServerHistory(
            hours=[_hour_view(hour) for hour in hours],
            events=[msgspec.convert(event, EventView, from_attributes=True) for event in events],
        )

    def _view(self, server: PoolServer, load: Load | None, hours: list[PoolHour]) -> AdminServerView:
        load = load or rules.NO_LOAD
        own = {name: getattr(server, name) for name in AdminServerView.__struct_fields__ if hasattr(server, name)}
        health = {
            name: getattr(server.health, name) for name in AdminServerView.__struct_fields__ if hasattr(Health, name)
        }
        return AdminServerView(
            **{**own, **health},
            takes_meetings=rules.takes_meetings(server, load, self._clock.now()),
            meetings=load.meetings,
            people=load.people,
            hours=[_hour_view(hour) for hour in hours],
        )


def _fits(server: AdminServerView, show: str) -> bool:
    match show:
        case "off":
            return not server.enabled
        case "draining":
            return server.enabled and server.draining
        case "healthy":
            return server.takes_meetings
        case "down":
            return server.enabled and server.state == "down"
        case _:
            return True


def read_domain(typed: str) -> str:
    """A domain, with its port where it is not 443, as people type or paste it. Raises `InvalidBody`."""
    text = one_line(typed).lower().removeprefix("https://").partition("/")[0].removesuffix(":443")
    name, colon, port = text.partition(":")
    try:
        name = name.rstrip(".").encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    domain = f"{name}{colon}{port}"
    if not DOMAIN.match(domain) or (port and int(port) > _LARGEST_PORT):
        wrong = "This is no domain, like meet.example.org or meet.example.org:8443."
        raise InvalidBody(wrong, errors={"domain": wrong})
    return domain


def _tidied(server: PoolServer) -> PoolServer:
    tidy = replace(
        server,
        operator=one_line(server.operator),
        country=server.country.strip().upper(),
        region=one_line(server.region),
        notes=lines(server.notes),
    )
    errors = {
        "operator": None if tidy.operator else "Say who operates it: people are told before they join.",
        "country": None if COUNTRY.match(tidy.country) else "Two letters, like DE or NL.",
    }
    found = {field: error for field, error in errors.items() if error}
    if found:
        raise InvalidBody(" ".join(found.values()), errors=found)
    return tidy


def _listed() -> InvalidBody:
    there = "This server is in the pool already."
    return InvalidBody(there, errors={"domain": there})


def _hour_view(hour: PoolHour) -> HourView:
    return HourView(
        hour=hour.hour,
        passes=hour.passes,
        failures=hour.failures,
        latency_ms=round(hour.latency_sum_ms / hour.measured, 1) if hour.measured else None,
        latency_most_ms=hour.latency_most_ms or None,
        reason=hour.reason,
    )
