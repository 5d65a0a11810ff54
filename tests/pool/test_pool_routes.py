"""Administrators keep the pool over the API, and what they do is written down."""

from jitsi_target import JitsiTarget
from people import code_of, signed_in_admin
from running_server import RunningServer

SERVERS = "/api/admin/servers"


async def test_an_administrator_keeps_the_pool(server: RunningServer, target: JitsiTarget) -> None:
    http, domain = server.http, target.domain("healthy, with a focus")
    http.headers.update(await signed_in_admin(server))
    assert (await http.get(SERVERS)).json() == {"items": [], "next_cursor": None}
    found = (await http.post(f"{SERVERS}/check", json={"domain": domain})).json()
    assert (found["ok"], found["level"], found["allows"]["features"]) == (True, "conference", ["whiteboard"])
    body = {"domain": domain, "operator": "A club", "country": "DE", "region": "EU", "most_meetings": 3}
    added = await http.post(SERVERS, json=body)
    assert (added.status_code, added.json()["takes_meetings"]) == (201, True), added.text
    assert len((await http.get(f"{SERVERS}?show=healthy")).json()["items"]) == 1
    changed = await http.patch(f"{SERVERS}/{domain}", json={"draining": True, "weight": 4})
    assert [changed.json()[name] for name in ("draining", "weight", "takes_meetings")] == [True, 4, False]
    probed = await http.post(f"{SERVERS}/{domain}/probe")
    assert sum(hour["passes"] for hour in probed.json()["hours"]) >= 2
    history = (await http.get(f"{SERVERS}/{domain}/history")).json()
    assert [event["kind"] for event in history["events"]] == []
    for query, number in (
        ("q=club", 1),
        ("q=club+x", 0),
        ("show=draining", 1),
        ("show=healthy", 0),
        ("show=off", 0),
        ("sort=latency_ms", 1),
    ):
        assert len((await http.get(f"{SERVERS}?{query}")).json()["items"]) == number, query
    table = (await http.get(f"{SERVERS}.csv?show=draining")).text.splitlines()
    assert (len(table), table[0][:15], table[1][: len(domain)]) == (2, "domain,operator", domain)
    assert (await http.delete(f"{SERVERS}/{domain}")).status_code == 204
    log = (await http.get("/api/admin/audit")).json()
    done = {entry["action"]: entry for entry in log["items"] if entry["about"] == domain}
    assert done.keys() == {"server_added", "server_changed", "server_probed", "server_removed"}
    assert done["server_changed"]["before"] == {"draining": False, "weight": 10}
    assert done["server_changed"]["after"] == {"draining": True, "weight": 4}


async def test_what_cannot_be_is_refused_with_the_reason(server: RunningServer, target: JitsiTarget) -> None:
    http = server.http
    http.headers.update(await signed_in_admin(server))
    body = {"domain": target.domain("five minutes"), "operator": "A club", "country": "DE"}
    refused = await http.post(SERVERS, json=body)
    assert code_of(refused) == (409, "server-refused")
    reason = "It ends embedded meetings after five minutes (disableIframeAPI)."
    assert refused.json()["errors"] == {"domain": reason}
    for wrong, field in (
        ({"domain": "x y"}, "domain"),
        ({"weight": 0}, "weight"),
        ({"country": "Germany"}, "country"),
        ({"operator": ""}, "operator"),
    ):
        answer = await http.post(SERVERS, json={**body, **wrong})
        assert (code_of(answer), list(answer.json()["errors"])) == ((400, "invalid-body"), [field]), answer.text
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/probe"), ("GET", "/history")):
        answer = await http.request(
            method, f"{SERVERS}/nowhere.example{path}", json={"weight": 2} if method == "PATCH" else None
        )
        assert code_of(answer) == (404, "not-found"), (method, path)
    assert code_of(await http.get(f"{SERVERS}/not%20one")) == (400, "invalid-body")
    assert code_of(await http.get(f"{SERVERS}?sort=nothing")) == (400, "invalid-body")
