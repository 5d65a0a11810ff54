"""Alive, ready, and the numbers; what a failure of ours tells."""

import json
import re
from pathlib import Path

from litestar import get
from prometheus_client.parser import text_string_to_metric_families

from running_server import RunningServer, until
from videocall.web.access import access


async def numbers(server: RunningServer) -> dict[tuple[str, str, str], float]:
    """By name, route and status: what Prometheus would read."""
    answer = await server.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    samples = [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]
    return {(one.name, one.labels.get("route", ""), one.labels.get("status", "")): one.value for one in samples}


async def test_alive_and_ready(server: RunningServer) -> None:
    assert (await server.http.get("/healthz")).json() == {"status": "alive"}
    assert (await server.http.get("/readyz")).json() == {"status": "ready"}


async def test_the_numbers_follow_what_goes_on(server: RunningServer) -> None:
    meeting = await server.create()
    host, grace = await server.enter(meeting), await server.enter(meeting, "Grace")
    for _ in range(3):
        await server.http.get(f"/api/meetings/{meeting['code']}")
    await server.http.get(f"/api/meetings/{meeting['code']}", headers={"Authorization": "Bearer x"})
    await server.http.get(f"/nothing/{meeting['code']}")
    seen = await numbers(server)
    assert seen["videocall_meetings_live", "", ""] == 1
    assert seen["videocall_people_connected", "", ""] == 2
    requests = {
        (route, status): value for (name, route, status), value in seen.items() if name.endswith("requests_total")
    }
    assert requests["/api/meetings", "201"] == 1
    assert requests["/api/meetings/{code}", "200"] == 3
    assert requests["/api/meetings/{code}", "401"] == 1
    assert requests["other", "404"] == 1
    assert meeting["code"] not in str(seen.keys())
    assert seen["process_resident_memory_bytes", "", ""] > 0

    assert seen["videocall_http_request_seconds_count", "", ""] >= 6
    told = {name for name, _, _ in seen}
    assert {"videocall_mails", "videocall_pushes_waiting", "videocall_pool_servers"} <= told
    assert seen["videocall_disk_free_bytes", "", ""] > 0

    await grace.send("leave")
    await grace.closed()
    await host.close()

    async def connected() -> float:
        return (await numbers(server))["videocall_people_connected", "", ""]

    await until(connected, lambda number: number == 0)
    await server.post(meeting, "end", meeting["token"])
    assert (await numbers(server))["videocall_meetings_live", "", ""] == 0


async def test_each_answer_has_a_number_of_its_own(server: RunningServer) -> None:
    answers = [await server.http.get(path) for path in ("/healthz", "/healthz", "/nothing", "/api/me", "/")]
    numbers_of = [answer.headers["x-request-id"] for answer in answers]
    assert len(set(numbers_of)) == len(answers)
    assert all(re.fullmatch("[0-9a-f]{16}", number) for number in numbers_of)


@get("/fails", opt=access("anyone"))
async def fails() -> None:
    raise RuntimeError("Ada's password is sesame")


async def test_a_failure_of_ours_is_told_without_its_reason(server: RunningServer) -> None:
    server.app.register(fails)
    answer = await server.http.get("/fails")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert answer.json() == {
        "title": "That did not work",
        "status": 500,
        "code": "internal-error",
        "detail": "Something went wrong on our side.",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert "content-security-policy" in answer.headers


async def test_the_dashboard_asks_only_for_numbers_that_there_are(server: RunningServer) -> None:
    await server.http.get("/healthz")
    told = {name for name, _, _ in await numbers(server)}
    board = json.loads((Path(__file__).parents[2] / "deploy" / "grafana.json").read_text())
    asked = {name for panel in board["panels"] for target in panel["targets"] for name in names_in(target["expr"])}
    assert len(asked) > 8
    assert asked <= told


def names_in(expression: str) -> list[str]:
    return re.findall(r"\b(?:videocall|process)_\w+", expression)
