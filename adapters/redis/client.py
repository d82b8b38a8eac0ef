"""The way to Redis: short deadlines, no retries, failures in our own terms."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from core.errors import StoreUnavailable

T = TypeVar("T")

DEADLINE = 0.1  # seconds, for whatever is asked of Redis
CONNECTIONS = 16


def connect(url: str, deadline: float = DEADLINE) -> Redis:
    """A client of the server at ``url``; it connects when it is first used.

    The library's own defaults wait four seconds for a dead server, and repeat scripts that may
    have run.
    """
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=deadline,
        socket_timeout=deadline,
        socket_connect_timeout=deadline,
        retry=Retry(NoBackoff(), 0),
    )
    return Redis.from_pool(pool)


async def answer(call: Awaitable[T]) -> T:
    """What Redis answers.

    Raises:
        StoreUnavailable: It cannot be reached, is too slow, is full or takes no writes.
    """
    try:
        return await call
    except (RedisError, OSError, TimeoutError) as error:
        raise StoreUnavailable(f"Redis: {type(error).__name__}.") from error
