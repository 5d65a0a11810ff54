"""Is it alive, can it serve, and how much is going on: for load balancers and for Prometheus."""

from collections.abc import Awaitable, Callable

from litestar import Response, get, route
from litestar.datastructures import State
from litestar.types import Message, Scope
from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from videocall.live.hub import Hub
from videocall.meetings.repository import MeetingRepository
from videocall.store.base import Store
from videocall.web.access import access


class Metrics:
    """Numbers of this process, in a registry of their own; no label holds anything about a person or a meeting."""

    def __init__(self, hub: Hub, repository: MeetingRepository) -> None:
        self._repository = repository
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "videocall_http_requests_total", "Answers by route and status.", ["route", "status"], registry=self.registry
        )
        self._live = Gauge("videocall_meetings_live", "Meetings going on.", registry=self.registry)
        connected = Gauge("videocall_people_connected", "Live sockets of this process.", registry=self.registry)
        connected.set_function(hub.count)

    def count_requests(self) -> Callable[[Message, Scope], Awaitable[None]]:
        """A before-send hook that counts answers by route template."""

        async def count(message: Message, scope: Scope) -> None:
            if message["type"] == "http.response.start":
                route = scope.get("path_template") or "other"
                self._requests.labels(route, str(message["status"])).inc()

        return count

    async def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        self._live.set(await self._repository.count_live())
        return generate_latest(self.registry)


@route("/healthz", http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False)
async def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@route("/readyz", http_method=["GET", "HEAD"], opt=access("anyone"), include_in_schema=False)
async def readyz(state: State) -> dict[str, str]:
    """The store answers too; 503 when it does not."""
    store: Store = state.store
    await store.ping()
    return {"status": "ready"}


@get("/metrics", opt=access("operator"), include_in_schema=False)
async def metrics(state: State) -> Response[bytes]:
    """Numbers for Prometheus."""
    numbers: Metrics = state.metrics
    return Response(await numbers.text(), headers={"content-type": CONTENT_TYPE_LATEST})


HEALTH_ROUTES = [healthz, readyz, metrics]
