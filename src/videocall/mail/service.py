"""The mail queue: what is to be mailed is kept in the store first, so that no crash and no mail server loses it."""

import asyncio
import secrets
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.lists import Wish
from videocall.mail import rules
from videocall.mail.letters import write
from videocall.mail.model import Content, QueuedMail, State
from videocall.mail.repository import MailRepository
from videocall.mail.sending import Delivery, NotSent
from videocall.settings import Settings

log = structlog.get_logger()
_SEAL = "queued mail"


class Mailer:
    """Puts letters into the queue, hands over what is due, and knows what became of it."""

    def __init__(
        self, *, settings: Settings, clock: Clock, keys: Keys, repository: MailRepository, delivery: Delivery
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._repository = repository
        self._delivery = delivery
        self.wake = asyncio.Event()

    async def put(
        self,
        letter: str,
        to: str,
        *,
        language: str,
        once: str = "",
        calendar: tuple[str, bytes] | None = None,
        **values: Any,
    ) -> str:
        """Queue a letter of `templates/` to one address, in the reader's language; the id of the mail.

        What has the same `once` is queued one time only, however often it is put. `calendar` is a method and an
        iCalendar text, for calendars to take in.
        """
        now = self._clock.now()
        content = write(letter, to, language, {"site": self._settings.public_url, **values})
        if calendar is not None:
            content.method, content.calendar = calendar[0], calendar[1].decode()
        host = urlsplit(self._settings.public_url).hostname or "localhost"
        # The time first: so that the files of an operator without an SMTP server lie in order.
        mail_id = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"
        if once:
            mail_id = f"once-{self._keys.fingerprint('mails once', f'{to} {once}')[:40]}"
        mail = QueuedMail(
            id=mail_id,
            letter=letter,
            to_key=self._to_key(to),
            message_id=make_msgid(domain=host),
            sealed=self._keys.seal(_SEAL, msgspec.json.encode(content).decode()),
            created_at=now,
            due_at=now,
        )
        await self._repository.add(mail)
        self.wake.set()
        return mail_id

    async def send_due(self, most: int = 5) -> int:
        """Try what is due, each mail by whoever claims it first; how many were tried here."""
        now = self._clock.now()
        tried = 0
        for waiting in await self._repository.due(now, most):
            mail = await self._repository.claim(waiting, now)
            if mail is not None:
                tried += 1
                await self._try(mail)
        return tried

    async def _try(self, mail: QueuedMail) -> None:
        content = msgspec.json.decode(self._keys.unseal(_SEAL, mail.sealed), type=Content)
        try:
            async with asyncio.timeout(rules.ATTEMPT_SECONDS):
                await self._delivery.deliver(self._message(mail, content), mail.id)
        except (NotSent, TimeoutError) as error:
            now = self._clock.now()
            reason = str(error) or "Timeout"
            permanent = isinstance(error, NotSent) and error.permanent
            log.warning("mail_failed", letter=mail.letter, attempts=mail.attempts, reason=reason)
            if rules.is_dead(mail.attempts, permanent=permanent):
                await self._repository.finish(mail, "dead", now, sealed=mail.sealed, error=reason)
            else:
                await self._repository.put_off(mail, now + rules.delay(mail.attempts), reason)
        else:
            # A process that dies before this line leaves the mail to be tried again, under the same Message-ID: SMTP
            # lets nobody know whether a message that was handed over a moment ago arrived.
            await self._repository.finish(mail, "sent", self._clock.now(), sealed="")

    def _message(self, mail: QueuedMail, content: Content) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._settings.mail_from
        message["To"] = content.to
        message["Subject"] = content.subject
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = mail.message_id
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
        message.set_content(content.text)
        message.add_alternative(content.html, subtype="html")
        if content.calendar:
            # As an alternative for calendars that take in what comes by mail, and as a file for people.
            message.add_alternative(content.calendar, subtype="calendar", params={"method": content.method})
            file = content.calendar.encode()
            message.add_attachment(file, maintype="text", subtype="calendar", filename="invite.ics")
        # RFC 3282. The last: whoever sets the content of a message takes everything about an earlier one out of it.
        message["Content-Language"] = content.language
        return message

    async def forget(self, address: str) -> None:
        """Erase whatever is kept of mail to an address, waiting mail and files included."""
        key = self._to_key(address)
        for mail_id in await self._repository.ids_to(key):
            self._delivery.erase(mail_id)
        await self._repository.delete_to(key)

    async def tidy(self) -> None:
        """Forget mail that was dealt with long ago."""
        await self._repository.delete_done(self._clock.now() - rules.KEEP_DONE)

    async def listed(self, wish: Wish, state: State | None) -> tuple[list[tuple[QueuedMail, str]], str | None]:
        """One page of the queue with the receivers, for an administrator; a whole address is found at once."""
        to_key = self._to_key(wish.q.strip()) if "@" in wish.q else None
        mails, cursor = await self._repository.listed(wish, state, to_key)
        return [(mail, self._receiver(mail)) for mail in mails], cursor

    def _receiver(self, mail: QueuedMail) -> str:
        """To whom it goes; empty for one that was sent, of which nothing is kept."""
        if not mail.sealed:
            return ""
        return msgspec.json.decode(self._keys.unseal(_SEAL, mail.sealed), type=Content).to

    async def try_now(self, mail_id: str) -> bool:
        """Try a mail at once that waits or was given up; whether there was one."""
        tried = await self._repository.revive(mail_id, self._clock.now())
        tried = tried or await self._repository.try_now(mail_id, self._clock.now())
        self.wake.set()
        return tried

    async def drop(self, mail_id: str) -> bool:
        """Forget a mail that was not sent; whether there was one."""
        return await self._repository.drop(mail_id)

    async def counts(self) -> dict[str, int]:
        """How many mails wait, were sent, were given up."""
        return await self._repository.counts()

    def _to_key(self, address: str) -> str:
        return self._keys.fingerprint("mail receivers", address.lower())
