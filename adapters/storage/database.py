"""One way to run SQL on every database.

Work is an ``async`` function over a ``Tx``: on SQLite the writer's thread runs it to
its end without ever suspending (one hop a transaction, many transactions a
commit); on PostgreSQL it is awaited over a connection, beside others. Statements name
their parameters (``:name``) and hold only what both databases understand; a query may
end in FOR UPDATE or FOR UPDATE SKIP LOCKED, which SQLite's one writer does not need.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias, TypeVar

T = TypeVar("T")
Row: TypeAlias = Any  # supports row["column"]; sqlite3.Row or asyncpg.Record


class Tx(Protocol):
    """A transaction under way."""

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        """Every row of a query."""
        ...

    async def one(self, sql: str, /, **values: object) -> Row | None:
        """The first row of a query, or None."""
        ...

    async def run(self, sql: str, /, **values: object) -> int:
        """Run a statement; the number of rows it changed."""
        ...

    async def each(self, sql: str, rows: Sequence[Mapping[str, object]], /) -> None:
        """Run a statement once for each set of values, at the price of one."""
        ...


Work = Callable[[Tx], Awaitable[T]]


class Database(Protocol):
    """A store of rows."""

    async def write(self, work: Work[T]) -> T:
        """Run ``work`` and commit; when this returns the result is on disk.

        Raises:
            StoreUnavailable: Nothing was written, as far as is known; worth trying again later.
        """
        ...

    async def read(self, work: Work[T]) -> T:
        """Run ``work``, which only reads, over one snapshot."""
        ...

    async def look(self, work: Work[T]) -> T:
        """The same for a few rows by their key, each statement by itself; cheaper than ``read``.

        On SQLite at once, where a hop would cost more; on PostgreSQL without a transaction.
        """
        ...

    async def close(self) -> None: ...
