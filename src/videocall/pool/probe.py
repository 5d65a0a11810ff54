"""Looks at a server of the pool from outside, level by level: web files, configuration, framing, XMPP, conferences."""

import asyncio
import secrets
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from videocall.pool import bosh
from videocall.pool.fetching import Answer, Fetcher, Unreachable, Visit
from videocall.pool.framing import may_embed
from videocall.pool.jitsi_config import MOST_BYTES, JitsiConfig, read_config
from videocall.pool.model import Finding, Level

_OK = 200
_PEEK = 4096
_MOST_ANSWER = 64 * 1024
_BEHIND = {502, 503, 504}
_NO_CONFIG = "It has no Jitsi pages: /config.js is no configuration of Jitsi."
_LOGIN = "It lets only people with a login there begin a meeting."


class _Conference(msgspec.Struct):
    ready: bool = False


class Prober:
    """Probes servers for a site at `site`; each probe is bounded in size and time."""

    def __init__(self, fetcher: Fetcher, site: str) -> None:
        self._fetcher = fetcher
        self._site = site

    async def probe(self, domain: str, *, seconds: float, thorough: bool = False) -> Finding:
        """What is found of a server within so many seconds.

        A `thorough` one also asks for a conference, which makes a room there: to be done rarely.
        """
        look = _Look(self._site, domain, thorough=thorough)
        try:
            async with asyncio.timeout(seconds), self._fetcher.visiting(domain) as visit:
                await look.at(visit)
        except TimeoutError:
            look.stopped(f"It did not answer within {seconds:g} seconds.")
        except Unreachable as error:
            look.stopped(str(error), permanent=error.permanent)
        return look.finding


class _Look:
    """One probe under way: what was found so far. What is not allowed does not stop it, so that all of it is told."""

    def __init__(self, site: str, domain: str, *, thorough: bool) -> None:
        self._site = site
        self._domain = domain
        self._thorough = thorough
        self.finding = Finding(ok=True, level="address")

    def stopped(self, reason: str, *, permanent: bool = False) -> None:
        """It cannot be used; the first reason is the one that is told."""
        if self.finding.ok:
            self.finding = replace(self.finding, ok=False, reason=reason, permanent=permanent)

    def _reached(self, level: Level) -> None:
        if self.finding.ok:
            self.finding = replace(self.finding, level=level)

    def _allows(self, **fields: object) -> None:
        allows = msgspec.structs.replace(self.finding.allows, **fields)
        self.finding = replace(self.finding, allows=allows)

    async def at(self, visit: Visit) -> None:
        """Look at everything; raises `Unreachable` where it cannot go on."""
        files = await visit.get("/external_api.js", most_bytes=_PEEK)
        self._reached("web")
        if not _is_script(files):
            raise Unreachable("It has no Jitsi pages: /external_api.js is no JavaScript.")
        self._reached("config")
        config = await self._config(visit)
        self._reached("framing")
        await self._framing(visit)
        self._reached("xmpp")
        await self._xmpp(visit, config)
        if self._thorough:
            self._reached("conference")
            await self._conference(visit, config)
        if self.finding.allows.login_needed:
            self.stopped(_LOGIN, permanent=True)

    async def _config(self, visit: Visit) -> JitsiConfig:
        answer = await visit.get("/config.js", most_bytes=MOST_BYTES)
        if answer.cut:
            raise Unreachable(f"Its /config.js is longer than {MOST_BYTES // 1024} KB.")
        if not _is_script(answer):
            raise Unreachable(_NO_CONFIG)
        config = await asyncio.to_thread(read_config, answer.text)
        if not config.domain:
            raise Unreachable(_NO_CONFIG)
        self._allows(iframe_api=not config.disable_iframe_api, features=config.features)
        if config.disable_iframe_api:
            self.stopped("It ends embedded meetings after five minutes (disableIframeAPI).", permanent=True)
        return config

    async def _framing(self, visit: Visit) -> None:
        page = await visit.get(f"/{_room()}", most_bytes=_PEEK)
        self.finding = replace(self.finding, latency_ms=round(page.milliseconds, 1))
        if page.status != _OK:
            raise Unreachable(f"Its page of a meeting answers with {page.status}.")
        embedding = may_embed(page.headers, self._site)
        self._allows(embedding=embedding)
        if not embedding:
            self.stopped(
                "It does not let other sites show its meetings (X-Frame-Options or frame-ancestors).", permanent=True
            )

    async def _xmpp(self, visit: Visit, config: JitsiConfig) -> None:
        mechanisms = await bosh.offers(visit, self._path(config.bosh, "/http-bind"), config.domain)
        guests_apart = bool(config.anonymous_domain) and config.anonymous_domain != config.domain
        self._allows(login_needed=config.login_by_token or guests_apart or "ANONYMOUS" not in mechanisms)

    async def _conference(self, visit: Visit, config: JitsiConfig) -> None:
        """Ask for a conference as the page does.

        One that begins says nothing against what the configuration says about logins: the probes in between, which do
        not ask, have to come to the same verdict.
        """
        muc = config.muc or f"conference.{config.domain}"
        wish = {"room": f"{_room()}@{muc}", "machineUid": secrets.token_hex(16), "properties": {}}
        path = self._path(config.conference_request_url, "/conference-request/v1")
        answer = await visit.post(path, msgspec.json.encode(wish), "application/json", most_bytes=_MOST_ANSWER)
        if answer.status in {401, 403}:
            self._allows(conference="login needed", login_needed=True)
        elif answer.status == _OK and _is_ready(answer):
            self._allows(conference="ready")
        elif answer.status in _BEHIND or config.conference_request_url:
            raise Unreachable(f"It begins no conference: its focus answers with {answer.status}, and is not ready.")
        else:
            self._allows(conference="not offered")  # older ones do this over XMPP only

    def _path(self, address: str, usual: str) -> str:
        """The path of an address that stands in the configuration, where it is at this very server."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return usual
        here = parts.netloc.lower() in {"", self._domain, f"{self._domain}:443"}
        at_this_server = here and parts.path.startswith("/") and not parts.path.startswith("//")
        return parts.path if at_this_server else usual


def _room() -> str:
    # Letters alone, and unlike a name that people choose.
    return f"videocallprobe{secrets.token_hex(8)}"


def _is_script(answer: Answer) -> bool:
    html = answer.text.lstrip("\ufeff \t\r\n").startswith("<!") or answer.text.lstrip().startswith("<html")
    return answer.status == _OK and bool(answer.body.strip()) and not html


def _is_ready(answer: Answer) -> bool:
    try:
        return msgspec.json.decode(answer.body, type=_Conference).ready
    except msgspec.DecodeError:
        return False
