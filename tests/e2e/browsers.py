"""Debian's Chromium, started so that it finds fake devices and trusts what a test tells it to trust."""

import os
import shlex
import signal
from pathlib import Path

from playwright.async_api import Browser, BrowserType

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAKE_DEVICES = ["--use-fake-device-for-media-stream=fps=10,device-count=3"]
"""Few pictures a second: a test machine encodes and decodes those of everybody. The second camera is for depth only."""
SAYS_YES = ["--use-fake-ui-for-media-stream"]
LOOPBACK = ["--allow-loopback-in-peer-connection"]
"""With no other interface than loopback Chromium gathers no candidates."""


async def start_chromium(chromium: BrowserType, *flags: str, executable: Path | None = None) -> Browser:
    return await chromium.launch(executable_path=executable or CHROMIUM, args=[*QUIET, *flags])


async def start_crowd_chromium(chromium: BrowserType) -> Browser:
    """One for six people: half the pictures, and a process less to hand them to."""
    half = [flag.replace("fps=10", "fps=5") for flag in FAKE_DEVICES]
    return await start_chromium(chromium, *half, *SAYS_YES, *LOOPBACK, "--in-process-gpu")


async def start_meeting_chromium(chromium: BrowserType) -> Browser:
    """One with fake devices that grants every permission."""
    return await start_chromium(chromium, *FAKE_DEVICES, *SAYS_YES, *LOOPBACK)


def _noting_script(script: Path, noted: Path, inside: str | None) -> Path:
    """Starts Chromium and notes its process id, which playwright does not tell."""
    script.parent.mkdir()
    prefix = f"ip netns exec {shlex.quote(inside)} " if inside else ""
    script.write_text(f'#!/bin/sh\necho $$ >{shlex.quote(str(noted))}\nexec {prefix}{CHROMIUM} "$@"\n')
    script.chmod(0o755)
    return script


class KillableChromium:
    """A browser process of its own, whose end comes without goodbye."""

    def __init__(self, browser: Browser, process: int) -> None:
        self.browser = browser
        self.process = process

    @classmethod
    async def start(
        cls,
        chromium: BrowserType,
        folder: Path,
        *,
        inside: str | None = None,
        trusting: str = "",
        flags: tuple[str, ...] = (),
    ) -> "KillableChromium":
        """Start one, `inside` a network namespace if there is one, `trusting` an origin as if it were HTTPS."""
        noted = folder / "chromium.pid"
        script = _noting_script(folder / "chromium", noted, inside)
        own = [*FAKE_DEVICES, *SAYS_YES, *([] if inside else LOOPBACK)]
        if trusting:
            own.append(f"--unsafely-treat-insecure-origin-as-secure={trusting}")
        browser = await start_chromium(chromium, *own, *flags, executable=script)
        return cls(browser, int(noted.read_text()))

    def kill(self) -> None:
        """Kill browser, renderers and all: playwright starts each browser as the leader of a process group."""
        os.killpg(self.process, signal.SIGKILL)
