"""Debian's Firefox, driven by WebDriver BiDi (W3C): playwright drives only a Firefox of its own make."""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from e2e.waiting import PATIENCE, eventually

PREFERENCES = {
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,  # .local names need multicast, which tests lack
    "media.autoplay.default": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class Firefox:
    """One tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._tab = ""

    async def _call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = json.loads(await self._socket.recv())
                if answer.get("id") == number:
                    assert answer["type"] == "success", answer
                    result: dict[str, Any] = answer["result"]
                    return result

    async def begin(self, recorder: str) -> None:
        await self._call("session.new", capabilities={})
        self._tab = (await self._call("browsingContext.getTree"))["contexts"][0]["context"]
        await self._call("script.addPreloadScript", functionDeclaration=f"() => {{ {recorder} }}")

    async def end(self) -> None:
        await self._call("browser.close")

    async def open(self, address: str) -> None:
        await self._call("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    async def evaluate(self, expression: str) -> Any:
        wrapped = f"Promise.resolve({expression}).then(JSON.stringify)"
        answer = await self._call(
            "script.evaluate", expression=wrapped, target={"context": self._tab}, awaitPromise=True
        )
        assert answer["type"] == "success", answer
        return json.loads(answer["result"].get("value", "null"))

    async def is_in(self, state: str) -> None:
        async def check() -> None:
            assert await self.evaluate("document.documentElement.dataset.callState ?? null") == state

        await eventually(check)

    async def sees(self, text: str) -> None:
        async def check() -> None:
            assert text in await self.evaluate("document.body.innerText"), f"Firefox does not show: {text}"

        await eventually(check)

    async def press(self, name: str) -> None:
        await self._point("button", name)

    async def fill(self, name: str, text: str) -> None:
        """Replace what a text box holds, key by key."""
        await self._point("textbox", name)
        await self.evaluate("document.activeElement.select()")
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        await self._act({"type": "key", "id": "keyboard", "actions": keys})

    async def _point(self, role: str, name: str) -> None:
        async def find() -> dict[str, Any]:
            locator = {"type": "accessibility", "value": {"role": role, "name": name}}
            nodes = (await self._call("browsingContext.locateNodes", context=self._tab, locator=locator))["nodes"]
            assert nodes, f"no {role} named {name}"
            first: dict[str, Any] = nodes[0]
            return first

        origin = {"type": "element", "element": {"sharedId": (await eventually(find))["sharedId"]}}
        move = {"type": "pointerMove", "x": 0, "y": 0, "origin": origin}
        click = [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        await self._act({"type": "pointer", "id": "mouse", "actions": [move, *click]})

    async def _act(self, source: dict[str, Any]) -> None:
        await self._call("input.performActions", context=self._tab, actions=[source])


@asynccontextmanager
async def firefox(folder: Path, recorder: str) -> AsyncIterator[Firefox]:
    """One Firefox with fake devices that grants every permission."""
    profile = folder / "firefox"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFERENCES.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = await asyncio.create_subprocess_exec(
        *("firefox-esr", "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    reading = None
    try:
        assert process.stderr
        async with asyncio.timeout(PATIENCE * 2):
            said = await process.stderr.readuntil(b"BiDi listening on ")
            address = (await process.stderr.readline()).decode().strip()
        assert re.match(r"ws://", address), said
        reading = asyncio.create_task(process.stderr.read())  # a full pipe would stop it
        async with connect(f"{address}/session", max_size=None, proxy=None) as socket:
            browser = Firefox(socket)
            await browser.begin(recorder)
            yield browser
            await browser.end()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        if reading is not None:
            await reading
