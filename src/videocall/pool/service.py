"""The pool as meetings use it: which server takes a meeting, whether one serves, what failed inside."""

import asyncio
import hashlib
import random
import secrets
import time
from collections.abc import Collection, Mapping
from typing import Protocol

import structlog
from msgspec.structs import replace

from videocall.clock import Clock
from videocall.pool import rules
from videocall.pool.fetching import said
from videocall.pool.model import EventKind, Finding, Health, Load, PoolEvent, PoolServer
from videocall.pool.repository import PoolRepository
from videocall.settings import Settings

log = structlog.get_logger()
CONFIRM_SECONDS = 5.0
CHECK_SECONDS = 15.0
_CONFIRM_PAUSE = 1.0
_EMBEDDABLE_SECONDS = 5.0


class Probes(Protocol):
    """Looks at a server from outside."""

    async def probe(self, domain: str, *, seconds: float, thorough: bool = False) -> Finding:
        """What is found of a server within so many seconds; `thorough` also asks for a conference."""


class Loads(Protocol):
    """Counts what is on each server."""

    async def loads(self) -> Mapping[str, Load]:
        """Meetings and people that are on each server now, by domain."""


class Pool:
    """The servers of the pool."""

    def __init__(
        self, *, settings: Settings, clock: Clock, repository: PoolRepository, loads: Loads, prober: Probes
    ) -> None:
        self._chance = random.SystemRandom().random
        self._settings = settings
        self._clock = clock
        self._repository = repository
        self._loads = loads
        self._prober = prober
        self._confirming: dict[str, asyncio.Task[bool]] = {}
        self._confirmed: dict[str, float] = {}
        self._embeddable: list[str] = []
        self._embeddable_until = 0.0

    async def choose(self, code: str, *, region: str | None = None, avoid: Collection[str] = ()) -> PoolServer | None:
        """The server for a meeting, or None when none can take it; the same for the same code and circumstances."""
        servers = await self._repository.servers()
        if not servers:
            return None
        return rules.choose(
            servers,
            await self._loads.loads(),
            now=self._clock.now(),
            lot=_lot(code),
            region=region or self._settings.pool_region or None,
            avoid=avoid,
        )

    async def loads(self) -> Mapping[str, Load]:
        """What is on each server now."""
        return await self._loads.loads()

    async def takes(self, domain: str) -> bool:
        """Whether a server takes one more meeting now, and nothing speaks for another one."""
        server = await self._repository.server(domain)
        now = self._clock.now()
        if server is None or rules.is_doubted(server, now):
            return False
        return rules.takes_meetings(server, (await self._loads.loads()).get(domain, rules.NO_LOAD), now)

    async def server(self, domain: str) -> PoolServer | None:
        """The server of a domain, or None when it is not (any more) in the pool."""
        return await self._repository.server(domain)

    async def confirm(self, domain: str) -> bool:
        """Probe a server right now, for all who ask meanwhile together; whether it serves.

        There is at most one such probe a second, and what is found counts in its health. A server that is not in the
        pool, or switched off, does not serve.
        """
        confirming = self._confirming.get(domain)
        if confirming is None:
            confirming = self._confirming[domain] = asyncio.create_task(self._confirm(domain))
            confirming.add_done_callback(lambda _: self._confirming.pop(domain, None))
        return await asyncio.shield(confirming)

    async def _confirm(self, domain: str) -> bool:
        # Whoever makes pages report again and again must not make us ask again and again.
        await asyncio.sleep(self._confirmed.get(domain, 0.0) + _CONFIRM_PAUSE - time.monotonic())
        self._confirmed[domain] = time.monotonic()
        server = await self._repository.server(domain)
        if server is None or not server.enabled:
            return False
        return (await self.check(domain, seconds=CONFIRM_SECONDS)).ok

    async def check(self, domain: str, *, seconds: float = CHECK_SECONDS, thorough: bool = False) -> Finding:
        """Probe a server and let what is found count in its health and history."""
        finding = await self._prober.probe(domain, seconds=seconds, thorough=thorough)
        now = self._clock.now()
        states: list[str] = []

        def judged(health: Health) -> Health:
            after = rules.after_probe(health, finding, now)
            states[:] = [health.state, after.state]
            due = rules.look_again(after, self._settings.pool_probe_seconds, self._chance())
            return replace(after, due_at=now + due, asked_at=now if thorough else after.asked_at)

        if await self._repository.change_health(domain, judged) is None:
            return finding
        await self._repository.note_probe(domain, finding, now)
        before, after = states
        if after not in {before, "unknown"}:
            log.info("pool_server", server=domain, state=after, reason=finding.reason)
            await self._happened(domain, "up" if after == "up" else "down", finding.reason)
        return finding

    async def report_failure(self, domain: str, reason: str, *, seen: bool = True) -> None:
        """A meeting on this server could not go on: it is not chosen for a while.

        When no probe has `seen` that it fails, it still is where there is no other.
        """
        now, reason = self._clock.now(), said(reason)
        after = rules.after_report if seen else rules.after_doubt
        if await self._repository.change_health(domain, lambda health: after(health, reason, now)) is None:
            return
        await self._happened(domain, "reported", reason)

    async def _happened(self, domain: str, kind: EventKind, reason: str) -> None:
        event = PoolEvent(id=secrets.token_urlsafe(12), server=domain, at=self._clock.now(), kind=kind, reason=reason)
        await self._repository.note(event)

    def changed(self) -> None:
        """The servers are others now: what this process remembers of them is asked anew."""
        self._embeddable_until = 0.0

    async def embeddable(self) -> list[str]:
        """Domain and port of every server whose pages may be shown in a frame; some seconds old at most."""
        if time.monotonic() >= self._embeddable_until:
            servers = await self._repository.servers()
            self._embeddable = [server.domain for server in servers if server.enabled]
            self._embeddable_until = time.monotonic() + _EMBEDDABLE_SECONDS
        return self._embeddable


def _lot(code: str) -> float:
    """A number from 0 up to 1 that is always the same for a meeting."""
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:6]) / 2**48
