"""Push messages: who wants them, the queue in the store, and what became of each."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

import msgspec
import structlog

from videocall.clock import Clock
from videocall.keys import Keys
from videocall.meetings.members import Members
from videocall.meetings.model import Person
from videocall.problems import InvalidBody, Problem
from videocall.push import rules
from videocall.push.model import Message, QueuedPush, SubscribedView, Subscriber, Subscription
from videocall.push.repository import PushRepository, Whose
from videocall.push.sending import NotPushed, PushServices
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.words import Words

log = structlog.get_logger()
_SEAL = "push messages"
_MOST_AT_ONCE = 50

Write = Callable[[Words], Message]
"""Writes a message in the words of who reads it."""


class Push:
    """Knows which browsers want messages, queues messages for them, and hands over what is due."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        keys: Keys,
        repository: PushRepository,
        members: Members,
        services: PushServices,
        rates: Rates,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._repository = repository
        self._members = members
        self._services = services
        self._rates = rates
        self.wake = asyncio.Event()

    # --- who wants them ---

    async def subscribe(
        self,
        subscription: Subscription,
        address: str,
        language: str,
        *,
        user: str = "",
        person: str = "",
        generation: int = 0,
    ) -> None:
        """Keep a browser of an account or of a guest; raises `TooManyRequests`, and `InvalidBody` for no endpoint."""
        await self._rates.hit(self._settings.push_rate, "push", address)
        errors = {
            "endpoint": rules.endpoint_error(subscription.endpoint),
            "keys": rules.keys_error(subscription),
        }
        found = {field: error for field, error in errors.items() if error}
        if found:
            raise InvalidBody(errors=found)
        subscriber = Subscriber(
            id=self._id(subscription.endpoint),
            sealed=self._keys.seal(_SEAL, msgspec.json.encode(subscription).decode()),
            created_at=self._clock.now(),
            user=user,
            person="" if user else person,
            language=language,
            generation=generation,
        )
        await self._repository.keep(subscriber)
        theirs = await self._repository.of("user" if user else "person", user or person)
        for one in theirs[: max(0, len(theirs) - rules.MOST_BROWSERS)]:
            await self._repository.forget(one.id)

    async def unsubscribe(self, endpoint: str, address: str) -> None:
        """Forget a browser, if it is known; raises `TooManyRequests`."""
        await self._rates.hit(self._settings.push_rate, "push", address)
        await self._repository.forget(self._id(endpoint))

    async def browsers(self, whose: Whose, id_: str) -> list[SubscribedView]:
        """The browsers of an account or of a guest, for themselves."""
        return [_view(self._opened(one).endpoint, one.created_at) for one in await self._repository.of(whose, id_)]

    async def browsers_of_user(self, user_id: str) -> list[SubscribedView]:
        """The browsers of an account."""
        return await self.browsers("user", user_id)

    async def let_go(self, user_id: str, email: str, name: str, *, hard: bool) -> None:  # noqa: ARG002
        """An account goes, and its browsers with it."""
        await self._repository.forget_user(user_id)

    async def forget_guest(self, person: Person) -> None:
        """A guest was erased, and their browsers with them."""
        await self._repository.forget_person(person.id)

    def _id(self, endpoint: str) -> str:
        return self._keys.fingerprint("push endpoints", endpoint)[:40]

    def _opened(self, subscriber: Subscriber) -> Subscription:
        return msgspec.json.decode(self._keys.unseal(_SEAL, subscriber.sealed), type=Subscription)

    # --- the queue ---

    async def to_user(self, user_id: str, write: Write, expires_at: datetime, *, once: str = "") -> int:
        """Queue a message for every browser of an account, in its language; how many there are."""
        browsers = await self._repository.of("user", user_id)
        contact = await self._members.contact(user_id) if browsers else None
        return await self._put(browsers, write, expires_at, once, contact.language if contact else None)

    async def to_person(self, person_id: str, write: Write, expires_at: datetime, *, once: str = "") -> int:
        """Queue a message for every browser of a guest who hosts, in that of its pages; how many there are."""
        return await self._put(await self._repository.of("person", person_id), write, expires_at, once)

    async def _put(
        self, browsers: list[Subscriber], write: Write, expires_at: datetime, once: str, language: str | None = None
    ) -> int:
        now = self._clock.now()
        for browser in browsers:
            message = write(Words(language or browser.language))
            number = self._keys.fingerprint("push once", f"{browser.id} {once}") if once else secrets.token_hex(20)
            await self._repository.add(
                QueuedPush(
                    id=number[:40],
                    subscriber=browser.id,
                    sealed=self._keys.seal(_SEAL, msgspec.json.encode(message).decode()),
                    created_at=now,
                    due_at=now,
                    expires_at=expires_at,
                )
            )
        if browsers:
            self.wake.set()
        return len(browsers)

    async def send_due(self) -> int:
        """Try what is due; how many messages there were."""
        due = await self._repository.due(self._clock.now(), _MOST_AT_ONCE)
        claims = [claim for push in due if (claim := await self._repository.claim(push, self._clock.now()))]
        await asyncio.gather(*(self._try(push) for push in claims))
        return len(claims)

    async def _try(self, push: QueuedPush) -> None:
        now = self._clock.now()
        subscriber = await self._repository.subscriber(push.subscriber)
        if subscriber is None or now >= push.expires_at:
            await self._repository.finish(push, now)
            return
        if not await self._still_signed_in(subscriber):
            await self._repository.forget(subscriber.id)
            await self._repository.finish(push, now)
            return
        content = self._keys.unseal(_SEAL, push.sealed).encode()
        message = msgspec.json.decode(content, type=Message)
        topic = rules.packed(bytes.fromhex(self._keys.fingerprint("push topics", message.tag)))[:32]
        try:
            await self._services.deliver(self._opened(subscriber), content, topic=topic, lasts=push.expires_at - now)
        except NotPushed as trouble:
            log.info("push_failed", reason=str(trouble), attempts=push.attempts, gone=trouble.gone)
            gone = await self._is_gone(subscriber, trouble)
            if gone:
                await self._repository.forget(subscriber.id)
            later = self._clock.now() + rules.delay(push.attempts, trouble.after)
            if gone or trouble.permanent or push.attempts >= rules.MOST_ATTEMPTS or later >= push.expires_at:
                await self._repository.finish(push, self._clock.now())
            else:
                await self._repository.put_off(push, later)
        else:
            if subscriber.timeouts:
                await self._repository.answered(subscriber.id)
            await self._repository.finish(push, self._clock.now())

    async def _is_gone(self, subscriber: Subscriber, trouble: NotPushed) -> bool:
        if trouble.timeout:
            return await self._repository.count_timeout(subscriber.id) >= rules.MOST_TIMEOUTS
        if subscriber.timeouts:
            await self._repository.answered(subscriber.id)
        return trouble.gone

    async def _still_signed_in(self, subscriber: Subscriber) -> bool:
        """A new password, or signing out everywhere, ends the messages on every device too."""
        if not subscriber.user:
            return True
        try:
            return await self._members.generation(subscriber.user) == subscriber.generation
        except Problem:
            return False

    async def tidy(self) -> None:
        """Forget what nobody needs any more."""
        now = self._clock.now()
        await self._repository.delete_done(now - rules.KEEP_DONE)
        await self._repository.forget_guests(now - rules.KEEP_UNUSED)

    async def counts(self) -> tuple[int, int]:
        """How many browsers are subscribed, and how many messages wait."""
        return await self._repository.count(), await self._repository.waiting()

    async def may_ring(self, code: str) -> bool:
        """Whether one more message about the lobby of a meeting may go out; counts it."""
        try:
            await self._rates.hit(rules.LOBBY_RATE, "lobby push", code)
        except Problem:
            return False
        return True


def _view(endpoint: str, created_at: datetime) -> SubscribedView:
    digest = rules.packed(hashlib.sha256(endpoint.encode()).digest())
    return SubscribedView(service=urlsplit(endpoint).hostname or "", digest=digest, created_at=created_at)
