"""What SQLite's one writer does beyond the contract: it commits in groups."""

from __future__ import annotations

import asyncio
import threading

import pytest

from adapters.storage.database import Database, Tx
from adapters.storage.sqlite import SqliteDatabase
from core.errors import StoreError
from tests.contract.test_database import insert, names


class Gate:
    """Work that holds the writer up, so that what follows is committed as one group."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entered, self._open = threading.Event(), threading.Event()

    async def __aenter__(self) -> None:
        async def work(tx: Tx) -> None:
            self._entered.set()
            self._open.wait(10)

        self._work = asyncio.create_task(self._database.write(work))
        await asyncio.to_thread(self._entered.wait, 10)

    async def __aexit__(self, *_: object) -> None:
        self._open.set()
        await self._work


async def test_a_job_that_fails_does_not_harm_its_neighbours(grouping: SqliteDatabase) -> None:
    """Committed in one group; the one that failed leaves nothing, and alone is told."""

    async def fails(tx: Tx) -> None:
        await insert(tx, "half")
        raise ValueError("changed my mind")

    async with Gate(grouping):
        first = asyncio.create_task(grouping.write(lambda tx: insert(tx, "a")))
        broken = asyncio.create_task(grouping.write(fails))
        last = asyncio.create_task(grouping.write(lambda tx: insert(tx, "b")))
        await asyncio.sleep(0)

    await first
    with pytest.raises(ValueError, match="changed my mind"):
        await broken
    await last
    assert await names(grouping) == ["a", "b"]


async def test_a_read_is_a_snapshot(grouping: SqliteDatabase) -> None:
    """What is committed while it runs is not in it."""
    reading, committed = threading.Event(), threading.Event()

    async def twice(tx: Tx) -> tuple[int, int]:
        first = await tx.all("SELECT 1 FROM turn_step")
        reading.set()
        committed.wait(10)
        return len(first), len(await tx.all("SELECT 1 FROM turn_step"))

    under_way = asyncio.create_task(grouping.read(twice))
    await asyncio.to_thread(reading.wait, 10)
    await grouping.write(lambda tx: insert(tx, "a"))
    committed.set()

    assert await under_way == (0, 0)
    assert await names(grouping) == ["a"]


async def test_a_failed_commit_fails_everybody_in_it(grouping: SqliteDatabase) -> None:
    """Nobody is told that something was kept which was not; afterwards all is well again."""
    await grouping.write(lambda tx: tx.all("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
    await grouping.write(
        lambda tx: tx.all(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
    )

    async with Gate(grouping):
        good = asyncio.create_task(grouping.write(lambda tx: insert(tx, "a")))
        bad = asyncio.create_task(grouping.write(lambda tx: tx.run("INSERT INTO child VALUES (7)")))
        await asyncio.sleep(0)

    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert [isinstance(each, StoreError) for each in results] == [True, True]
    assert await names(grouping) == []
    await grouping.write(lambda tx: insert(tx, "b"))
    assert await names(grouping) == ["b"]


async def test_what_was_called_off_before_its_turn_is_not_done(grouping: SqliteDatabase) -> None:
    """A cancelled write that had not begun leaves nothing."""
    async with Gate(grouping):
        called_off = asyncio.create_task(grouping.write(lambda tx: insert(tx, "a")))
        await asyncio.sleep(0)
        called_off.cancel()
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await called_off
    assert await names(grouping) == []
