"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.accounts.pictures import Pictures
from videocall.clock import Clock
from videocall.mobile.repository import MobileRepository
from videocall.mobile.service import MobileSettings
from videocall.settings import Settings
from videocall.store.base import Store


class MobileParts(Struct):
    """What the rest of the application uses of the phone app's settings."""

    repository: MobileRepository
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""


def mobile_parts(*, settings: Settings, clock: Clock, store: Store, pictures: Pictures) -> MobileParts:
    """The whole domain over a store."""
    repository = MobileRepository(store)
    mobile = MobileSettings(clock=clock, repository=repository, pictures=pictures, site=settings.public_url)
    return MobileParts(repository=repository, dependencies={"mobile": mobile})
