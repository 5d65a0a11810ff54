"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping
from email.utils import parseaddr

from msgspec import Struct

from videocall.accounts.wiring import AccountParts
from videocall.clock import Clock
from videocall.keys import Keys
from videocall.leases import Lease
from videocall.meetings.repository import MeetingRepository
from videocall.push.occasions import Occasions
from videocall.push.repository import PushRepository
from videocall.push.sending import PushKeys, PushServices
from videocall.push.service import Push
from videocall.queue_loop import QueueLoop
from videocall.rates import Rates
from videocall.settings import Settings
from videocall.store.base import Store


class PushParts(Struct):
    """What the rest of the application uses of this domain."""

    push: Push
    occasions: Occasions
    loop: QueueLoop
    repository: PushRepository
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""


def push_parts(
    *,
    settings: Settings,
    clock: Clock,
    keys: Keys,
    store: Store,
    meetings: MeetingRepository,
    people: AccountParts,
    rates: Rates,
) -> PushParts:
    """The whole domain over a store."""
    repository = PushRepository(store)
    push_keys = PushKeys(keys)
    services = PushServices(
        keys=push_keys,
        contact=contact_of(settings),
        clock=clock,
        private_addresses=settings.push_private_addresses,
    )
    push = Push(
        settings=settings,
        clock=clock,
        keys=keys,
        repository=repository,
        members=people.accounts,
        services=services,
        rates=rates,
    )
    people.deletions.let_go.append(push.let_go)
    people.exports.push_browsers = push.browsers_of_user
    return PushParts(
        push=push,
        occasions=Occasions(clock=clock, repository=meetings, push=push),
        loop=QueueLoop(push, Lease(store, "push"), settings.mail_poll_seconds),
        repository=repository,
        dependencies={"push": push, "push_keys": push_keys},
    )


def contact_of(settings: Settings) -> str:
    """Whom a push service may ask about us (RFC 8292, section 2.1): the site, or the sender of its mail."""
    return (
        settings.public_url
        if settings.public_url.startswith("https:")
        else f"mailto:{parseaddr(settings.mail_from)[1]}"
    )
