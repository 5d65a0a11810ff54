"""Is it alive, can it serve, and how much is going on: for load balancers and for Prometheus."""

import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

from litestar import Response, get, route
from litestar.datastructures import State
from msgspec import Struct
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from videocall.live.hub import Hub
from videocall.store.base import Store
from videocall.web.access import access

SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable by which prometheus_client keeps the numbers of several workers in files of one folder."""
_GAUGE = "gauge_livesum_"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)


class Number(Struct, frozen=True):
    """One number as it is now: its name, what it means, and by what it is told apart from others of the name."""

    name: str
    meaning: str
    value: float
    labels: dict[str, str] = {}


Gauges = Callable[[], Awaitable[list[Number]]]
"""Asked anew whenever somebody reads the numbers."""


class Metrics:
    """Numbers of this server, in a registry of their own; no label holds anything about a person or a meeting.

    Where several workers share a port, whichever of them answers tells the sum over all of them.
    """

    def __init__(self, hub: Hub, *gauges: Gauges) -> None:
        self._gauges = gauges
        own = self._registry = CollectorRegistry()
        self._requests = Counter(
            "videocall_http_requests_total", "Answers by route and status.", ["route", "status"], registry=own
        )
        self._seconds = Histogram(
            "videocall_http_request_seconds", "Time until an answer begins.", registry=own, buckets=_BUCKETS
        )
        self._now: dict[str, Gauge] = {}
        self._own = own
        connected = Gauge(
            "videocall_people_connected", "Live sockets of this server.", registry=own, multiprocess_mode="livesum"
        )
        connected.set(0)
        hub.on_count(connected.set)
        folder = os.environ.get(SHARED_FOLDER)
        if folder:
            self._registry = CollectorRegistry()
            MultiProcessCollector(self._registry, folder)  # type: ignore[no-untyped-call]
            self._registry.register(_Workers(Path(folder)))
        else:
            ProcessCollector(registry=own)
        PlatformCollector(registry=self._registry)

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count an answer, by the template of its route."""
        self._requests.labels(route, str(status)).inc()
        self._seconds.observe(seconds)

    async def text(self) -> bytes:
        """Everything in Prometheus' text format."""
        for gauges in self._gauges:
            for number in await gauges():
                self._set(number)
        return generate_latest(self._registry)

    def _set(self, number: Number) -> None:
        gauge = self._now.get(number.name)
        if gauge is None:
            gauge = self._now[number.name] = Gauge(
                number.name, number.meaning, list(number.labels), registry=self._own, multiprocess_mode="livemostrecent"
            )
        (gauge.labels(*number.labels.values()) if number.labels else gauge).set(number.value)


class _Workers:
    """What the workers take of the machine, together."""

    _summed = ("cpu_seconds", "resident_memory_bytes", "virtual_memory_bytes", "open_fds")

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """One sum for each number; a worker that is gone counts no more."""
        found: defaultdict[str, list[Metric]] = defaultdict(list)
        for path in self._folder.glob(f"{_GAUGE}*.db"):
            process = partial(int, path.stem.removeprefix(_GAUGE))
            for metric in ProcessCollector(pid=process, registry=None).collect():
                found[metric.name].append(metric)
        for name in self._summed:
            of_each = found[f"process_{name}"]
            if of_each:
                total = sum(metric.samples[0].value for metric in of_each)
                of_each[0].samples[:] = [of_each[0].samples[0]._replace(value=total)]
                yield of_each[0]


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
