"""Processes on one PostgreSQL: each holds a lock while it lives, and tells the others of work.

A session of its own holds the lock; the server drops it with the session, the moment
the process is dead. The others see that and take over its threads. A process that hangs
keeps its lock, and its threads until their leases run out.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable, Sequence

import asyncpg
import structlog

from adapters.storage import lanes
from adapters.storage.database import Database, Tx
from adapters.storage.postgres import DRIVERS
from adapters.storage.postgres_errors import translated
from core.errors import StoreError

log = structlog.get_logger()

CHANNEL = "frontdesk_work"
LOOK_SECONDS = 0.2  # between looks at who lives
MISSED_MOST = 2  # looks without a peer's lock, then it is dead
GRACE_SECONDS = 3.0  # after our own session was lost: the others may have lost theirs as well
ANSWER_SECONDS = 3.0  # a session that is silent for longer is lost
UNLOCKED = "~"  # begins the name of a process that cannot hold a lock
PREPARE = """
SELECT set_config('tcp_keepalives_idle', '5', false),
       set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '3', false)
"""
LOCK = "SELECT pg_try_advisory_lock($1)"
# A lock's number is two halves in pg_locks; a name is the same number in hexadecimal.
LIVING = """
    SELECT lpad(to_hex((classid::int8 << 32) | objid::int8), 16, '0') FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LOOK = f"""
SELECT extract(epoch FROM clock_timestamp())::float8 AS now, ARRAY(
  SELECT DISTINCT owner FROM thread WHERE owner IS NOT NULL AND owner <> $1 AND lease_until > 0
  AND owner NOT LIKE '{UNLOCKED}%' AND owner NOT IN ({LIVING})
) AS missing
"""  # noqa: S608 - our own words


class PostgresPeers:
    """This process among those on a PostgreSQL.

    Args:
        pooled: Sessions are shared by a pooler, so that no lock can be held and nothing heard.
    """

    def __init__(self, url: str, database: Database, *, pooled: bool = False) -> None:
        self._url, self._database, self._pooled = url, database, pooled
        self._number = secrets.randbits(63)
        self.me = f"{UNLOCKED if pooled else ''}{self._number:016x}"
        self._ahead = time.time() - steady()  # of the server's clock over ours
        self._known_since = float("inf")
        self._judge_from = float("-inf")
        self._missed: dict[str, int] = {}
        self._nudged = asyncio.Event()
        self._woken: Callable[[], None] = _nobody
        self._living: asyncio.Task[None] | None = None

    def now(self) -> float:
        """The server's clock: nobody's own clock decides what is due."""
        return self._ahead + steady()

    def ticks(self) -> float:
        return self._ahead + steady()

    def known_since(self) -> float:
        return float("-inf") if self._pooled else self._known_since

    async def gone(self, tx: Tx) -> Sequence[str]:
        """Nobody yet: the looks find them."""
        return ()

    async def lives(self, tx: Tx, peer: str) -> bool:
        if peer.startswith(UNLOCKED):
            return True
        found = await tx.one(f"SELECT 1 WHERE :peer IN ({LIVING})", peer=peer)
        return found is not None

    def nudge(self) -> None:
        self._nudged.set()

    async def join(self, woken: Callable[[], None]) -> None:
        """Be known to the others from now on.

        Args:
            woken: Called when another process says that there is work.
        """
        self._woken = woken
        joined = asyncio.Event()
        self._living = asyncio.create_task(self._live(joined))
        await joined.wait()

    async def leave(self) -> None:
        """Be gone; what is still leased is free for the others."""
        if self._living is not None:
            self._living.cancel()
            await asyncio.gather(self._living, return_exceptions=True)

    async def _live(self, joined: asyncio.Event) -> None:
        """Hold a session as long as there is one to be had, then the next."""
        while True:
            connection: asyncpg.Connection | None = None
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    connection = await asyncpg.connect(self._url, statement_cache_size=0)
                    await self._enter(connection)
                joined.set()
                await self._watch(connection)
            except (*DRIVERS, StoreError) as error:
                log.warning("peers out of sight", error=type(error).__name__)
            finally:
                self._known_since = float("inf")
                self._judge_from = steady() + GRACE_SECONDS
                if connection is not None:
                    connection.terminate()
            await asyncio.sleep(LOOK_SECONDS)

    async def _enter(self, connection: asyncpg.Connection) -> None:
        if not self._pooled:
            connection.add_termination_listener(self._lost)
            await connection.execute(PREPARE)
            await connection.add_listener(CHANNEL, self._heard)
            if not await connection.fetchval(LOCK, self._number):
                raise ConnectionError("The server has yet to end our last session.")
        await self._look(connection)
        self._known_since = self.ticks()

    async def _watch(self, connection: asyncpg.Connection) -> None:
        looked = steady()
        while True:
            with contextlib.suppress(TimeoutError):
                left = max(0.0, looked + LOOK_SECONDS - steady())
                await asyncio.wait_for(self._nudged.wait(), left)
            async with asyncio.timeout(ANSWER_SECONDS):
                if self._nudged.is_set():
                    self._nudged.clear()
                    await connection.execute(f"NOTIFY {CHANNEL}")
                if steady() - looked >= LOOK_SECONDS:
                    looked = steady()
                    await self._look(connection)

    async def _look(self, connection: asyncpg.Connection) -> None:
        """Read the server's clock, and end the leases of the dead."""
        asked = steady()
        row = await connection.fetchrow(LOOK, self.me)
        self._ahead = row["now"] - (asked + steady()) / 2
        missed = {each: self._missed.get(each, 0) + 1 for each in row["missing"]}
        self._missed = missed if steady() >= self._judge_from else {}
        for each, times in self._missed.items():
            if times >= MISSED_MOST:
                await self._bury(each)

    async def _bury(self, peer: str) -> None:
        ended = await self._database.write(lambda tx: lanes.end_leases(tx, peer, self.now()))
        if ended:
            log.warning("peer is gone", peer=peer, threads=ended)
            self._woken()

    def _heard(self, _connection: object, pid: int, _channel: str, _payload: object) -> None:
        self._woken()

    def _lost(self, _connection: object) -> None:
        self._known_since = float("inf")


def steady() -> float:
    """Seconds on a clock that nobody sets, and that goes on while the machine sleeps."""
    clock: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


async def shares_sessions(url: str) -> bool:
    """Whether a pooler gives a session to others between two transactions.

    While another connection is in a transaction, ours is served by the same session only
    if it is ours alone.

    Raises:
        StoreUnavailable: The server does not answer now.
    """
    try:
        return await _shares_sessions(url)
    except DRIVERS as error:
        raise translated(error) from error


async def _shares_sessions(url: str) -> bool:
    ours = await asyncpg.connect(url, statement_cache_size=0)
    try:
        other = await asyncpg.connect(url, statement_cache_size=0)
        try:
            before = await ours.fetchval("SELECT pg_backend_pid()")
            async with other.transaction():
                theirs = await other.fetchval("SELECT pg_backend_pid()")
                after = await ours.fetchval("SELECT pg_backend_pid()")
        finally:
            await other.close()
    finally:
        await ours.close()
    return bool(before != after or theirs == before)


def _nobody() -> None:
    """Nobody is waiting for work yet."""
