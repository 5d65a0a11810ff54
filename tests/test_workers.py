"""`videocall serve` with several workers: one start block, a successor for a killed one, and no orphans."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from e2e.site_process import SiteProcess
from e2e.waiting import eventually
from redis_server import RedisServer
from scale.page import Page


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[SiteProcess]:
    redis = RedisServer(tmp_path)
    await redis.start()
    site = SiteProcess(tmp_path / "site", workers="2", redis_url=redis.url)
    await site.start()
    yield site
    await site.close()
    await redis.stop()


def children(process: int) -> list[int]:
    """The worker processes of a server; Python's own helper for shared memory is none."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in listed if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def alive(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


async def test_a_killed_worker_is_replaced_and_all_stop_together(site: SiteProcess) -> None:
    first, second = children(site.pid)
    os.kill(first, signal.SIGKILL)

    async def replaced() -> list[int]:
        workers = children(site.pid)
        assert len(workers) == 2
        assert first not in workers
        assert second in workers
        return workers

    workers = await eventually(replaced)
    assert (await site.create())["code"]
    assert site.log().count("is ready") == site.log().count("Ctrl-C") == 1

    os.kill(site.pid, signal.SIGINT)

    async def stopped() -> None:
        assert not any(alive(process) for process in [site.pid, *workers])

    await eventually(stopped)
    assert "Traceback" not in site.log()


async def test_workers_do_not_outlive_a_server_that_is_killed(site: SiteProcess) -> None:
    workers = children(site.pid)
    await site.kill()

    async def stopped() -> None:
        await asyncio.sleep(0)
        assert not any(alive(worker) for worker in workers)

    await eventually(stopped)


async def numbers(site: SiteProcess) -> dict[str, float]:
    """What Prometheus would read, from whichever worker takes a new connection."""
    async with httpx.AsyncClient(base_url=site.address, trust_env=False) as http:
        text = (await http.get("/metrics")).text
    families = text_string_to_metric_families(text)
    return {
        f"{one.name} {one.labels.get('route', '')}".strip(): one.value for family in families for one in family.samples
    }


def memory_of(process: int) -> int:
    """Bytes of it in memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def test_whichever_worker_is_asked_tells_the_numbers_of_all(site: SiteProcess) -> None:
    async def both_have_started() -> None:
        told = (await numbers(site))["process_resident_memory_bytes"]
        small, large = sorted(map(memory_of, children(site.pid)))
        assert small > large / 2
        assert told > 0.9 * (small + large)

    await eventually(both_have_started)
    meeting = await site.create()
    pages = [Page(meeting["code"], f"P{number}") for number in range(5)]
    for page in pages:
        assert (await page.join(site))["type"] == "snapshot"
    seen = [await numbers(site) for _ in range(8)]
    assert {one["videocall_people_connected"] for one in seen} == {5}
    assert {one["videocall_meetings_live"] for one in seen} == {1}
    assert {one["videocall_http_requests_total /api/meetings"] for one in seen} == {1}
    memory = [one["process_resident_memory_bytes"] for one in seen]
    assert min(memory) > max(memory) * 0.9, "of all, not of the one that answers"

    os.kill(children(site.pid)[0], signal.SIGKILL)
    for page in pages:
        await page.leave_socket()

    async def nobody_is_left() -> None:
        now = await numbers(site)
        assert now["videocall_people_connected"] == 0
        assert now["videocall_http_requests_total /api/meetings"] == 1, "what was counted stays"

    await eventually(nobody_is_left)
