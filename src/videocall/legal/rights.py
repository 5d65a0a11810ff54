"""Rights over one's data in one place: what stands where, objections and their answers (policy section 12)."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from videocall.accounts.deletion import Deletions
from videocall.accounts.model import User
from videocall.accounts.repository import AccountRepository
from videocall.clock import Clock
from videocall.legal.rights_model import (
    AdminRightsView,
    MyRights,
    RightsAnswer,
    RightsRequest,
    RightsState,
    RightsView,
    RightsWish,
)
from videocall.lists import Table, Wish, equal, read_page, words
from videocall.mail.service import Mailer
from videocall.meetings.model import Person
from videocall.problems import InvalidBody, NotAllowed, NotFound
from videocall.rates import Rates
from videocall.store.base import Index, Store, as_document
from videocall.texts import lines

REQUESTS = "rights_requests"
REQUESTS_TABLE = Table(REQUESTS, {"created_at": datetime})
ANSWER_WITHIN = timedelta(days=30)
RATE = "10/day"
RATE_OF_ADDRESS = "50/day"
"""Somebody can be as many guests as they like."""
MOST = 500


class RightsRepository:
    """Every query about such wishes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def prepare(self) -> None:
        """Make the collection and its indexes."""
        indexes = [Index(keys=(field,)) for field in ("user", "person", "meeting")]
        tables = [*REQUESTS_TABLE.indexes(), *REQUESTS_TABLE.indexes("state")]
        await self._store.ensure(REQUESTS, [*indexes, *tables])

    async def add(self, request: RightsRequest) -> None:
        """Keep a new wish."""
        await self._store.insert(REQUESTS, as_document(request))

    async def where(self, **fields: str) -> list[RightsRequest]:
        """Wishes of somebody, the oldest first."""
        found = await self._store.find(REQUESTS, fields, sort=[("created_at", 1)], limit=MOST)
        return [msgspec.convert(document, RightsRequest) for document in found]

    async def listed(self, wish: Wish, state: RightsState | None) -> tuple[list[RightsRequest], str | None]:
        """One page of them, or of those in a state, and the cursor of the next."""
        keep = words(wish.q, "text", "answer", "user")
        found, cursor = await read_page(self._store, REQUESTS_TABLE, wish, equal(state=state), keep)
        return [msgspec.convert(document, RightsRequest) for document in found], cursor

    async def answer(self, request_id: str, **fields: Any) -> RightsRequest | None:
        """Answer a wish that is open, once; None when there is none."""
        changed = await self._store.update(REQUESTS, {"_id": request_id, "state": "open"}, {"$set": fields})
        return None if changed is None else msgspec.convert(changed, RightsRequest)

    async def one(self, request_id: str) -> RightsRequest | None:
        """The wish with an id."""
        found = await self._store.find(REQUESTS, {"_id": request_id}, limit=1)
        return msgspec.convert(found[0], RightsRequest) if found else None

    async def forget(self, **fields: str) -> None:
        """Erase the wishes of somebody."""
        await self._store.delete(REQUESTS, fields)

    async def forget_meetings(self, codes: Sequence[str]) -> None:
        """Erase what guests of meetings asked, those of single dates too."""
        for code in codes:
            await self._store.delete(REQUESTS, {"meeting": code})
            await self._store.delete(REQUESTS, {"meeting": {"$gt": f"{code}@", "$lt": f"{code}A"}})


class Rights:
    """What people with an account and guests ask, and what administrators answer."""

    def __init__(
        self,
        *,
        clock: Clock,
        repository: RightsRepository,
        users: AccountRepository,
        deletions: Deletions,
        mailer: Mailer,
        rates: Rates,
        site: str,
    ) -> None:
        self._clock = clock
        self._repository = repository
        self._users = users
        self._deletions = deletions
        self._mailer = mailer
        self._rates = rates
        self._site = site

    # --- people with an account ---

    async def of(self, user: User) -> MyRights:
        """Where everything stands."""
        try:
            deletion = await self._deletions.of(user)
        except NotFound:
            deletion = None
        return MyRights(restricted=user.restricted, deletion=deletion, requests=await self.asked_by(user.id))

    async def asked_by(self, user_id: str) -> list[RightsView]:
        """The wishes of an account with their answers, the oldest first."""
        return [_view(one) for one in await self._repository.where(user=user_id)]

    async def ask(self, user: User, wish: RightsWish, address: str) -> RightsView:
        """Take a wish; raises `InvalidBody`, `TooManyRequests`."""
        return await self._take(wish, address, user.id, user=user.id)

    async def let_go(self, user_id: str, email: str, name: str, *, hard: bool) -> None:  # noqa: ARG002 -- see `LetGo`
        """The account goes, and its wishes with it."""
        await self._repository.forget(user=user_id)

    # --- guests ---

    async def of_guest(self, person: Person) -> list[RightsView]:
        """Their wishes in this meeting; raises `NotAllowed` for a record that belongs to an account."""
        _check(person)
        return [_view(one) for one in await self._repository.where(person=person.id)]

    async def ask_as_guest(self, person: Person, wish: RightsWish, address: str) -> RightsView:
        """Take a wish; raises `InvalidBody`, `NotAllowed`, `TooManyRequests`."""
        _check(person)
        return await self._take(wish, address, person.id, person=person.id, meeting=person.meeting)

    async def forget_guest(self, person: Person) -> None:
        """A guest was erased, and their wishes with them."""
        await self._repository.forget(person=person.id)

    async def _take(
        self, wish: RightsWish, address: str, who: str, *, user: str = "", person: str = "", meeting: str = ""
    ) -> RightsView:
        text = lines(wish.text)
        if not text:
            raise InvalidBody(errors={"text": "Please say what it is about."})
        await self._rates.hit(RATE, "rights", who)
        await self._rates.hit(RATE_OF_ADDRESS, "rights address", address)
        request = RightsRequest(
            id=secrets.token_urlsafe(12),
            kind=wish.kind,
            text=text,
            created_at=self._clock.now(),
            user=user,
            person=person,
            meeting=meeting,
        )
        await self._repository.add(request)
        return _view(request)

    # --- administrators ---

    async def listed(self, wish: Wish, state: RightsState | None) -> tuple[list[AdminRightsView], str | None]:
        """One page of the wishes, and the cursor of the next."""
        found, cursor = await self._repository.listed(wish, state)
        return [self._admin_view(one) for one in found], cursor

    async def answer(self, request_id: str, wish: RightsAnswer) -> AdminRightsView:
        """Answer a wish, once; who has an account is mailed. Raises `NotFound`, `NotAllowed`, `InvalidBody`."""
        text = lines(wish.answer)
        if not text:
            raise InvalidBody(errors={"answer": "Please say something."})
        state: RightsState = "accepted" if wish.accepted else "refused"
        now = self._clock.now()
        answered = await self._repository.answer(request_id, state=state, answer=text, answered_at=now)
        if answered is None:
            if await self._repository.one(request_id) is None:
                raise NotFound
            raise NotAllowed("This was answered already.")
        user = await self._users.user(answered.user) if answered.user else None
        if user is not None:
            link = f"{self._site}/privacy-rights"
            await self._mailer.put(
                "rights-answer",
                user.email,
                language=user.language,
                once=answered.id,
                name=user.first_name,
                link=link,
            )
        return self._admin_view(answered)

    def _admin_view(self, request: RightsRequest) -> AdminRightsView:
        view = _view(request)
        overdue = request.state == "open" and view.due_at < self._clock.now()
        return AdminRightsView(**msgspec.structs.asdict(view), user=request.user, overdue=overdue)


def _check(person: Person) -> None:
    if person.user:
        raise NotAllowed("This record belongs to your account: see your privacy page.")


def _view(request: RightsRequest) -> RightsView:
    return RightsView(
        id=request.id,
        kind=request.kind,
        text=request.text,
        state=request.state,
        created_at=request.created_at,
        due_at=request.created_at + ANSWER_WITHIN,
        answer=request.answer,
        answered_at=request.answered_at,
    )
