"""Deleting an account: asked for without signing in, confirmed by mail, reviewed, carried out two weeks later.

Policy sections 3.5, 10 and 12. Every step of the erasure can be done twice without harm: a process that dies half way
leaves a request that is due, and whoever comes next begins anew.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Protocol

from videocall.accounts import rules
from videocall.accounts.by_mail import ByMail
from videocall.accounts.credentials import CredentialRepository
from videocall.accounts.letters import Letters
from videocall.accounts.model import DeletionRequest, DeletionStatus, DeletionView, DeletionWish, User
from videocall.accounts.pictures import Pictures
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import refuse
from videocall.clock import Clock
from videocall.lists import Wish
from videocall.mail.service import Mailer
from videocall.meetings.repository import MeetingRepository
from videocall.problems import LinkExpired, NotAllowed, NotFound
from videocall.store.base import DuplicateKey
from videocall.words import DELETED_USER

_SENT_BEFORE = 50
"""How much mail that is due is handed over before an account is erased at once, that person's among it."""
_AT_ONCE = timedelta(minutes=5)
"""Who approves at once erases too; only if that process died the loop does it, after so long."""
_ASKED_ALREADY = "There is a request to delete this account already."
WITHDRAWN = "Taken back by the person."


class LetGo(Protocol):
    """Lets go of what hangs on an account: its id, address and name."""

    async def __call__(self, user_id: str, email: str, name: str, *, hard: bool) -> None:
        """Twice does no harm."""


class Deletions:
    """Requests to be deleted, and what becomes of them."""

    def __init__(
        self,
        *,
        clock: Clock,
        repository: AccountRepository,
        credentials: CredentialRepository,
        meetings: MeetingRepository,
        pictures: Pictures,
        letters: Letters,
        mailer: Mailer,
        by_mail: ByMail,
    ) -> None:
        self._clock = clock
        self._repository = repository
        self._credentials = credentials
        self._meetings = meetings
        self._pictures = pictures
        self._letters = letters
        self._mailer = mailer
        self._by_mail = by_mail
        self.let_go: list[LetGo] = []
        """What other domains do when an account goes; `videocall.app` adds it, since they know accounts already."""

    # --- the person ---

    async def ask(self, wish: DeletionWish, address: str) -> None:
        """Take a request; the answer does not tell whether there is such an account. Raises `InvalidBody`."""
        refuse(
            {
                "email": rules.email_error(wish.email),
                "first_name": rules.name_error(wish.first_name, "first name"),
                "last_name": rules.name_error(wish.last_name, "last name"),
                "reason": "There is a character in it that cannot be kept." if "\0" in wish.reason else None,
            }
        )
        email = rules.clean_email(wish.email)
        await self._by_mail.count(address, email)
        self._by_mail.later(self._take(wish, email))

    async def _take(self, wish: DeletionWish, email: str) -> None:
        user = await self._repository.by_email(email)
        if user is None or not await self._by_mail.within_bounds(email):
            return
        request = DeletionRequest(
            id=secrets.token_urlsafe(12),
            email=email,
            first_name=rules.clean_name(wish.first_name),
            last_name=rules.clean_name(wish.last_name),
            reason=wish.reason.strip(),
            hard=wish.hard,
            user=user.id,
            language=user.language,
            status="unverified",
            created_at=self._clock.now(),
        )
        await self._repository.add_deletion(request)
        await self._letters.confirm_deletion(request)

    async def verify(self, token: str) -> DeletionView:
        """Confirm a request by its mailed link: now an administrator looks at it. Raises `LinkExpired`."""
        link = await self._letters.peek(token, "deletion")
        request = await self._repository.deletion(link.about)
        if request is None:
            raise LinkExpired
        await self._letters.use(link)
        return _view(await self._go_on(request, "waiting", verified_at=self._clock.now()))

    async def keep(self, token: str) -> DeletionView:
        """Change one's mind by the link in the letter that told the day; raises `LinkExpired`."""
        link = await self._letters.peek(token, "keep")
        request = await self._repository.deletion(link.about)
        if request is None:
            raise LinkExpired
        await self._letters.use(link)
        return _view(await self._withdraw(request))

    async def of(self, user: User) -> DeletionView:
        """Where the wish of somebody who is signed in stands; raises `NotFound`."""
        request = await self._repository.deletion_of(user.id)
        if request is None:
            raise NotFound
        return _view(request)

    async def take_back(self, user: User) -> DeletionView:
        """Change one's mind while signed in; raises `NotFound`."""
        request = await self._repository.deletion_of(user.id)
        if request is None or request.status not in {"waiting", "approved"}:
            raise NotFound
        return _view(await self._withdraw(request))

    async def _withdraw(self, request: DeletionRequest) -> DeletionRequest:
        await self._repository.end_links(request.id, "keep")
        now = self._clock.now()
        return await self._go_on(request, "rejected", reviewed_at=now, due_at=None, notes=WITHDRAWN)

    # --- the administrator ---

    async def listed(
        self, wish: Wish, status: DeletionStatus | None = None
    ) -> tuple[list[DeletionRequest], str | None]:
        """One page of requests, and the cursor of the next."""
        return await self._repository.listed_deletions(wish, status)

    async def begin(self, user: User, reason: str, *, hard: bool) -> DeletionRequest:
        """A request that an administrator makes for a person; raises `NotAllowed` when one is under way."""
        latest = await self._repository.deletion_of(user.id)
        if latest is not None and latest.status in {"waiting", "approved"}:
            raise NotAllowed(_ASKED_ALREADY)
        now = self._clock.now()
        # Named after the request before it, so that of two administrators who begin at once one does.
        before = f"{user.id} {latest.id if latest else ''}"
        request = DeletionRequest(
            id=hashlib.sha256(before.encode()).hexdigest()[:16],
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            reason=reason,
            hard=hard,
            user=user.id,
            language=user.language,
            status="waiting",
            created_at=now,
            verified_at=now,
        )
        try:
            await self._repository.add_deletion(request)
        except DuplicateKey:
            raise NotAllowed(_ASKED_ALREADY) from None
        return request

    async def vouch(self, request_id: str) -> DeletionRequest:
        """Take a request for the person's without the mailed link; raises `NotFound`, or `NotAllowed`."""
        request = await self.find(request_id)
        changed = await self._go_on(request, "waiting", verified_at=self._clock.now())
        await self._repository.end_links(request.id, "deletion")
        return changed

    async def approve(
        self, request_id: str, notes: str = "", *, hard: bool | None = None, at_once: bool = False
    ) -> DeletionRequest:
        """Let the account be deleted in two weeks, or now; `hard` overrules what the person chose.

        Raises `NotFound`, or `NotAllowed` in another state.
        """
        now = self._clock.now()
        due_at = now + (_AT_ONCE if at_once else rules.CHANGE_ONES_MIND)
        request = await self.find(request_id)
        fields = {"reviewed_at": now, "due_at": due_at, "notes": notes, "hard": request.hard if hard is None else hard}
        changed = await self._go_on(request, "approved", **fields)
        if not at_once:
            await self._letters.deletion_approved(changed, due_at)
            return changed
        # Mailed before the address is forgotten, for which the queue would not wait.
        await self._letters.deletion_done(changed)
        await self._mailer.send_due(_SENT_BEFORE)
        return await self._carry_out(changed, mailed=True) or await self.find(request_id)

    async def reject(self, request_id: str, notes: str = "") -> DeletionRequest:
        """Let the account stay; raises `NotFound`, or `NotAllowed` in another state."""
        request = await self.find(request_id)
        changed = await self._go_on(request, "rejected", reviewed_at=self._clock.now(), due_at=None, notes=notes)
        await self._letters.deletion_rejected(changed, notes)
        return changed

    async def find(self, request_id: str) -> DeletionRequest:
        """One request; raises `NotFound`."""
        request = await self._repository.deletion(request_id)
        if request is None:
            raise NotFound
        return request

    async def _go_on(self, request: DeletionRequest, status: DeletionStatus, **fields: object) -> DeletionRequest:
        changed = None
        if rules.may_become(request.status, status):
            changed = await self._repository.change_deletion(request, status=status, **fields)
        if changed is None:
            raise NotAllowed("This request is no longer in a state for that.")
        return changed

    # --- what is carried out ---

    async def carry_out(self) -> int:
        """Delete the accounts whose two weeks are over; how many there were."""
        now = self._clock.now()
        due = [
            request
            for request in await self._repository.deletions("approved", 1000)
            if request.due_at is not None and request.due_at <= now
        ]
        for request in due:
            await self._carry_out(request)
        return len(due)

    async def _carry_out(self, request: DeletionRequest, *, mailed: bool = False) -> DeletionRequest | None:
        """Erase what a request is about; the request as it is then, for the one caller that did it."""
        user = await self._repository.user(request.user)
        if user is not None:
            await self.erase(user, hard=request.hard)
        done = await self._repository.change_deletion(request, status="done", done_at=self._clock.now())
        await self._repository.end_links(request.id, "keep")
        # A letter would bring the address back into the queue, or into a file, after everything else has gone.
        if done is not None and not request.hard and not mailed:
            await self._letters.deletion_done(done)
        return done

    async def erase(self, user: User, *, hard: bool) -> None:
        """Remove an account, and what hangs on it; `hard` also the picture's file and the name in meeting records."""
        if hard:
            await self._meetings.erase_names(user.id, user.email, user.name, DELETED_USER)
            self._pictures.erase(user.picture)
        for let_go in self.let_go:
            await let_go(user.id, user.email, user.name, hard=hard)
        await self._meetings.cut_loose(user.id)
        await self._mailer.forget(user.email)
        if user.new_email:
            await self._mailer.forget(user.new_email)
        await self._credentials.forget(user.id)
        await self._repository.delete(user.id)

    async def tidy(self) -> None:
        """Remove sessions and links that lapsed, and requests that nobody confirmed."""
        now = self._clock.now()
        await self._repository.tidy(now, now - rules.KEEP_UNVERIFIED)


def _view(request: DeletionRequest) -> DeletionView:
    return DeletionView(status=request.status, hard=request.hard, created_at=request.created_at, due_at=request.due_at)
