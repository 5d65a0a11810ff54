"""What `videocall doctor` says about servers that there really are, and about those that are missing."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from e2e.site_process import SiteProcess, free_port
from e2e.turn_server import turn_server
from post_office import PostOffice
from test_cli import start
from videocall.clock import SystemClock
from videocall.doctor import checks
from videocall.doctor.model import Finding
from videocall.settings import Settings

SECRET = "the secret of the relay"


@pytest.fixture
async def relay(tmp_path: Path) -> AsyncIterator[str]:
    async with turn_server(tmp_path, SECRET) as address:
        yield address


async def of_turn(*urls: str, secret: str = SECRET) -> list[Finding]:
    settings = Settings(turn_urls=urls, turn_secret=secret)
    return [finding async for finding in checks.turn(settings, SystemClock())]


async def test_a_relay_is_good_when_something_came_through_it_both_ways(relay: str) -> None:
    over_tcp = relay.replace("udp", "tcp")
    assert await of_turn(relay, over_tcp) == [
        Finding("TURN", "good", f"{relay} relays both ways."),
        Finding("TURN", "good", f"{over_tcp} relays both ways."),
    ]


async def test_a_relay_with_another_secret_is_told_from_one_that_is_not_there(relay: str) -> None:
    nowhere = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    wrong, missing, unreadable = await of_turn(relay, nowhere, "turn:", secret="another secret")
    assert "VIDEOCALL_TURN_SECRET differs" in wrong.sentence
    assert "cannot be reached" in missing.sentence
    assert "no address" in unreadable.sentence
    assert {one.verdict for one in (wrong, missing, unreadable)} == {"bad"}


async def test_mail_is_good_when_the_server_takes_us_and_the_sender_is_somebody(
    settings: Settings, post_office: PostOffice
) -> None:
    ready = replace(settings, smtp_url=post_office.url, mail_from="VideoCall <no-reply@meet.example>")
    assert (await checks.mail(ready)).verdict == "good"
    assert "nobody takes" in (await checks.mail(replace(ready, mail_from="x@localhost"))).sentence
    nowhere = replace(ready, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    assert "cannot be reached" in (await checks.mail(nowhere)).sentence
    assert (await checks.mail(replace(ready, smtp_url=""))).verdict == "note"


async def doctor(folder: Path, **settings: str) -> tuple[int, str]:
    process = await start(folder, "doctor", **settings)
    said, trouble = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode() + trouble.decode()


async def test_a_site_that_runs_is_examined_without_disturbing_it(tmp_path: Path) -> None:
    site = SiteProcess(tmp_path)
    await site.start()
    try:
        code, said = await doctor(
            tmp_path, data=str(tmp_path / "data"), site_url=site.address, push_private_addresses="true"
        )
        assert code == 0, said
        for line in ("reads and writes", f"{site.address} answers", "WebSockets come through", "There is none", "free"):
            assert line in said
        assert "All is well" in said
        assert (await site.http.get("/readyz")).status_code == 200
    finally:
        await site.close()


async def test_what_is_wrong_is_told_with_what_to_do_and_an_exit_code(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_bytes(b"x" * 32)
    (data / "secret.key").chmod(0o644)
    code, said = await doctor(
        tmp_path,
        data=str(data),
        site_url="http://meet.example.org",
        redis_url=f"redis://127.0.0.1:{free_port()}/0",
    )
    assert code == 1
    assert "Others on this machine can read" in said
    assert "chmod 600" in said
    assert "neither camera nor microphone" in said
    assert "VIDEOCALL_REDIS_URL" in said
    assert "3 to mend" in said


async def test_a_machine_that_answers_something_else_is_no_site_of_ours(tmp_path: Path) -> None:
    async def other(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        writer.close()

    server = await asyncio.start_server(other, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        code, said = await doctor(tmp_path, data=str(tmp_path / "data"), site_url=f"http://localhost:{port}")
    assert code == 1
    assert "something else answers" in said
