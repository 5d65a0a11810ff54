"""Settings of the phone app: of the country, its region, everybody; cached, held to what can be, shown as text."""

import asyncio
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from hostile_pictures import picture
from people import audit, code_of, signed_in_admin
from running_server import RunningServer, TurnedClock, running
from videocall.mobile.rules import contrast, scope_of
from videocall.settings import Settings

UNIT = {"type": "banner", "platform": "ios", "unit_id": "ca-app-pub-3940256099942544/2934735716"}
ADS = {"enabled": True, "network": "admob", "units": [UNIT], "consent": "needed"}

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("europe", {}, "countries"),
    ("DE", {"countries": ["FR"]}, "countries"),
    ("E", {"countries": ["DE"]}, "key"),
    ("europe", {"countries": ["de"]}, "countries[0]"),
    ("DE", {"branding": {"accent": "red"}}, "branding.accent"),
    ("DE", {"branding": {"logo": "https://evil.example"}}, "branding.logo"),
    ("DE", {"branding": {"name": "\u202e"}}, "branding.name"),
    ("DE", {"ads": {"enabled": True, "units": [UNIT]}}, "ads.network"),
    ("DE", {"ads": {**ADS, "units": []}}, "ads.units"),
    ("DE", {"ads": {**ADS, "units": [UNIT, UNIT]}}, "ads.units.1.type"),
    ("DE", {"ads": {**ADS, "units": [{**UNIT, "unit_id": "<script>"}]}}, "ads.units.0.unit_id"),
    ("DE", {"ads": {**ADS, "units": [{**UNIT, "type": "popup"}]}}, "ads.units[0].type"),
    ("DE", {"ads": {**ADS, "network": "doubleclick"}}, "ads.network"),
    ("DE", {"ads": {**ADS, "frequency": {"seconds_between": 1}}}, "ads.frequency.seconds_between"),
    ("DE", {"ads": {**ADS, "consent": "not_needed"}}, "ads.consent"),
    ("default", {"ads": {**ADS, "consent": "not_needed"}}, "ads.consent"),
    ("DE", {"minimum_version": {"ios": "latest"}}, "minimum_version.ios"),
    ("DE", {"surprise": 1}, "surprise"),
]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, bcrypt_cost=4)


async def put(server: RunningServer, headers: dict[str, str], key: str, **fields: Any) -> httpx.Response:
    body = {"name": key, **fields}
    return await server.http.put(f"/api/admin/regions/{key}", json=body, headers=headers)


async def config(server: RunningServer, country: str = "") -> dict[str, Any]:
    answer = await server.http.get("/api/mobile/config", params={"country": country} if country else {})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_a_country_has_its_own_settings_its_regions_or_everybodys(server: RunningServer) -> None:
    assert (await config(server, "DE"))["source"] == "default", "before anybody set anything"
    headers = await signed_in_admin(server)
    for key, fields in (
        ("default", {}),
        ("europe", {"countries": ["DE", "FR"], "branding": {"name": "Video Europe"}, "ads": ADS}),
        ("FR", {"branding": {"name": "Vidéo"}, "minimum_version": {"ios": "1.4.2"}}),
    ):
        assert (await put(server, headers, key, **fields)).status_code == 200
    germany, france, other = await config(server, "de"), await config(server, "FR"), await config(server, "JP")
    assert (germany["country"], germany["source"], germany["region"]) == ("DE", "region", "europe")
    assert germany["branding"]["name"] == "Video Europe"
    assert germany["ads"]["units"] == [UNIT]
    assert (france["source"], france["branding"]["name"], france["ads"]["enabled"]) == ("country", "Vidéo", False)
    assert france["minimum_version"] == {"ios": "1.4.2", "android": None}
    assert (other["source"], (await config(server))["source"]) == ("default", "default")
    removed = await server.http.delete("/api/admin/regions/FR?revision=1", headers=headers)
    assert removed.status_code == 204
    assert (await config(server, "FR"))["source"] == "region"
    listed = (await server.http.get("/api/admin/regions", headers=headers)).json()
    assert [one["key"] for one in listed["items"]] == ["default", "europe"]
    japan = (await server.http.get("/api/admin/regions/JP", headers=headers)).json()
    assert (japan["scope"], japan["revision"], japan["ads"]["enabled"]) == ("country", 0, False)
    assert code_of(await server.http.get("/api/admin/regions/E", headers=headers)) == (404, "not-found")


async def test_what_is_no_country_is_refused(server: RunningServer) -> None:
    for country in ("D", "DEU", "1A", "D\0", "ÄÖ", "../x"):
        answer = await server.http.get("/api/mobile/config", params={"country": country})
        assert code_of(answer) == (400, "invalid-body"), country
        assert list(answer.json()["errors"]) == ["country"]


async def test_what_did_not_change_is_not_sent_again(server: RunningServer) -> None:
    first = await server.http.get("/api/mobile/config?country=DE")
    etag = first.headers["etag"]
    assert "max-age=300" in first.headers["cache-control"]
    for known in (etag, f'"x", W/{etag}'):
        again = await server.http.get("/api/mobile/config?country=DE", headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    headers = await signed_in_admin(server)
    await put(server, headers, "DE", branding={"name": "Video"})
    changed = await server.http.get("/api/mobile/config?country=DE", headers={"If-None-Match": etag})
    assert (changed.status_code, changed.headers["etag"] != etag) == (200, True)


async def test_settings_that_cannot_be_say_what_is_wrong(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    for key, fields, field in WRONG:
        answer = await put(server, headers, key, **fields)
        assert code_of(answer) == (400, "invalid-body"), answer.text
        assert list(answer.json()["errors"]) == [field], fields
    assert (await config(server, "DE"))["source"] == "default"


async def test_a_country_belongs_to_one_region_and_consent_may_go_where_the_law_lets_it(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    assert (await put(server, headers, "europe", countries=["DE", "FR"])).status_code == 200
    answer = await put(server, headers, "west", countries=["FR"])
    assert answer.json()["errors"] == {"countries": "FR belongs to europe already."}
    assert (await put(server, headers, "US", ads={**ADS, "consent": "not_needed"})).status_code == 200


async def test_two_who_save_at_once_do_not_write_over_each_other(settings: Settings, clock: TurnedClock) -> None:
    async with running(settings, clock) as one, running(settings, clock) as other:
        headers = await signed_in_admin(one)
        for revision in (0, 1):
            answers = await asyncio.gather(
                *(put(server, headers, "DE", revision=revision) for server in (one, other, one, other))
            )
            assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


async def test_a_logo_goes_through_the_checks_of_pictures(server: RunningServer) -> None:
    headers = await signed_in_admin(server)
    logo = "/api/admin/regions/DE/logo"
    good = {"file": ("logo.png", picture(), "image/png")}
    assert code_of(await server.http.put(logo, files=good, headers=headers)) == (404, "not-found")
    await put(server, headers, "DE")
    evil = {"file": ("logo.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")}
    assert code_of(await server.http.put(logo, files=evil, headers=headers)) == (400, "picture-refused")
    assert (await server.http.put(logo, files=good, headers=headers)).status_code == 200
    address = (await config(server, "DE"))["branding"]["logo"]
    path = address.removeprefix("https://meet.example")
    shown = await server.http.get(path)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    # Whoever edits the form meanwhile loses nothing by it: the revision is that of the form.
    saved = (await put(server, headers, "DE", revision=1)).json()
    assert (saved["logo"], saved["revision"]) == (address, 2), "saving keeps it"
    assert (await server.http.delete(logo, headers=headers)).json()["logo"] is None
    assert (await server.http.get(path)).status_code == 404
    noted = [one["after"] for one in await audit(server, headers, "region_saved")]
    acts = [{"revision": 1, "ads": False}, {"logo": True}, {"revision": 2, "ads": False}, {"logo": False}]
    assert len(noted) == len(acts)
    assert all(act in noted for act in acts), "in any order: the clock stands still"


def test_colours_that_nobody_can_read_are_said() -> None:
    assert round(contrast("#000000", "#ffffff")) == 21
    assert contrast("#777777", "#777777") == 1
    assert [scope_of(key) for key in ("default", "DE", "north-america", "de", "De")] == [
        "default",
        "country",
        "region",
        None,
        None,
    ]
