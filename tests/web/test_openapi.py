"""The API as it describes itself: fuzzed from its description, and readable by people."""

import asyncio
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from msgspec.structs import replace
from schemathesis.checks import negative_data_rejection as misfits_are_refused
from schemathesis.checks import positive_data_acceptance as fits_by_shape
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from running_server import RunningServer, TurnedClock, bearer, running
from videocall.settings import Settings

MANY = "100000/second"
CALLS = 360
"""In all, so that the test takes as long when there is more to call."""


class Page(HTMLParser):
    """What a page loads, links to and says."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.inline: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.add(given["href"])
        elif address := given.get("src") or given.get("href"):
            self.loads.append(address)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        self.ids.add(given.get("id", ""))

    def handle_data(self, data: str) -> None:
        self.text += data


def somebody(http: httpx.Client) -> tuple[str, list[str | None]]:
    """A fresh meeting, and the tokens of its host, of somebody in its lobby, of somebody signed in, and of nobody."""
    meeting = http.post("/api/meetings", json={"guest": {"name": "Ada"}, "password": "sesame", "lobby": True}).json()
    code = meeting["meeting"]["code"]
    guest = http.post(f"/api/meetings/{code}/join", json={"name": "Grace", "password": "sesame"}).json()
    person = {"first_name": "Ada", "last_name": "L", "email": f"{code}@example.org", "password": "a long sentence"}
    user = http.post("/api/auth/register", json=person).json()
    return code, [meeting["token"], guest["token"], user["token"], None]


def fuzz(address: str, document: dict[str, Any]) -> Counter[int]:
    """Call everything with what fits the description and with what does not; how often there was each status."""
    answers: Counter[int] = Counter()
    with httpx.Client(base_url=address, trust_env=False, verify=False) as http:  # noqa: S501 -- nothing here is encrypted
        results = list(schemathesis.openapi.from_dict(document).get_all_operations())
        for result in results:
            assert isinstance(result, Ok), result
            answers += fuzz_one(address, result.ok(), CALLS // len(results), *somebody(http))
    return answers


def fuzz_one(address: str, operation: Any, calls: int, code: str, tokens: list[str | None]) -> Counter[int]:
    answers: Counter[int] = Counter()
    fitting = tokens[:2] if "/meetings/{code}" in operation.path else tokens[2:3]
    cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in GenerationMode])

    @examples(
        max_examples=calls,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, token=st.sampled_from(fitting * 3 + tokens), real=st.booleans())
    def check(case: schemathesis.Case[Any], token: str | None, real: bool) -> None:  # noqa: FBT001 -- drawn
        if real and "code" in case.path_parameters:
            case.path_parameters["code"] = code
        headers = bearer(token) if token else {}
        # A parameter that nobody knows is passed over, as everywhere on the web.
        unknown = set(case.query or {}) - {parameter.name for parameter in operation.query}
        excluded = [fits_by_shape, misfits_are_refused] if unknown else [fits_by_shape]
        answer = case.call_and_validate(base_url=address, headers=headers, excluded_checks=excluded)
        answers[answer.status_code] += 1

    check()
    return answers


# Hypothesis sees that the server, which runs in another thread, uses Python's random numbers meanwhile.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
async def test_nothing_that_is_sent_breaks_it_and_answers_are_as_described(
    settings: Settings, clock: TurnedClock
) -> None:
    rates = {name: MANY for name in Settings.__struct_fields__ if name.endswith("_rate")}
    async with running(replace(settings, bcrypt_cost=4, **rates), clock) as server:
        document = (await server.http.get("/api/openapi.json")).json()
        answers = await asyncio.to_thread(fuzz, str(server.http.base_url), document)
    assert {200, 204, 400, 401, 403, 404} <= answers.keys(), "no kind of answer went untested"


async def test_the_page_shows_every_call_and_shape_and_loads_nothing_from_elsewhere(server: RunningServer) -> None:
    document = (await server.http.get("/api/openapi.json")).json()
    answer = await server.http.get("/api/docs")
    page = Page()
    page.feed(answer.text)
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page.text
    assert page.ids >= set(document["components"]["schemas"])
    assert page.loads == ["/api.css"]
    assert (await server.http.get("/api.css")).status_code == 200
    assert page.inline == []
    anchors = {link.removeprefix("#") for link in page.links if link.startswith("#")}
    assert anchors <= page.ids, "every shape that is named can be looked up"
    assert page.links - {f"#{anchor}" for anchor in anchors} == {"/api/openapi.json"}


async def test_the_description_says_who_needs_a_token_and_how_refusals_look(server: RunningServer) -> None:
    document = (await server.http.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operations = {
        f"{method} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert operations["post /api/meetings/{code}/end"]["security"] == [{"token": []}]
    assert "security" not in operations["post /api/meetings/{code}/join"]
    problem = {"$ref": "#/components/schemas/ProblemBody"}
    for name, operation in operations.items():
        assert operation["responses"]["default"]["content"] == {"application/problem+json": {"schema": problem}}, name
        assert not [status for status in operation["responses"] if re.match("[45]", status)], name
        assert operation["summary"], name
        assert operation["description"], name
    assert {"ClientMessage", "ServerMessage", "Snapshot", "Join"} <= document["components"]["schemas"].keys()
