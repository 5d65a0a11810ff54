"""Puts the parts of this domain together, for `videocall.app`."""

from collections.abc import Mapping

from msgspec import Struct

from videocall.clock import Clock
from videocall.leases import Lease
from videocall.pool.fetching import Fetcher
from videocall.pool.keeping import Keeping
from videocall.pool.probe import Prober
from videocall.pool.repository import PoolRepository
from videocall.pool.service import Loads, Pool
from videocall.pool.watch import Watch
from videocall.settings import Settings
from videocall.store.base import Store


class PoolParts(Struct):
    """What the rest of the application uses of the pool."""

    pool: Pool
    keeping: Keeping
    watch: Watch
    repository: PoolRepository
    dependencies: Mapping[str, object]
    """What routes ask for, by name."""


def pool_parts(*, settings: Settings, clock: Clock, store: Store, loads: Loads) -> PoolParts:
    """The whole domain over a store."""
    repository = PoolRepository(store)
    fetcher = Fetcher(private_addresses=settings.pool_private_addresses, ca_file=settings.pool_ca)
    prober = Prober(fetcher, settings.public_url)
    pool = Pool(settings=settings, clock=clock, repository=repository, loads=loads, prober=prober)
    keeping = Keeping(clock=clock, repository=repository, pool=pool, prober=prober)
    watch = Watch(settings=settings, clock=clock, repository=repository, pool=pool, lease=Lease(store, "pool"))
    return PoolParts(
        pool=pool, keeping=keeping, watch=watch, repository=repository, dependencies={"pool": pool, "keeping": keeping}
    )
