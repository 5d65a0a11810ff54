"""The mail queue as administrators see it: what waits, what was given up; try again, or drop."""

from videocall.admin.service import Admins, SignedInAdmin
from videocall.admin.views import MailLine
from videocall.lists import Wish
from videocall.mail.model import QueuedMail
from videocall.mail.model import State as MailState
from videocall.mail.service import Mailer
from videocall.problems import NotFound


class MailQueue:
    """Shows the queue and decides about single mails."""

    def __init__(self, *, admins: Admins, mailer: Mailer) -> None:
        self._admins = admins
        self._mailer = mailer

    async def list(self, wish: Wish, state: MailState | None = None) -> tuple[list[MailLine], str | None]:
        """One page of the queue, and the cursor of the next."""
        mails, cursor = await self._mailer.listed(wish, state)
        return [_line(mail, receiver) for mail, receiver in mails], cursor

    async def retry(self, who: SignedInAdmin, mail_id: str) -> None:
        """Try a mail at once that waits or was given up; raises `NotFound`."""
        if not await self._mailer.try_now(mail_id):
            raise NotFound("This mail is not in the queue any more.")
        await self._admins.did(who, "mail_retried", mail_id)

    async def drop(self, who: SignedInAdmin, mail_id: str) -> None:
        """Take a mail out of the queue that was not sent; raises `NotFound`."""
        if not await self._mailer.drop(mail_id):
            raise NotFound("This mail is not in the queue any more.")
        await self._admins.did(who, "mail_dropped", mail_id)


def _line(mail: QueuedMail, receiver: str) -> MailLine:
    return MailLine(
        id=mail.id,
        letter=mail.letter,
        to=receiver,
        state=mail.state,
        attempts=mail.attempts,
        created_at=mail.created_at,
        due_at=mail.due_at,
        done_at=mail.done_at,
        error=mail.error,
    )
