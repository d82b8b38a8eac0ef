"""What the stores may rely on from a database."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from adapters.storage.database import Database, Tx
from core.errors import StoreError, StoreUnavailable
from tests.contract.given import opened


async def insert(tx: Tx, name: str) -> None:
    await tx.run(
        "INSERT INTO turn_step (turn_id, step, result, at) VALUES (:name, '', '', 0)", name=name
    )


async def names(database: Database) -> list[str]:
    rows = await database.read(lambda tx: tx.all("SELECT turn_id FROM turn_step ORDER BY 1"))
    return [row["turn_id"] for row in rows]


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


async def test_a_statement_runs_once_for_each_of_many_rows(store: Database) -> None:
    """All of them or none; of no rows, not at all."""
    sql = "INSERT INTO turn_step (turn_id, step, result, at) VALUES (:name, :step, '', 0)"

    await store.write(lambda tx: tx.each(sql, [{"name": each, "step": ""} for each in "abc"]))
    await store.write(lambda tx: tx.each(sql, []))
    with pytest.raises(StoreError):
        await store.write(lambda tx: tx.each(sql, [{"name": each, "step": ""} for each in "dec"]))

    assert await names(store) == ["a", "b", "c"]


async def test_a_read_writes_nothing(store: Database) -> None:
    """Not even by mistake."""
    with pytest.raises(StoreError):
        await store.read(lambda tx: insert(tx, "a"))

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


async def test_work_that_fails_leaves_nothing(store: Database) -> None:
    """Neither half of it, nor a connection that the next one finds in a mess."""

    async def fails(tx: Tx) -> None:
        await insert(tx, "half")
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        await store.write(fails)
    await store.write(lambda tx: insert(tx, "a"))

    assert await names(store) == ["a"]


async def test_the_same_values_come_back_from_every_database(store: Database) -> None:
    """Whole numbers, fractions, text of every kind, nothing; and how many rows were changed."""
    text = "Grüße \u2603 \U0001f600 'quoted' :name $1 100%"

    async def work(tx: Tx) -> tuple[int, int]:
        await insert(tx, text)
        changed = await tx.run(
            "UPDATE turn_step SET at = :at WHERE turn_id = :name", at=5, name=text
        )
        return changed, await tx.run("UPDATE turn_step SET at = 6 WHERE turn_id = ''")

    assert await store.write(work) == (1, 0)
    row = await store.read(
        lambda tx: tx.one("SELECT turn_id, at, COUNT(*) OVER () AS n, NULL AS no FROM turn_step")
    )
    assert row is not None
    assert [row[each] for each in ("turn_id", "at", "n", "no")] == [text, 5.0, 1, None]
    assert isinstance(row["at"], float)
    assert await store.read(lambda tx: tx.one("SELECT 1 FROM turn_step WHERE at = 6")) is None


async def test_a_closed_database_says_so(place: Path | str) -> None:
    """Instead of letting somebody wait for ever."""
    store = await opened(place)
    await store.close()

    with pytest.raises(StoreUnavailable, match="closed"):
        await store.write(lambda tx: insert(tx, "a"))
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.read(lambda tx: tx.all("SELECT 1"))
