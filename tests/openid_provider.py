"""A real OpenID provider on this machine: the package oidc-provider-mock, in a process of its own."""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from running_server import until


@asynccontextmanager
async def open_provider(*people: dict[str, Any]) -> AsyncIterator[str]:
    """Its address while it runs. `people` are claims, `sub` among them; anybody can sign in by their `sub`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users = [part for claims in people for part in ("--user-claims", json.dumps(claims))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "-n", "true", *users]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        async with httpx.AsyncClient(base_url=address, trust_env=False) as http:

            async def look() -> bool:
                try:
                    return (await http.get("/.well-known/openid-configuration")).is_success
                except httpx.HTTPError:
                    return False

            await until(look, bool, 30)
        yield address
    finally:
        process.terminate()
        await process.wait()
