"""What the stores may rely on from a database."""

from __future__ import annotations

import asyncio
import threading
from functools import partial
from pathlib import Path

import pytest

from adapters.storage.database import Database, Tx
from adapters.storage.sqlite import SqliteDatabase
from core.errors import StoreError, StoreUnavailable


async def insert(tx: Tx, name: str) -> None:
    await tx.run(
        "INSERT INTO turn_step (turn_id, step, result, at) VALUES (:name, '', '', 0)", name=name
    )


async def names(database: Database) -> list[str]:
    rows = await database.read(lambda tx: tx.all("SELECT turn_id FROM turn_step ORDER BY 1"))
    return [row["turn_id"] for row in rows]


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


async def test_a_job_that_fails_does_not_harm_its_neighbours(store: Database) -> None:
    """Committed in one group; the one that failed leaves nothing, and alone is told."""

    async def fails(tx: Tx) -> None:
        await insert(tx, "half")
        raise ValueError("changed my mind")

    async with Gate(store):
        first = asyncio.create_task(store.write(lambda tx: insert(tx, "a")))
        broken = asyncio.create_task(store.write(fails))
        last = asyncio.create_task(store.write(lambda tx: insert(tx, "b")))
        await asyncio.sleep(0)

    await first
    with pytest.raises(ValueError, match="changed my mind"):
        await broken
    await last
    assert await names(store) == ["a", "b"]


async def test_a_statement_that_fails_is_our_own_error(store: Database) -> None:
    """Callers never see the driver's."""
    await store.write(lambda tx: insert(tx, "a"))

    with pytest.raises(StoreError):
        await store.write(lambda tx: insert(tx, "a"))
    with pytest.raises(StoreError):
        await store.read(lambda tx: tx.all("SELECT nothing FROM nowhere"))


async def test_work_that_waits_for_something_else_is_refused(store: Database) -> None:
    """A transaction never stays open over a network call; nothing of it is written."""

    async def waits(tx: Tx) -> None:
        await insert(tx, "half")
        await asyncio.sleep(0)

    with pytest.raises(StoreError, match="waited for something other"):
        await store.write(waits)

    assert await names(store) == []


async def test_a_read_is_a_snapshot(store: Database) -> None:
    """What is committed while it runs is not in it."""
    reading, committed = threading.Event(), threading.Event()

    async def twice(tx: Tx) -> tuple[int, int]:
        first = await tx.all("SELECT 1 FROM turn_step")
        reading.set()
        committed.wait(10)
        return len(first), len(await tx.all("SELECT 1 FROM turn_step"))

    under_way = asyncio.create_task(store.read(twice))
    await asyncio.to_thread(reading.wait, 10)
    await store.write(lambda tx: insert(tx, "a"))
    committed.set()

    assert await under_way == (0, 0)
    assert await names(store) == ["a"]


async def test_a_read_writes_nothing(store: Database) -> None:
    """Not even by mistake."""
    with pytest.raises(StoreError):
        await store.read(lambda tx: insert(tx, "a"))

    assert await names(store) == []


async def test_a_failed_commit_fails_everybody_in_it(store: Database) -> None:
    """Nobody is told that something was kept which was not; afterwards all is well again."""
    await store.write(lambda tx: tx.all("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
    await store.write(
        lambda tx: tx.all(
            "CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)"
        )
    )

    async with Gate(store):
        good = asyncio.create_task(store.write(lambda tx: insert(tx, "a")))
        bad = asyncio.create_task(store.write(lambda tx: tx.run("INSERT INTO child VALUES (7)")))
        await asyncio.sleep(0)

    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert [isinstance(each, StoreError) for each in results] == [True, True]
    assert await names(store) == []
    await store.write(lambda tx: insert(tx, "b"))
    assert await names(store) == ["b"]


async def test_what_was_called_off_before_its_turn_is_not_done(store: Database) -> None:
    """A cancelled write that had not begun leaves nothing."""
    async with Gate(store):
        called_off = asyncio.create_task(store.write(lambda tx: insert(tx, "a")))
        await asyncio.sleep(0)
        called_off.cancel()
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await called_off
    assert await names(store) == []


async def test_a_hundred_writers_share_their_commits(store: Database) -> None:
    """All are kept, and each gets the result of its own work."""

    async def counted(tx: Tx, number: int) -> int:
        await insert(tx, f"{number:03}")
        return number

    results = await asyncio.gather(
        *(store.write(partial(counted, number=number)) for number in range(100))
    )

    assert results == list(range(100))
    assert len(await names(store)) == 100


@pytest.fixture
async def closed(migrated: Path, tmp_path: Path) -> Database:
    database = SqliteDatabase(tmp_path / "closed.db")
    await database.close()
    return database


async def test_a_closed_database_says_so(closed: Database) -> None:
    """Instead of letting somebody wait for ever."""
    with pytest.raises(StoreUnavailable, match="closed"):
        await closed.write(lambda tx: insert(tx, "a"))
    with pytest.raises(StoreUnavailable, match="closed"):
        await closed.read(lambda tx: tx.all("SELECT 1"))
