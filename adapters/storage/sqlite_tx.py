"""A transaction on SQLite: driven to its end on the thread that has the connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from adapters.storage.database import Row, Work
from core.errors import StoreError, StoreUnavailable

T = TypeVar("T")

TEMPORARY = ("locked", "busy", "full", "readonly", "disk i/o", "unable to open")


@cache
def unlocked(sql: str) -> str:
    """A query without the locks it asks for: there is one writer."""
    return sql.removesuffix(" SKIP LOCKED").removesuffix(" FOR UPDATE")


class SqliteTx:
    """A transaction on the connection's own thread; its coroutines never suspend."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        return self._connection.execute(unlocked(sql), values).fetchall()

    async def one(self, sql: str, /, **values: object) -> Row | None:
        cursor = self._connection.execute(unlocked(sql), values)
        row = cursor.fetchone()
        cursor.fetchall()  # a RETURNING statement takes effect only when read to its end
        return row

    async def run(self, sql: str, /, **values: object) -> int:
        return self._connection.execute(sql, values).rowcount

    async def each(self, sql: str, rows: Sequence[Mapping[str, object]], /) -> None:
        self._connection.executemany(sql, rows)


def run(work: Work[T], connection: sqlite3.Connection) -> T:
    """Drive a coroutine over ``SqliteTx`` to its end on this thread."""
    steps = cast("Any", work(SqliteTx(connection)))
    try:
        steps.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    steps.close()
    raise StoreError("Work on a transaction waited for something other than the transaction.")


def looked(connection: sqlite3.Connection, work: Work[T]) -> T:
    """Run work that only reads over one snapshot."""
    connection.execute("BEGIN")
    try:
        return run(work, connection)
    finally:
        connection.execute("COMMIT")


def translated(error: Exception) -> Exception:
    """A database error in our own terms; anything else as it is."""
    if not isinstance(error, sqlite3.Error):
        return error
    text = str(error).lower()
    if isinstance(error, sqlite3.OperationalError) and any(word in text for word in TEMPORARY):
        return StoreUnavailable(f"SQLite: {error}.")
    return StoreError(f"SQLite: {error}.")
