"""A real Prosody behind a real nginx, as a Jitsi server has them: what a probe meets, healthy or broken in some way.

Every state is a server of nginx on a port of its own. There is no conference focus (it is no part of Debian): nginx
answers in its place.
"""

import asyncio
import json
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import httpx

from running_server import until
from videocall.clock import SystemClock
from videocall.web.certificate import certificate_for

DOMAIN, CLOSED = "meet.test", "login.test"
CONFIG = (
    "var config = {{ hosts: {{ domain: '{domain}', muc: 'conference.' + subdomain + '{domain}' }},"
    " bosh: '/http-bind'{more} }};"
)
WHOLE_PAGE = "<!DOCTYPE html><html><body>Jitsi Meet</body></html>"


def state(
    *,
    domain: str = DOMAIN,
    config: str = "",
    script: str = "/* eternal */ var JitsiMeetExternalAPI = {};",
    page: str = f"return 200 '{WHOLE_PAGE}';",
    headers: str = "",
    bosh: str = "",
    conference: str = "",
    drip: str = "",
    redirect: str = "",
) -> dict[str, str]:
    """The locations of one server: what it answers under each path."""
    return {
        "= /external_api.js": f'types {{}} default_type application/javascript; {drip} return 200 "{script}";',
        "= /config.js": redirect
        or f'default_type application/javascript; return 200 "{config or CONFIG.format(domain=domain, more="")}";',
        "= /http-bind": bosh or "proxy_pass http://127.0.0.1:{prosody}/http-bind; proxy_set_header Host $host;",
        "= /conference-request/v1": conference or "return 404;",
        "/": f"default_type text/html; {headers} {page}",
    }


def more(text: str) -> str:
    return CONFIG.format(domain=DOMAIN, more=f", {text}")


READY = 'default_type application/json; return 200 \'{"ready":true,"focusJid":"focus@auth.meet.test"}\';'
STATES: dict[str, dict[str, str]] = {
    "healthy": state(),
    "healthy, with a focus": state(
        config=more("conferenceRequestUrl: '/conference-request/v1', whiteboard: { enabled: true }"), conference=READY
    ),
    "focus down": state(conference="return 502;"),
    "focus wants a login": state(conference="return 403;"),
    "frames refused": state(headers="add_header X-Frame-Options SAMEORIGIN;"),
    "frames refused by policy": state(headers="add_header Content-Security-Policy \"frame-ancestors 'self'\";"),
    "frames allowed to us": state(
        headers="add_header X-Frame-Options DENY; add_header Content-Security-Policy 'frame-ancestors https://meet.example';"
    ),
    "no anonymous login": state(domain=CLOSED),
    "guests apart": state(config=more("x: 1 }; config.hosts.anonymousdomain = 'guest.meet.test'; var y = { z: 1")),
    "login by token": state(config=more("tokenAuthUrl: 'https://login.test/'")),
    "five minutes": state(config=more("disableIframeAPI: true")),
    "unknown domain": state(domain="other.test"),
    "XMPP down": state(bosh="return 502;"),
    "HTML for JavaScript": state(script=WHOLE_PAGE),
    "HTML for config": state(config=WHOLE_PAGE),
    "no page": state(page="return 500;"),
    "redirect within": state(redirect="return 302 /moved/config.js;")
    | {"= /moved/config.js": f'return 200 "{CONFIG.format(domain=DOMAIN, more="")}";'},
    "redirect away": state(redirect="return 302 https://127.0.0.1:1/config.js;"),
    "redirect to plain HTTP": state(redirect="return 302 http://localhost:80/config.js;"),
    "redirect without end": state(redirect="return 302 /config.js;"),
}


class JitsiTarget:
    """All states, on this machine, until it is stopped; `domain` of each, and `ca_file` to trust."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._ports = dict(zip([*STATES, "prosody"], _free_ports(len(STATES) + 1), strict=True))
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        files = certificate_for(folder, ["localhost"], [], SystemClock().now())
        self.ca_file = str(files.certificate)
        self._key = files.key

    def domain(self, name: str = "healthy") -> str:
        return f"localhost:{self._ports[name]}"

    async def start(self) -> None:
        await self.start_prosody()
        config = self._folder / "nginx.conf"
        config.write_text(self._nginx())
        self._start("nginx", ["nginx", "-p", str(self._folder), "-c", str(config)])
        await until(lambda: self._answers("healthy", "https"), bool)

    async def start_prosody(self) -> None:
        config = self._folder / "prosody.cfg.lua"
        config.write_text(self._prosody())
        self._start("prosody", ["prosody", "-F", "--config", str(config)])
        await until(lambda: self._answers("prosody", "http"), bool)

    def _start(self, name: str, command: list[str]) -> None:
        with (self._folder / f"{name}.out").open("wb") as out:
            self._processes[name] = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    async def kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(process.wait)

    async def stop(self) -> None:
        for name in list(self._processes):
            await self.kill(name)

    async def _answers(self, name: str, scheme: str) -> bool:
        async with httpx.AsyncClient(verify=False, trust_env=False) as http:  # noqa: S501 -- whether it listens
            try:
                return bool((await http.get(f"{scheme}://127.0.0.1:{self._ports[name]}/")).status_code)
            except httpx.HTTPError:
                return False

    def _nginx(self) -> str:
        servers = [
            f"server {{ listen 127.0.0.1:{self._ports[name]} ssl; "
            + " ".join(f"location {path} {{ {does} }}" for path, does in locations.items())
            + " }"
            for name, locations in STATES.items()
        ]
        head = (
            f"daemon off; master_process off; pid {self._folder}/nginx.pid; error_log {self._folder}/nginx.log;\n"
            f"events {{}}\nhttp {{ access_log off; ssl_certificate {self.ca_file}; ssl_certificate_key {self._key};\n"
        )
        temporary = "".join(
            f"{kind}_temp_path {self._folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return head + temporary + "\n".join(servers).replace("{prosody}", str(self._ports["prosody"])) + "\n}\n"

    def _prosody(self) -> str:
        options: dict[str, Any] = {
            "run_as_root": True,
            "pidfile": f"{self._folder}/prosody.pid",
            "data_path": f"{self._folder}/prosody",
            "log": f"{self._folder}/prosody.log",
            "http_interfaces": ["127.0.0.1"],
            "http_ports": [self._ports["prosody"]],
            "https_ports": [],
            "c2s_ports": [],
            "s2s_ports": [],
            "modules_enabled": ["bosh", "saslauth"],
            "modules_disabled": ["s2s", "c2s", "tls"],
            "consider_bosh_secure": True,
            "http_default_host": DOMAIN,
        }
        lines = [f"{name} = {_lua(value)}" for name, value in options.items()]
        hosts = [
            f'VirtualHost "{DOMAIN}"\n  authentication = "anonymous"',
            f'VirtualHost "{CLOSED}"\n  authentication = "internal_hashed"',
        ]
        return "\n".join([*lines, *hosts, ""])


def _lua(value: Any) -> str:
    if isinstance(value, list):
        return "{ " + ", ".join(map(_lua, value)) + " }"
    return json.dumps(value)


def _free_ports(number: int) -> list[int]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports
