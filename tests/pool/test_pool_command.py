"""`videocall pool`: what an operator types, beside a running server or without one."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from jitsi_target import JitsiTarget
from people import part
from running_server import RunningServer
from videocall import cli
from videocall.settings import Settings

BARE = {name: value for name, value in os.environ.items() if not name.startswith("VIDEOCALL_")}


def environment(settings: Settings) -> dict[str, str]:
    return {
        "VIDEOCALL_DATA": str(settings.data),
        "VIDEOCALL_STORE": settings.store,
        "VIDEOCALL_POOL_CA": settings.pool_ca,
        "VIDEOCALL_POOL_PRIVATE_ADDRESSES": "true",
        "COLUMNS": "200",
    }


def test_an_operator_checks_adds_drains_and_removes(
    settings: Settings, target: JitsiTarget, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def pool(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["videocall", "pool", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        out, err = capfd.readouterr()
        return int(exit_.value.code or 0), out + err

    domain, who = target.domain("healthy, with a focus"), ("--operator", "Ada's [club]", "--country", "de")
    code, said = pool("list")
    assert (code, said.startswith("The pool is empty.")) == (0, True), said
    code, said = pool("check", domain)
    assert code == 0, said
    lines = {line.strip()[:20].strip(): line.strip()[20:].strip() for line in said.splitlines()}
    assert (lines["Can carry meetings"], lines["Login needed"], lines["Begins a conference"]) == ("yes", "no", "ready")
    assert (lines["May be embedded"], lines["Embedded without end"], lines["Also offers"]) == (
        "yes",
        "yes",
        "whiteboard",
    )
    assert lines["Answers within"].endswith(" ms"), said
    refused = target.domain("login by token")
    sentence = "This server cannot be used. It lets only people with a login there begin a meeting.\n"
    assert pool("add", refused, *who) == (1, sentence)
    assert pool("check", refused)[0] == 1
    added = pool("add", domain, *who, "--most-meetings", "3", "--region", "EU")
    assert added == (0, f"{domain} is in the pool.\n")
    code, said = pool("drain", domain)
    for words in ("healthy, draining", "0 of 3", "DE EU", "Ada's [club]"):
        assert words in said, said
    assert pool("remove", domain) == (0, f"{domain} is no longer in the pool.\n")
    assert pool("remove", domain) == (1, "This server is not in the pool.\n")


async def test_a_running_server_takes_what_the_command_added(
    settings: Settings, server: RunningServer, target: JitsiTarget
) -> None:
    program = "from videocall.cli import main; main()"
    arguments = ["pool", "add", target.domain(), "--operator", "A club", "--country", "DE"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *arguments, env=BARE | environment(settings), stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert (process.returncode, said.decode()) == (0, f"{target.domain()} is in the pool.\n")
    assert (await part(server, "pool").choose("abcd-efgh-jkmn")).domain == target.domain()


def test_the_page_says_what_the_command_does() -> None:
    page = (Path(__file__).parents[2] / "docs" / "pool.md").read_text("utf-8")
    for command in ("check", "add", "list", "edit", "drain", "disable", "remove"):
        assert f"videocall pool {command}" in page
