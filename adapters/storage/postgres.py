"""PostgreSQL: many processes, each with a pool of connections, one transaction at a time on each.

Transactions that write see what was committed before each statement (read committed):
whoever reads a row to decide on it locks it first, or writes with the condition in the
statement. Those that only read see one snapshot.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

import asyncpg
import structlog

from adapters.storage.database import Row, Work
from adapters.storage.postgres_errors import lost, passes, refused, translated
from adapters.storage.postgres_sql import positional
from core.errors import SettingsError, StoreError, StoreUnavailable

log = structlog.get_logger()

T = TypeVar("T")

POOL_MOST = 10  # connections a process; transactions are short
PATIENCE_SECONDS = 2.5  # a transaction, its waits and retries; Slack wants its answer within 3 s
START_SECONDS = 30.0  # for a server that is starting as well
AGAIN_SECONDS = 0.05  # before a transaction is tried again, then twice as long each time
STATEMENTS_KEPT = 400  # prepared, a connection
DRIVERS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
SPOILED = (
    asyncio.CancelledError,
    asyncpg.InternalClientError,
    asyncpg.ReadOnlySQLTransactionError,  # after a failover this may be the old primary
)
BEGIN_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
PREPARE = """
SELECT set_config('synchronous_commit', 'on', false),
       set_config('lock_timeout', '2s', false),
       set_config('idle_in_transaction_session_timeout', '5s', false)
"""  # the last one: a process that is stopped in a transaction must not hold up the others


class PostgresTx:
    """A transaction on one connection; ``talking``: it waits for the server's answer."""

    __slots__ = ("_connection", "talking")

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self.talking = False

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        return cast("list[Row]", await self._say(self._connection.fetch, sql, values))

    async def one(self, sql: str, /, **values: object) -> Row | None:
        return await self._say(self._connection.fetchrow, sql, values)

    async def run(self, sql: str, /, **values: object) -> int:
        done: str = await self._say(self._connection.execute, sql, values)
        count = done.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def each(self, sql: str, rows: Sequence[Mapping[str, object]], /) -> None:
        text, names = positional(sql)
        values = [[row[name] for name in names] for row in rows]
        await self._waited(self._connection.executemany(text, values))

    async def _say(self, method: Callable[..., Any], sql: str, values: dict[str, object]) -> Any:
        text, names = positional(sql)
        return await self._waited(method(text, *(values[name] for name in names)))

    async def _waited(self, answer: Awaitable[T]) -> T:
        self.talking = True
        try:
            return await answer
        finally:
            self.talking = False


class _Alone(Generic[T]):
    """Awaits work, which may await nothing but its transaction: locks are held meanwhile."""

    def __init__(self, work: Work[T], tx: PostgresTx) -> None:
        self._work, self._tx = work, tx

    def __await__(self) -> Generator[Any, Any, T]:
        steps = self._work(self._tx).__await__()
        try:
            awaited = next(steps)
            while True:
                if not self._tx.talking:
                    raise StoreError(
                        "Work on a transaction waited for something other than the transaction."
                    )
                try:
                    sent = yield awaited
                except BaseException as error:  # noqa: BLE001 - a cancellation is the work's too
                    awaited = steps.throw(error)
                else:
                    awaited = steps.send(sent)
        except StopIteration as end:
            return cast("T", end.value)
        finally:
            steps.close()


class PostgresDatabase:
    """A database that any number of processes use."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._closed = False

    @classmethod
    async def open(cls, url: str, *, prepared: bool = True) -> PostgresDatabase:
        """Connect; waits a while for a server that is starting.

        Args:
            prepared: Statements may be prepared, as they may not through some poolers.

        Raises:
            SettingsError: It cannot be reached, or does not let us in.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + START_SECONDS
        while True:
            try:
                pool = await asyncpg.create_pool(  # connects when it is first used
                    url,
                    min_size=0,
                    max_size=POOL_MOST,
                    timeout=PATIENCE_SECONDS,
                    statement_cache_size=STATEMENTS_KEPT if prepared else 0,
                    init=_prepare,
                    reset=_nothing_to_reset,
                )
                await pool.fetchval("SELECT 1")
                return cls(pool)
            except (*DRIVERS, ValueError) as error:
                if loop.time() > ends or not passes(error):
                    raise SettingsError(refused(url, error)) from None
                log.warning("PostgreSQL is not there yet", error=type(error).__name__)
            await asyncio.sleep(0.5)

    async def write(self, work: Work[T]) -> T:
        return await self._patiently(BEGIN_WRITE, work)

    async def read(self, work: Work[T]) -> T:
        return await self._patiently(BEGIN_READ, work)

    async def look(self, work: Work[T]) -> T:
        """Run statements without a transaction, which would cost two more trips to the server."""
        return await self._patiently("", work)

    async def close(self) -> None:
        self._closed = True
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()

    async def _patiently(self, begin: str, work: Work[T]) -> T:
        """Run a transaction; one that left no trace is tried again while there is time."""
        if self._closed:
            raise StoreUnavailable("The database is closed.")
        pause = AGAIN_SECONDS
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    try:
                        return await self._once(begin, work)
                    except _Again:
                        await asyncio.sleep(pause * (0.5 + random.random()))  # noqa: S311 - no secret
                        pause *= 2
        except TimeoutError:
            raise StoreUnavailable(f"PostgreSQL took longer than {PATIENCE_SECONDS} s.") from None

    async def _once(self, begin: str, work: Work[T]) -> T:
        committing = False
        try:
            async with self._pool.acquire() as connection:
                try:
                    if begin:
                        await connection.execute(begin)
                    result = await _Alone(work, PostgresTx(connection))
                    if begin:
                        committing = True
                        await connection.execute("COMMIT")
                except SPOILED:
                    connection.terminate()  # what it may still do or answer is nobody's business
                    raise
                except BaseException:
                    if begin and not connection.is_closed():
                        await connection.execute("ROLLBACK")
                    raise
                return result
        except DRIVERS as error:
            if passes(error) and not (committing and lost(error)):
                raise _Again from error
            raise translated(error) from error


class _Again(Exception):
    """Nothing came of a transaction; it may be tried once more."""


async def _prepare(connection: asyncpg.Connection) -> None:
    await connection.execute(PREPARE)


async def _nothing_to_reset(_connection: asyncpg.Connection) -> None:
    """Every transaction ends before its connection is given back."""
