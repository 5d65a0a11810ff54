"""What is looked at on this machine and in its services: folder, disk, store, mail, clock, TURN, push, pool."""

import asyncio
import ctypes
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from videocall.clock import Clock
from videocall.doctor.model import Finding, bad, good, note
from videocall.doctor.turn import TurnAddress, TurnTrouble, relays
from videocall.keys import KEY_FILE
from videocall.leases import Lease
from videocall.live.ice import ice_for
from videocall.pool.wiring import PoolParts
from videocall.settings import Settings
from videocall.store.base import Store, StoreError

_GIGABYTE = 1024**3
_FEW_FREE = 2 * _GIGABYTE
_OTHERS = 0o077
_TIME_ERROR = 5
"""What Linux's adjtimex answers while nothing keeps the clock right."""
_PUSH_SERVICES = {
    "Chrome and Edge": "fcm.googleapis.com",
    "Firefox": "updates.push.services.mozilla.com",
    "Safari": "web.push.apple.com",
}
PATIENCE = 8.0
"""Seconds for anything that is asked over a network."""


def folder(settings: Settings) -> Finding:
    """Whether only its owner can read what is secret."""
    what, key = "Data folder", settings.data / KEY_FILE
    if key.is_file() and (key.stat().st_mode & _OTHERS):
        return bad(what, f"Others on this machine can read {key.absolute()}.", f"chmod 600 {key.absolute()}")
    if settings.data.stat().st_mode & _OTHERS:
        return note(what, f"Others on this machine can look into {settings.data.absolute()}.", "chmod 700 on it.")
    return good(what, f"{settings.data.absolute()}, for its owner only. Back it up whole, {KEY_FILE} above all.")


def disk(settings: Settings) -> Finding:
    """Whether there is room."""
    usage = shutil.disk_usage(settings.data)
    sentence = f"{usage.free / _GIGABYTE:.1f} GB of {usage.total / _GIGABYTE:.0f} GB are free."
    if usage.free < _FEW_FREE:
        return bad("Disk", sentence, "Make room: a full disk stops every meeting from being written down.")
    return good("Disk", sentence)


async def store(settings: Settings, kept: Store) -> Finding:
    """Whether documents can be read and written; `kept` is open."""
    kind = settings.store_url.partition(":")[0]
    try:
        async with asyncio.timeout(PATIENCE):
            await kept.ping()
            probe = Lease(kept, "doctor")
            await probe.attempt()
            await probe.release()
    except (StoreError, TimeoutError) as error:
        return bad("Store", f"{kind}: {str(error) or 'no answer'}", "Start it, or correct VIDEOCALL_STORE.")
    return good("Store", f"{kind} reads and writes.")


async def redis(settings: Settings) -> Finding:
    """Whether several processes could share their rooms."""
    if not settings.redis_url:
        return good("Redis", "Not used: one process serves everything.")
    from redis.asyncio import Redis  # noqa: PLC0415 -- only who runs several processes pays for the import
    from redis.exceptions import RedisError  # noqa: PLC0415

    client = Redis.from_url(settings.redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return bad(
            "Redis", f"It does not answer ({type(error).__name__}).", "Start it, or correct VIDEOCALL_REDIS_URL."
        )
    finally:
        await client.aclose()
    return good("Redis", "It answers.")


async def mail(settings: Settings) -> Finding:
    """Whether the SMTP server takes us; nothing is sent."""
    if not settings.smtp_url:
        advice = "Set VIDEOCALL_SMTP_URL and VIDEOCALL_MAIL_FROM; until then nobody can confirm an address."
        return note("Mail", f"Letters are laid into {settings.data / 'mail'} and reach nobody.", advice)
    server = urlsplit(settings.smtp_url)
    client = aiosmtplib.SMTP(
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        timeout=PATIENCE,
    )
    try:
        await client.connect()
        await client.quit()
    except aiosmtplib.SMTPAuthenticationError:
        return bad("Mail", "The SMTP server refuses the name or the password.", "Correct VIDEOCALL_SMTP_URL.")
    except (aiosmtplib.SMTPException, OSError) as error:
        advice = "Check host and port in VIDEOCALL_SMTP_URL, and that no firewall closes them."
        return bad("Mail", f"The SMTP server cannot be reached ({type(error).__name__}).", advice)
    sender = parseaddr(settings.mail_from)[1]
    if sender.endswith("@localhost"):
        return bad("Mail", f"Letters would come from {sender}, which nobody takes.", "Set VIDEOCALL_MAIL_FROM.")
    return good("Mail", f"The SMTP server takes us. Letters come from {sender}.")


def clock() -> Finding:
    """Whether something keeps this machine's clock right, as Linux itself says."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            answer = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(512))
            if answer == _TIME_ERROR:
                advice = "Run chrony or systemd-timesyncd: tokens, codes of second factors and TURN go by the time."
                return note("Clock", "Nothing on this machine keeps its clock right, as far as Linux knows.", advice)
            if answer >= 0:
                return good("Clock", "It is kept right.")
    return note("Clock", "This system does not say whether its clock is right.", "Make sure that it is.")


async def turn(settings: Settings, now: Clock) -> AsyncIterator[Finding]:
    """Whether each TURN server relays, with credentials as browsers get them, from one side to the other and back."""
    if not settings.turn_urls:
        advice = "Run coturn (docs/operations.md) and set VIDEOCALL_TURN_URLS, for people behind strict networks."
        yield note("TURN", "There is none.", advice)
        return
    given = ice_for("doctor", settings, now).servers[-1]
    for url in settings.turn_urls:
        try:
            async with asyncio.timeout(2 * PATIENCE):
                await relays(TurnAddress.read(url), given.username or "", given.credential or "")
        except TurnTrouble as trouble:
            yield bad("TURN", f"{url}: {trouble}", "See TURN in docs/operations.md.")
        except (OSError, EOFError, TimeoutError) as error:
            advice = "Check that coturn runs and that no firewall closes the port."
            yield bad("TURN", f"{url} cannot be reached ({type(error).__name__}).", advice)
        else:
            yield good("TURN", f"{url} relays both ways.")


async def push() -> Finding:
    """Whether the push services of browsers can be reached; nothing is sent."""

    async def reached(host: str) -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                _, writer = await asyncio.open_connection(host, 443, ssl=True)
        except (OSError, TimeoutError):
            return False
        writer.close()
        return True

    answers = await asyncio.gather(*map(reached, _PUSH_SERVICES.values()))
    missing = [name for name, answer in zip(_PUSH_SERVICES, answers, strict=True) if not answer]
    if missing:
        advice = "Let this machine make HTTPS connections outwards, or do without push messages."
        return note("Push", f"The push services of {', '.join(missing)} cannot be reached from here.", advice)
    return good("Push", "The push services of all browsers can be reached.")


async def pool(parts: PoolParts) -> AsyncIterator[Finding]:
    """Whether each enabled server of the pool serves right now."""
    servers = [server for server in await parts.repository.servers() if server.enabled]
    if not servers:
        advice = "Add servers by videocall pool: without any, meetings stay as small as VIDEOCALL_DIRECT_LIMIT."
        yield note("Pool", "It has no enabled server.", advice)
    for server in servers:
        finding = await parts.pool.check(server.domain)
        if finding.ok:
            yield good("Pool", f"{server.domain} serves.")
        else:
            yield bad("Pool", f"{server.domain}: {finding.reason}", "Disable it, or ask its operator.")
