"""What administrators decide about requests to delete an account; the person is mailed, and it is written down."""

from datetime import datetime, timedelta

import msgspec

from videocall.accounts.deletion import Deletions
from videocall.accounts.model import DeletionRequest, DeletionStatus
from videocall.admin.model import Approval, DeletionRequestView, Rejection, State
from videocall.admin.service import Admins, SignedInAdmin
from videocall.clock import Clock
from videocall.lists import Wish

ANSWER_WITHIN = timedelta(days=30)
"""How long a person may be kept waiting for an answer (policy section 12)."""
_SHARED = set(DeletionRequest.__struct_fields__) & set(DeletionRequestView.__struct_fields__)


class Decisions:
    """Shows requests to be deleted and decides about them."""

    def __init__(self, *, clock: Clock, admins: Admins, deletions: Deletions) -> None:
        self._clock = clock
        self._admins = admins
        self._deletions = deletions

    async def list(
        self, wish: Wish, status: DeletionStatus | None = None
    ) -> tuple[list[DeletionRequestView], str | None]:
        """One page of requests, and the cursor of the next."""
        requests, cursor = await self._deletions.listed(wish, status)
        return [self._view(request) for request in requests], cursor

    async def view(self, request_id: str) -> DeletionRequestView:
        """One request; raises `NotFound`."""
        return self._view(await self._deletions.find(request_id))

    async def verify(self, who: SignedInAdmin, request_id: str, notes: str) -> DeletionRequestView:
        """Vouch for a person who cannot open the mailed link; raises `NotFound`, or `NotAllowed` in another state."""
        request = await self._deletions.vouch(request_id)
        await self._decided(who, "deletion_verified", request, notes, before="unverified")
        return self._view(request)

    async def approve(self, who: SignedInAdmin, request_id: str, wish: Approval) -> DeletionRequestView:
        """Let the account be deleted, in two weeks or at once; raises `NotFound`, or `NotAllowed` in another state."""
        before = (await self._deletions.find(request_id)).status
        request = await self._deletions.approve(request_id, wish.notes, hard=wish.hard, at_once=wish.at_once)
        action = "account_erased" if wish.at_once else "deletion_approved"
        await self._decided(who, action, request, wish.notes, before=before)
        return self._view(request)

    async def reject(self, who: SignedInAdmin, request_id: str, wish: Rejection) -> DeletionRequestView:
        """Let the account stay; raises `NotFound`, or `NotAllowed` in another state."""
        before = (await self._deletions.find(request_id)).status
        request = await self._deletions.reject(request_id, wish.notes)
        await self._decided(who, "deletion_rejected", request, wish.notes, before=before)
        return self._view(request)

    async def _decided(
        self, who: SignedInAdmin, action: str, request: DeletionRequest, notes: str, *, before: DeletionStatus
    ) -> None:
        after: State = {"status": request.status, "hard": request.hard}
        await self._admins.did(who, action, request.id, notes, before={"status": before}, after=after)

    def _view(self, request: DeletionRequest) -> DeletionRequestView:
        return request_view(request, self._clock.now())


def request_view(request: DeletionRequest, now: datetime) -> DeletionRequestView:
    """A request as an administrator sees it at a moment."""
    open_until = request.created_at + ANSWER_WITHIN if request.status in {"unverified", "waiting"} else None
    return DeletionRequestView(
        **{name: value for name, value in msgspec.structs.asdict(request).items() if name in _SHARED},
        answer_by=open_until,
        late=open_until is not None and now > open_until,
    )
