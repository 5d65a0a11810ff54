"""The commands `videocall pool …`: what they do is in `videocall.pool.keeping`, what they say is here."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from rich.console import Console
from rich.table import Table

from videocall.clock import SystemClock
from videocall.meetings.carried import CarriedMeetings
from videocall.meetings.repository import MeetingRepository
from videocall.pool.keeping import Keeping
from videocall.pool.model import AdminServerView, Finding, NewServer, ServerChange
from videocall.pool.wiring import pool_parts
from videocall.settings import Settings
from videocall.store.base import Store

Result = TypeVar("Result")
_YES_NO = {True: "yes", False: "no", None: "not known"}


def check(settings: Settings, store: Store, domain: str) -> bool:
    """Print what a server allows; whether it can carry meetings. Raises `InvalidBody`."""
    meant, finding = _run(settings, store, lambda keeping: keeping.check(domain))
    _print(_found(meant, finding))
    return finding.ok


def add(settings: Settings, store: Store, wish: NewServer) -> None:
    """Take a server into the pool. Raises `InvalidBody`, `ServerRefused`."""
    server = _run(settings, store, lambda keeping: keeping.add(wish))
    _print(f"{server.domain} is in the pool.")


def change(settings: Settings, store: Store, domain: str, **fields: Any) -> None:
    """Change a server. Raises `InvalidBody`, `NotFound`."""
    wish = ServerChange(**{name: value for name, value in fields.items() if value is not None})
    _, server = _run(settings, store, lambda keeping: keeping.change(domain, wish))
    _print(_table([server]))


def remove(settings: Settings, store: Store, domain: str) -> None:
    """Take a server out of the pool. Raises `InvalidBody`, `NotFound`."""
    server = _run(settings, store, lambda keeping: keeping.remove(domain))
    _print(f"{server.domain} is no longer in the pool.")


def list_servers(settings: Settings, store: Store) -> None:
    """Print the pool."""
    servers = _run(settings, store, lambda keeping: keeping.servers())
    if servers:
        _print(_table(servers))
    else:
        _print("The pool is empty. docs/pool.md says how to ask an operator, and videocall pool add takes a server in.")


def _run(settings: Settings, store: Store, work: Callable[[Keeping], Awaitable[Result]]) -> Result:
    meetings = MeetingRepository(store)
    parts = pool_parts(settings=settings, clock=SystemClock(), store=store, loads=CarriedMeetings(store))

    async def opened() -> Result:
        await store.open()
        try:
            await meetings.prepare()
            await parts.repository.prepare()
            return await work(parts.keeping)
        finally:
            await store.close()

    return asyncio.run(opened())


def _found(domain: str, finding: Finding) -> Table:
    allows = finding.allows
    rows = {
        "Can carry meetings": _YES_NO[finding.ok],
        "Because": finding.reason,
        "Looked at, up to": finding.level,
        "May be embedded": _YES_NO[allows.embedding],
        "Embedded without end": _YES_NO[allows.iframe_api],
        "Login needed": _YES_NO[allows.login_needed],
        "Begins a conference": allows.conference or "not known",
        "Also offers": ", ".join(allows.features),
        "Answers within": f"{finding.latency_ms:.0f} ms" if finding.latency_ms is not None else "",
    }
    table = Table(title=domain, title_justify="left", show_header=False, box=None)
    for name, value in rows.items():
        if value:
            table.add_row(name, value)
    return table


def _table(servers: list[AdminServerView]) -> Table:
    table = Table(box=None)
    for name in ("Server", "State", "Meetings", "People", "Answers in", "Weight", "Where", "Operator"):
        table.add_column(name, overflow="fold")
    for one in servers:
        table.add_row(
            one.domain,
            _state(one),
            f"{one.meetings} of {one.most_meetings}",
            str(one.people),
            f"{one.latency_ms:.0f} ms" if one.latency_ms is not None else "",
            str(one.weight),
            " ".join(filter(None, [one.country, one.region])),
            one.operator,
        )
    return table


def _state(server: AdminServerView) -> str:
    if not server.enabled:
        return "off"
    words = {"up": "healthy", "down": f"down: {server.reason}", "unknown": "not looked at yet"}[server.state]
    if server.draining:
        return f"{words}, draining"
    return words if server.takes_meetings or server.state != "up" else f"{words}, takes none now"


def _print(what: Table | str) -> None:
    Console(highlight=False, markup=False, soft_wrap=isinstance(what, str)).print(what)
