"""What PostgreSQL does beyond the contract, and what becomes of transactions when it fails."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
import pytest

from adapters.storage import postgres as module
from adapters.storage.database import Tx
from adapters.storage.postgres import POOL_MOST, PostgresDatabase
from adapters.storage.postgres_sql import positional
from core.errors import SettingsError, StoreUnavailable
from tests.contract.test_database import insert, names
from tests.servers.postgres import FAST, PostgresServer


@pytest.fixture
def mortal() -> Iterator[PostgresServer]:
    """A server that a test may kill."""
    server = PostgresServer(*FAST)
    yield server
    server.stop()


async def told(url: str, sql: str) -> list[Any]:
    """Ask the server as an administrator would."""
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def step(tx: Tx, name: str, at: float) -> None:
    await tx.run("UPDATE turn_step SET at = :at WHERE turn_id = :name", at=at, name=name)


def test_names_become_numbers() -> None:
    """One for each time it comes; casts and text that looks like a name stay."""
    sql = "SELECT :a::float, ':b', :b WHERE x = :a AND y LIKE 'it''s :c'"

    assert positional(sql) == (
        "SELECT $1::float, ':b', $2 WHERE x = $3 AND y LIKE 'it''s :c'",
        ("a", "b", "a"),
    )


async def test_a_read_is_a_snapshot(pooled: PostgresDatabase) -> None:
    """What is committed while it runs is not in it."""

    async def twice(tx: Tx) -> tuple[int, int]:
        first = await tx.all("SELECT 1 FROM turn_step")
        await tx.all("SELECT pg_sleep(0.3)")
        return len(first), len(await tx.all("SELECT 1 FROM turn_step"))

    under_way = asyncio.create_task(pooled.read(twice))
    await asyncio.sleep(0.1)
    await pooled.write(lambda tx: insert(tx, "a"))

    assert await under_way == (0, 0)
    assert await names(pooled) == ["a"]


async def test_f26_a_deadlock_is_tried_again(pooled: PostgresDatabase) -> None:
    """Two transactions that lock two rows crosswise both come to their end."""
    await pooled.write(lambda tx: insert(tx, "a"))
    await pooled.write(lambda tx: insert(tx, "b"))

    async def both(tx: Tx, first: str, second: str) -> None:
        await step(tx, first, 1)
        await tx.all("SELECT pg_sleep(0.2)")
        await step(tx, second, 2)

    await asyncio.gather(
        pooled.write(lambda tx: both(tx, "a", "b")), pooled.write(lambda tx: both(tx, "b", "a"))
    )

    rows = await pooled.read(lambda tx: tx.all("SELECT DISTINCT at FROM turn_step ORDER BY at"))
    assert [row["at"] for row in rows] == [1.0, 2.0]


async def test_f26_a_session_that_is_ended_is_not_noticed(
    pooled: PostgresDatabase, postgres_url: str
) -> None:
    """An administrator ends it in the middle of a transaction: it is done again on another."""
    tries = 0

    async def work(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        await insert(tx, "a")
        await tx.all("SELECT pg_sleep(0.3)")

    writing = asyncio.create_task(pooled.write(work))
    await asyncio.sleep(0.1)
    await told(
        postgres_url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    await writing

    assert tries == 2
    assert await names(pooled) == ["a"]


async def test_f26_a_server_that_is_killed_and_comes_back(mortal: PostgresServer) -> None:
    """Nothing of a transaction that was under way is kept, or all; the next ones are served."""
    database = await PostgresDatabase.open(mortal.url())
    await database.write(lambda tx: tx.run("CREATE TABLE turn_step (turn_id text, at float)"))

    async def add(number: int) -> bool:
        try:
            await database.write(
                lambda tx: tx.run("INSERT INTO turn_step VALUES (:name, 0)", name=f"{number:03}")
            )
        except StoreUnavailable:
            return False
        return True

    adding = [asyncio.create_task(add(number)) for number in range(200)]
    await asyncio.sleep(0.05)
    mortal.kill()
    mortal.start()
    kept = [number for number, each in enumerate(adding) if await each]

    assert await add(999)
    found = set(await names(database))
    assert {f"{number:03}" for number in kept} <= found
    await database.close()


async def test_f26_a_server_that_is_away_is_unavailable_within_three_seconds(
    mortal: PostgresServer,
) -> None:
    """So that a platform hears 503 in time, and sends again."""
    database = await PostgresDatabase.open(mortal.url())
    mortal.kill()

    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        await database.write(lambda tx: tx.all("SELECT 1"))

    assert time.monotonic() - began < 3
    await database.close()


async def test_f27_when_every_connection_is_busy_the_rest_is_told_in_time(
    pooled: PostgresDatabase,
) -> None:
    """Slow transactions hold them all; the loop goes on, and the others hear it within 3 s."""
    slow = [
        asyncio.create_task(pooled.write(lambda tx: tx.all("SELECT pg_sleep(5)")))
        for _ in range(POOL_MOST)
    ]
    await asyncio.sleep(0.2)

    began, beats = time.monotonic(), 0
    waiting = asyncio.create_task(pooled.write(lambda tx: insert(tx, "a")))
    while not waiting.done():
        await asyncio.sleep(0.05)
        beats += 1
    results = await asyncio.gather(*slow, waiting, return_exceptions=True)

    assert time.monotonic() - began < 3
    assert beats > 20
    assert all(isinstance(each, StoreUnavailable) for each in results[:-1])
    assert await names(pooled) in ([], ["a"])


async def test_f32_a_process_stopped_in_a_transaction_holds_nobody_up(
    pooled: PostgresDatabase, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the transaction of one that says nothing, and its locks."""
    monkeypatch.setattr(module, "PREPARE", module.PREPARE.replace("'5s'", "'200ms'"))
    stopped = await PostgresDatabase.open(postgres_url)
    await pooled.write(lambda tx: insert(tx, "a"))
    entered = asyncio.Event()

    async def stops(tx: Tx) -> None:
        await step(tx, "a", 1)
        entered.set()
        time.sleep(0.5)  # noqa: ASYNC251 - as SIGSTOP does
        await step(tx, "a", 2)

    await asyncio.gather(stopped.write(once(stops)), pooled.write(lambda tx: step(tx, "a", 3)))

    assert entered.is_set()
    await stopped.close()


def once(work: Callable[[Tx], Awaitable[None]]) -> Callable[[Tx], Awaitable[None]]:
    """Work whose second try does nothing."""
    tries = 0

    async def tried(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            await work(tx)

    return tried


async def test_what_is_called_off_leaves_nothing(pooled: PostgresDatabase) -> None:
    """A cancelled write is rolled back, and its connection does not confuse the next."""

    async def work(tx: Tx) -> None:
        await insert(tx, "a")
        await tx.all("SELECT pg_sleep(2)")

    writing = asyncio.create_task(pooled.write(work))
    await asyncio.sleep(0.2)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    assert await names(pooled) == []


@pytest.mark.parametrize(
    ("user", "path", "said"),
    [
        ("frontdesk", "/nowhere", "there is no database nowhere"),
        ("stranger", "/postgres", "does not let stranger in"),
    ],
)
async def test_a_database_that_cannot_be_used_says_why(
    postgres: PostgresServer, user: str, path: str, said: str
) -> None:
    """In words that say what to mend, without the password."""
    url = f"postgresql://{user}:hunter2@127.0.0.1:{postgres.port}{path}"

    with pytest.raises(SettingsError, match=said) as caught:
        await PostgresDatabase.open(url)

    assert "hunter2" not in str(caught.value)


async def test_a_server_that_is_not_there_is_waited_for(
    mortal: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be starting as well; in the end the operator hears that it cannot be reached."""
    mortal.kill()
    opening = asyncio.create_task(PostgresDatabase.open(mortal.url()))
    await asyncio.sleep(0.2)
    mortal.start()
    database = await opening
    await database.close()

    mortal.kill()
    monkeypatch.setattr(module, "START_SECONDS", 0.1)
    with pytest.raises(SettingsError, match="cannot be reached"):
        await PostgresDatabase.open(mortal.url())
