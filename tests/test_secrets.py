"""What nobody else may read: followed through answers, live messages, the log of a busy run, and the files."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect

from people import signed_in_admin
from running_server import LiveClient, RunningServer, bearer

PASSWORD = "Korrekt-Pferd-Batterie-9"
ADDRESS = "127.0.0.9"
"""Whom the busy run comes from; the server itself speaks of 127.0.0.1."""
TYPED = {
    "host": "Zebulon Quux",
    "guest": "Yolanda Xylophone",
    "email": "zebulon.quux@secret.example",
    "title": "Geheimtreffen",
    "password": PASSWORD,
    "guess": "Falsches-Pferd-8",
}


async def test_nobody_but_a_host_ever_gets_the_password(server: RunningServer) -> None:
    heard: list[str] = []

    async def listen(answer: httpx.Response) -> None:
        await answer.aread()
        heard.append(f"{answer.headers} {answer.text}")

    meeting = await server.create(password=PASSWORD, lobby=True)
    host = await server.enter(meeting)
    server.http.event_hooks["response"] = [listen]
    address = f"/api/meetings/{meeting['code']}"
    guest = await server.knock(meeting, "Grace", password=PASSWORD)
    await host.answer("admit", id=guest.id)
    await guest.next("snapshot")
    await host.answer("set_media", media={"camera": True})
    await host.answer("set_role", id=guest.id, role="cohost")
    await guest.next("snapshot")
    await host.answer("set_meeting", password=f"{PASSWORD}0")
    await guest.refusal("set_meeting", password=PASSWORD)
    admin = await signed_in_admin(server)
    for path in ("deletion-requests", "audit", "session", "nothing"):
        await server.http.get(f"/api/admin/{path}", headers=admin)
    for headers in ({}, bearer(guest.token)):
        for path in ("", "/share", "/qr.svg", "/attendance.csv", "/my-record", "/nothing"):
            await server.http.get(f"{address}{path}", headers=headers)
        for path in ("/heartbeat", "/end", "/leave", "/nothing"):
            await server.http.post(f"{address}{path}", headers=headers)
        for body in ({"name": "Eve", "password": "wrong"}, {"name": 7, "password": PASSWORD}, {"password": [PASSWORD]}):
            await server.http.post(f"{address}/join", json=body, headers=headers)
    for path in ("/api/docs", "/api/openapi.json", "/metrics"):
        await server.http.get(path)
    heard += [str(guest.received), str(host.received)]
    assert len(heard) > 20
    assert [text for text in heard if PASSWORD in text] == []
    server.http.event_hooks["response"] = []
    assert PASSWORD in str(await server.view(meeting))


async def busy(url: str, meeting: dict[str, Any], http: httpx.AsyncClient) -> list[str]:
    """Everything that may be logged happens once; the secrets that came up."""
    code, path = meeting["meeting"]["code"], f"/api/meetings/{meeting['meeting']['code']}"
    live = f"{url.replace('http', 'ws', 1)}{path}/live"
    async with (
        connect(live, local_addr=(ADDRESS, 0), proxy=None) as first,
        connect(live, local_addr=(ADDRESS, 0), proxy=None) as second,
        connect(live, local_addr=(ADDRESS, 0), proxy=None) as third,
    ):
        host, guest = LiveClient(first), LiveClient(second)
        await host.join(token=meeting["token"])
        assert (await guest.join(TYPED["guest"], password=TYPED["guess"]))["type"] == "refused"
        assert (await guest.join(TYPED["guest"], password=TYPED["password"]))["type"] == "snapshot"
        await host.answer("signal", to=guest.id, to_session=guest.session, candidates=[{"candidate": TYPED["guest"]}])
        await third.send(TYPED["guest"])
        await LiveClient(third).closed()
        # A text that is no text: uvicorn logs the failure itself.
        second.protocol.send_text(b"\xff" + TYPED["guest"].encode())
        second.transport.write(b"".join(second.protocol.data_to_send()))
        await guest.closed()
        first.transport.abort()
    for headers in (bearer(meeting["token"]), bearer(guest.token), {}, bearer("x" * 40)):
        for call in ("join", "heartbeat", "leave", "end", "nothing"):
            await http.post(f"{path}/{call}", json={"name": TYPED["guest"]}, headers=headers)
        await http.get(path, headers=headers)
        await http.get(f"/m/{code}", headers={"accept": "text/html"})
    await http.post("/api/meetings", content=TYPED["password"].encode(), headers={"content-type": "application/json"})
    await http.post(f"{path}/join", content=b'{"name":"\xff"}', headers={"content-type": "application/json"})
    return [
        code,
        code.replace("-", ""),
        meeting["token"],
        meeting["host_link"].partition("=")[2],
        guest.token,
        guest.id,
        host.id,
    ]


async def test_logs_and_files_of_a_busy_run_hold_no_secrets(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VIDEOCALL_")} | {
        "VIDEOCALL_LOG_LEVEL": "debug",
        "VIDEOCALL_SMTP_URL": "smtp://127.0.0.1:1",
        "VIDEOCALL_SWEEP_SECONDS": "0.1",
        "VIDEOCALL_PRESENCE_WRITE_SECONDS": "0.1",
    }
    command = [sys.executable, "-c", "from videocall.cli import main; main()", "serve", "--port", "0"]
    errors = tmp_path / "stderr"
    with errors.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=tmp_path, env=environment, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            said = (await process.stdout.readuntil(b"Ctrl-C\n")).decode()
            url = said.partition("Address")[2].split()[0].replace("localhost", "127.0.0.1")
            transport = httpx.AsyncHTTPTransport(local_address=ADDRESS, verify=False)
            async with httpx.AsyncClient(base_url=url, transport=transport, trust_env=False) as http:
                guest = {"name": TYPED["host"], "email": TYPED["email"]}
                wish = {"guest": guest, "title": TYPED["title"], "password": TYPED["password"]}
                secrets = await busy(url, (await http.post("/api/meetings", json=wish)).json(), http)
            while "mail_failed" not in errors.read_text():  # noqa: ASYNC110 -- written by another process
                await asyncio.sleep(0.05)
            process.terminate()
            said += (await process.stdout.read()).decode()
            await process.wait()

    lines = errors.read_text().splitlines()
    events = {json.loads(line)["event"] for line in lines}
    assert {"mail_failed", "Invalid UTF-8 sequence received from client."} <= events, (
        "what is logged is what was looked at"
    )
    answers = [line for line in map(json.loads, lines) if line["event"] == "answered"]
    assert {"/api/meetings", "/api/meetings/{code}/join", "/m/{code}"} <= {line["route"] for line in answers}
    assert len({line["request_id"] for line in answers}) == len(answers)
    whole = said + errors.read_text()
    assert [secret for secret in [*secrets, *TYPED.values(), ADDRESS] if secret in whole] == []

    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert TYPED["host"].encode() in kept, "names are kept, so the right files were looked at"
    hidden = [TYPED["password"], TYPED["guess"], *secrets[2:5]]
    assert [secret for secret in hidden if secret.encode() in kept] == []
    assert msgspec.json.encode(TYPED["password"]) not in kept
