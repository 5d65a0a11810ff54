"""Sends mail through the operator's SMTP server, or, where none is set, lays it down as files in the data folder."""

import asyncio
import secrets
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from videocall.clock import Clock
from videocall.meetings.model import Meeting
from videocall.settings import Settings

log = structlog.get_logger()
OUTBOX = "mail"
"""Folder inside the data folder for mail that could not be handed to an SMTP server."""


class Mailer:
    """Hands messages on in the background: nobody waits for a mail server."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._sending: set[asyncio.Task[None]] = set()

    async def send_host_link(self, meeting: Meeting, host_link: str) -> None:
        """Mail the guest creator what restores their host rights on any device (policy section 3.2)."""
        if meeting.host_email is None:
            return
        message = EmailMessage()
        message["Subject"] = f"Your host link for {_one_line(meeting.title)}"
        message["To"] = meeting.host_email
        message.set_content(
            f"Hello {_one_line(meeting.host_name)},\n\n"
            "this link makes you the host of your meeting, on any device:\n\n"
            f"{host_link}\n\n"
            "Keep it to yourself: whoever opens it can admit, mute and remove people, and end the meeting.\n"
            f"To invite people, send them this one instead:\n\n{host_link.partition('#')[0]}\n"
        )
        self._send(message)

    def _send(self, message: EmailMessage) -> None:
        message["From"] = self._settings.mail_from
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = make_msgid(domain=urlsplit(self._settings.public_url).hostname or "localhost")
        task = asyncio.create_task(self._deliver(message))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _deliver(self, message: EmailMessage) -> None:
        if not self._settings.smtp_url:
            self._keep(message)
            return
        server = urlsplit(self._settings.smtp_url)
        try:
            await aiosmtplib.send(
                message,
                hostname=server.hostname,
                port=server.port,
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                timeout=30,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            log.warning("mail_failed", error=type(error).__name__)
            self._keep(message)

    def _keep(self, message: EmailMessage) -> None:
        folder: Path = self._settings.data / OUTBOX
        folder.mkdir(mode=0o700, exist_ok=True)
        stamp = self._clock.now().strftime("%Y%m%dT%H%M%S")
        path = folder / f"{stamp}-{secrets.token_hex(4)}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(message))

    async def close(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._sending)


def _one_line(text: str) -> str:
    return " ".join(text.split())
