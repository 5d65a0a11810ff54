"""Connections to Redis (or Valkey). Imported only by who runs several processes: for the others Redis costs nothing."""

from redis.asyncio import BlockingConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

PATIENCE_SECONDS = 2.0
"""How long one waits to connect, and for an answer."""
QUEUE_SECONDS = 10.0
"""How long one waits for a free connection: a burst is no outage."""
MOST_CONNECTIONS = 16


def connections(url: str) -> BlockingConnectionPool:
    """A pool; a command that meets a connection which Redis has closed meanwhile is sent again, once."""
    return BlockingConnectionPool.from_url(
        url,
        max_connections=MOST_CONNECTIONS,
        timeout=QUEUE_SECONDS,
        socket_timeout=PATIENCE_SECONDS,
        socket_connect_timeout=PATIENCE_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )
