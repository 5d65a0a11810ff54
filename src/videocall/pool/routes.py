"""The servers of the pool, for administrators."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter
from litestar.response import Stream
from litestar.status_codes import HTTP_200_OK

from videocall.admin.model import State
from videocall.admin.service import Admins
from videocall.lists import Wish
from videocall.pool.keeping import Keeping
from videocall.pool.model import (
    AdminServerView,
    CheckBody,
    CheckView,
    NewServer,
    ServerChange,
    ServerHistory,
    ServerLine,
    ServerPage,
    SortServers,
)
from videocall.web.access import UserRequest, access, admin_of
from videocall.web.lists import Cursor, Limit, Words, table_answer

DomainPath = Annotated[str, PathParameter(description="Domain of the server, with its port where that is not 443.")]
Sort = Annotated[SortServers, QueryParameter(description="Field to sort by.")]
Show = Annotated[
    Literal["", "healthy", "down", "draining", "off"], QueryParameter(description="Only servers that are like this.")
]


def _state(server: AdminServerView) -> State:
    """What administrators decide about a server, for the audit log."""
    return {name: getattr(server, name) for name in ServerChange.__struct_fields__}


@get("/api/admin/servers", opt=access("admin"), summary="Servers of the pool")
async def list_servers(  # noqa: PLR0917 -- Litestar hands them over by name
    keeping: NamedDependency[Keeping],
    sort: Sort = "domain",
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Words = "",
    show: Show = "",
) -> ServerPage:
    """With what is on each now and how the last day's probes went. Searched by domain, operator, place and notes."""
    items, next_cursor = await keeping.listed(Wish(sort=sort, cursor=cursor, limit=limit, q=q), show)
    return ServerPage(items=items, next_cursor=next_cursor)


@get("/api/admin/servers.csv", opt=access("admin"), media_type="text/csv", summary="Servers of the pool as a table")
async def server_table(
    keeping: NamedDependency[Keeping], sort: Sort = "domain", q: Words = "", show: Show = ""
) -> Stream:
    """All of them, or what the same filters leave."""

    async def read(wish: Wish) -> tuple[list[ServerLine], str | None]:
        servers, cursor = await keeping.listed(wish, show)
        return [msgspec.convert(one, ServerLine, from_attributes=True) for one in servers], cursor

    return table_answer("servers", read, Wish(sort=sort, q=q), ServerLine)


@post("/api/admin/servers", opt=access("admin"), summary="Add a server")
async def add_server(
    data: JSONBody[NewServer], request: UserRequest, keeping: NamedDependency[Keeping], admins: NamedDependency[Admins]
) -> AdminServerView:
    """It is looked at first, for some seconds; one that cannot carry meetings is refused with the reason."""
    server = await keeping.add(data)
    await admins.did(admin_of(request), "server_added", server.domain, after=_state(server))
    return server


@post("/api/admin/servers/check", opt=access("admin"), status_code=HTTP_200_OK, summary="What a server allows")
async def check_server(data: JSONBody[CheckBody], keeping: NamedDependency[Keeping]) -> CheckView:
    """Looks at any server for some seconds, in the pool or not, and keeps nothing."""
    domain, found = await keeping.check(data.domain)
    return CheckView(
        domain=domain,
        ok=found.ok,
        level=found.level,
        reason=found.reason,
        latency_ms=found.latency_ms,
        allows=found.allows,
    )


@get("/api/admin/servers/{domain:str}", opt=access("admin"), summary="A server of the pool")
async def read_server(domain: DomainPath, keeping: NamedDependency[Keeping]) -> AdminServerView:
    """With what is on it now and how the last day's probes went."""
    return await keeping.server(domain)


@patch("/api/admin/servers/{domain:str}", opt=access("admin"), summary="Change, drain, or switch a server")
async def change_server(
    domain: DomainPath,
    data: JSONBody[ServerChange],
    request: UserRequest,
    keeping: NamedDependency[Keeping],
    admins: NamedDependency[Admins],
) -> AdminServerView:
    """A draining one keeps its meetings and gets no more; those on one that is switched off move to another."""
    before, after = await keeping.change(domain, data)
    changed = [name for name, value in msgspec.structs.asdict(data).items() if value is not msgspec.UNSET]
    was, now = ({name: value for name, value in _state(one).items() if name in changed} for one in (before, after))
    await admins.did(admin_of(request), "server_changed", after.domain, before=was, after=now)
    return after


@delete("/api/admin/servers/{domain:str}", opt=access("admin"), summary="Remove a server")
async def remove_server(
    domain: DomainPath, request: UserRequest, keeping: NamedDependency[Keeping], admins: NamedDependency[Admins]
) -> None:
    """With its history. Meetings on it move to another one."""
    before = await keeping.remove(domain)
    await admins.did(admin_of(request), "server_removed", before.domain, before=_state(before))


@post("/api/admin/servers/{domain:str}/probe", opt=access("admin"), status_code=HTTP_200_OK, summary="Probe a server")
async def probe_server(
    domain: DomainPath, request: UserRequest, keeping: NamedDependency[Keeping], admins: NamedDependency[Admins]
) -> AdminServerView:
    """Looks at it right now, conference request and all; what is found counts as any probe."""
    server = await keeping.probe(domain)
    await admins.did(admin_of(request), "server_probed", server.domain, server.reason)
    return server


@get("/api/admin/servers/{domain:str}/history", opt=access("admin"), summary="How a server has been")
async def read_history(domain: DomainPath, keeping: NamedDependency[Keeping]) -> ServerHistory:
    """The last 30 days by the hour, and when it fell, rose, or failed people inside."""
    return await keeping.history(domain)


POOL_ROUTES = [
    list_servers,
    server_table,
    add_server,
    check_server,
    read_server,
    change_server,
    remove_server,
    probe_server,
    read_history,
]
