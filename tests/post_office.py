"""A real SMTP server on this machine that keeps what it is given, or refuses as a test tells it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from running_server import until


class PostOffice:
    """Keeps messages in order of arrival; `answers` are given first, each instead of taking a message."""

    def __init__(self) -> None:
        self.url = ""
        self.messages: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 -- aiosmtpd's name
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address: str, about: str = "") -> list[EmailMessage]:
        """Mail to an address, with that in its subject."""
        return [one for one in self.messages if one["To"] == address and about in one["Subject"]]

    async def letter(self, to: str, number: int = 1, about: str = "") -> EmailMessage:
        """The latest mail to an address, with that in its subject, once that many have come."""
        found = await until(
            lambda: asyncio.sleep(0, self.to(to, about)),
            lambda found: len(found) >= number,
        )
        latest: EmailMessage = found[-1]
        return latest


@asynccontextmanager
async def open_post_office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(office), "127.0.0.1", 0)
    office.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield office
    server.close()
    await server.wait_closed()
