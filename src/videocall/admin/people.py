"""Accounts as administrators see them, and what they do to them; every act is written down."""

from videocall.accounts.deletion import Deletions
from videocall.accounts.letters import Letters
from videocall.accounts.model import User
from videocall.accounts.repository import AccountRepository
from videocall.accounts.service import Accounts
from videocall.admin.decisions import request_view
from videocall.admin.service import Admins, SignedInAdmin
from videocall.admin.views import Erasure, UserLine, UserState, UserView
from videocall.clock import Clock
from videocall.lists import Wish
from videocall.meetings.history import History, Reader, Wanted
from videocall.problems import NotAllowed, NotFound

_LATEST = 10


class Users:
    """Looks accounts up, switches them off and on, and ends their sessions."""

    def __init__(
        self,
        *,
        clock: Clock,
        admins: Admins,
        accounts: Accounts,
        repository: AccountRepository,
        letters: Letters,
        deletions: Deletions,
        history: History,
    ) -> None:
        self._clock = clock
        self._admins = admins
        self._accounts = accounts
        self._repository = repository
        self._letters = letters
        self._deletions = deletions
        self._history = history

    async def list(self, wish: Wish, state: UserState | None = None) -> tuple[list[UserLine], str | None]:
        """One page of accounts, and the cursor of the next."""
        users, cursor = await self._repository.listed(wish, state)
        return [_line(user) for user in users], cursor

    async def view(self, user_id: str) -> UserView:
        """One account with its latest meetings; raises `NotFound`."""
        user = await self._find(user_id)
        sessions = await self._repository.sessions(user.id)
        request = await self._repository.deletion_of(user.id)
        now = self._clock.now()
        reader = Reader(user.id, user.own_address)
        live = await self._history.page(reader, "live", Wanted(), None, _LATEST)
        past = await self._history.page(reader, "history", Wanted(), None, _LATEST)
        line = _line(user)
        return UserView(
            **{name: getattr(line, name) for name in UserLine.__struct_fields__},
            disabled_at=user.disabled_at,
            picture=self._accounts.view(user).picture,
            time_zone=user.time_zone,
            language=user.language,
            sessions=sum(one.expires_at > now and one.generation == user.generation for one in sessions),
            deletion=request_view(request, now) if request else None,
            meetings=[*live.items, *past.items],
        )

    async def disable(self, who: SignedInAdmin, user_id: str, notes: str) -> UserView:
        """Switch an account off: nobody signs in to it, and whoever is signed in no longer is."""
        user = await self._find(user_id)
        if await self._repository.change_if(user.id, {"disabled_at": None}, disabled_at=self._clock.now()) is None:
            raise NotAllowed("This account is switched off already.")
        await self._repository.end_tokens(user.id)
        await self._admins.did(
            who, "user_disabled", user.id, notes, before={"disabled": False}, after={"disabled": True}
        )
        return await self.view(user.id)

    async def enable(self, who: SignedInAdmin, user_id: str, notes: str) -> UserView:
        """Switch an account on again."""
        user = await self._find(user_id)
        off = {"disabled_at": user.disabled_at}
        if user.disabled_at is None or await self._repository.change_if(user.id, off, disabled_at=None) is None:
            raise NotAllowed("This account is not switched off.")
        await self._admins.did(
            who, "user_enabled", user.id, notes, before={"disabled": True}, after={"disabled": False}
        )
        return await self.view(user.id)

    async def sign_out(self, who: SignedInAdmin, user_id: str, notes: str) -> UserView:
        """End every session of an account, and every meeting token of it."""
        user = await self._find(user_id)
        await self._repository.end_tokens(user.id)
        await self._admins.did(who, "user_signed_out", user.id, notes)
        return await self.view(user.id)

    async def verify_again(self, who: SignedInAdmin, user_id: str) -> UserView:
        """Mail the link once more by which an address is confirmed."""
        user = await self._find(user_id)
        if user.email_verified_at is not None:
            raise NotAllowed("This address is confirmed already.")
        await self._letters.verify(user)
        await self._admins.did(who, "verification_sent", user.id)
        return await self.view(user.id)

    async def start_erasure(self, who: SignedInAdmin, user_id: str, wish: Erasure) -> UserView:
        """Put a request into the queue, in the name of the administrator; raises `NotAllowed` when there is one."""
        user = await self._find(user_id)
        request = await self._deletions.begin(user, wish.notes, hard=wish.hard)
        await self._admins.did(who, "deletion_started", request.id, wish.notes, after={"hard": wish.hard})
        return await self.view(user.id)

    async def _find(self, user_id: str) -> User:
        user = await self._repository.user(user_id)
        if user is None:
            raise NotFound
        return user


def _line(user: User) -> UserLine:
    return UserLine(
        id=user.id,
        email=user.email,
        first_name=user.first_name,
        last_name=user.last_name,
        created_at=user.created_at,
        verified=user.email_verified_at is not None,
        disabled=user.disabled_at is not None,
        second_factor=bool(user.totp_sealed),
        restricted=user.restricted,
    )
