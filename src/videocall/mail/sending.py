"""Hands one message to the operator's SMTP server or, where none is set, lays it down as a file in the data folder."""

import os
import ssl
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiosmtplib

from videocall.settings import Settings

OUTBOX = "mail"
"""Folder inside the data folder for mail where no SMTP server is set."""
_NEVER = range(500, 600)


class NotSent(Exception):
    """A message was not handed over; `permanent` when the server said that it never will take it (RFC 5321: 5xx)."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(reason)


class Delivery:
    """The way out."""

    def __init__(self, settings: Settings) -> None:
        self._smtp_url = settings.smtp_url
        self._folder = settings.data / OUTBOX

    async def deliver(self, message: EmailMessage, mail_id: str) -> None:
        """Hand a message over; raises `NotSent`, whose reason names no person."""
        if not self._smtp_url:
            self._keep(message, mail_id)
            return
        server = urlsplit(self._smtp_url)
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
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise NotSent(f"Recipient refused ({codes[0]})", permanent=all(code in _NEVER for code in codes)) from None
        except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
            raise NotSent(f"{type(error).__name__} ({error.code})", permanent=error.code in _NEVER) from None
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
            raise NotSent(type(error).__name__, permanent=False) from None

    def _keep(self, message: EmailMessage, mail_id: str) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._path(mail_id)
        fresh = path.with_suffix(".part")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(bytes(message))
        fresh.replace(path)

    def erase(self, mail_id: str) -> None:
        """Remove the file of a mail, where there is one."""
        self._path(mail_id).unlink(missing_ok=True)

    def _path(self, mail_id: str) -> Path:
        return self._folder / f"{mail_id}.eml"
