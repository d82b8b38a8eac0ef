"""Processes on one PostgreSQL: who lives, who is gone, and how they hear of work."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from adapters.storage.inbox import Inbox
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.postgres_peers import PostgresPeers, shares_sessions
from adapters.storage.work import LEASE_SECONDS, Work
from core.errors import LeaseLost
from tests.contract.given import message, outcome, says, words
from tests.servers.postgres import PostgresServer

TAKEN_OVER_SECONDS = 1.0


class Process:
    """One of several on the same database; ``woken`` counts how often others called it."""

    def __init__(self, url: str, database: PostgresDatabase) -> None:
        self.peers = PostgresPeers(url, database)
        self.inbox = Inbox(database, self.peers)
        self.woken = 0

    async def join(self) -> Process:
        await self.peers.join(self._wake)
        return self

    def _wake(self) -> None:
        self.woken += 1

    async def leased(self) -> Work:
        work = await self.inbox.lease()
        assert work is not None
        return work


Start = Callable[[], Awaitable[Process]]


@pytest.fixture
async def start(postgres_url: str, pooled: PostgresDatabase) -> AsyncIterator[Start]:
    """Starts processes; they end with the test, unless they died before."""
    started: list[Process] = []

    async def starts() -> Process:
        started.append(await Process(postgres_url, pooled).join())
        return started[-1]

    yield starts
    for each in started:
        await each.peers.leave()


async def until(happened: Callable[[], Awaitable[Any]], seconds: float = 5.0) -> float:
    """Wait for something; how long it took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await happened():
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def end_sessions(url: str) -> None:
    """End every session of a database but those of its pools, as an administrator would."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
        " WHERE l.locktype = 'advisory' AND a.datname = current_database()"
    )
    await connection.close()


async def test_f03_a_dead_peers_thread_is_free_within_a_second(start: Start) -> None:
    """Long before its lease ends; its death is counted, and what it may have sent is looked for."""
    first, second = await start(), await start()
    await first.inbox.put_message(message(1))
    await first.leased()
    assert await second.inbox.lease() is None

    await first.peers.leave()  # its session ends, as with its process
    taken: list[Work] = []

    async def takes() -> bool:
        work = await second.inbox.lease()
        taken.extend([work] if work else [])
        return bool(taken)

    assert await until(takes) < TAKEN_OVER_SECONDS
    assert second.woken > 0
    assert words(taken[0]) == "words 1"
    assert taken[0].item is not None
    assert taken[0].item.deaths == 1


async def test_f31_a_peer_that_lives_keeps_its_thread(start: Start) -> None:
    """However often the others look."""
    first, second = await start(), await start()
    await first.inbox.put_message(message(1))
    work = await first.leased()

    await asyncio.sleep(1.2)

    assert first.inbox.holds(work.lease)
    assert await second.inbox.lease() is None
    assert second.woken == 0


async def test_f32_a_peer_that_hangs_loses_its_thread_after_its_lease(
    start: Start, pooled: PostgresDatabase
) -> None:
    """Its session lives; it has not renewed. When it wakes, what it writes is refused."""
    first, second = await start(), await start()
    await first.inbox.put_message(message(1))
    old = await first.leased()

    long_ago = LEASE_SECONDS + 1.0  # what both think of the server's clock differs a little
    await pooled.write(
        lambda tx: tx.run("UPDATE thread SET lease_until = lease_until - :s", s=long_ago)
    )
    new = await second.leased()

    assert words(new) == "words 1"
    assert old.item is not None
    with pytest.raises(LeaseLost):
        await first.inbox.finish(old.lease, old.item, outcome(message(1), says("too late")))


async def test_f26_who_lost_its_session_sends_nothing_of_before(
    start: Start, postgres_url: str
) -> None:
    """Others may have taken it for dead; what it leases once it is back is its own again."""
    first = await start()
    await first.inbox.put_message(message(1))
    before = (await first.leased()).lease

    await end_sessions(postgres_url)

    async def unsure() -> bool:
        return not first.inbox.holds(before)

    async def back() -> bool:
        return first.peers.known_since() < float("inf")

    await until(unsure)
    await until(back)
    assert not first.inbox.holds(before)
    await first.inbox.renew([before.thread_key])
    assert first.inbox.holds(before)


async def test_f26_a_server_that_restarts_makes_nobody_dead(
    postgres_url: str, postgres: PostgresServer
) -> None:
    """All lose their sessions at once: nobody judges the others before all can be back."""
    database = await PostgresDatabase.open(postgres_url)
    first = await Process(postgres_url, database).join()
    second = await Process(postgres_url, database).join()
    await first.inbox.put_message(message(1))
    work = await first.leased()

    postgres.kill()
    postgres.start()

    async def both_back() -> bool:
        return max(first.peers.known_since(), second.peers.known_since()) < float("inf")

    await until(both_back)
    await asyncio.sleep(0.8)
    await first.inbox.renew([work.lease.thread_key])
    assert first.inbox.holds(work.lease)
    assert await second.inbox.lease() is None
    for each in (first, second):
        await each.peers.leave()
    await database.close()


async def test_a_nudge_wakes_the_others_at_once(start: Start) -> None:
    """A worker need not look every few milliseconds for what another process took in."""
    first, second = await start(), await start()

    async def woken() -> bool:
        return second.woken > 0

    first.peers.nudge()

    assert await until(woken) < 0.2


async def test_f41_all_go_by_the_servers_clock(
    start: Start, pooled: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine whose clock is wrong by an hour leases and waits like the others."""
    right = await start()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    wrong = await start()

    assert abs(right.peers.now() - wrong.peers.now()) < 0.1
    row = await pooled.read(
        lambda tx: tx.one("SELECT extract(epoch FROM clock_timestamp())::float8 AS now")
    )
    assert row is not None
    assert abs(row["now"] - wrong.peers.ticks()) < 0.1


class Shared:
    """Connections of which a pooler makes sessions: whoever asks gets one that is free."""

    def __init__(self, free: list[int]) -> None:
        self._free, self._mine = free, 0

    async def fetchval(self, _sql: str) -> int:
        return self._mine or self._free[0]

    def transaction(self) -> Shared:
        return self

    async def __aenter__(self) -> None:
        self._mine = self._free.pop(0)

    async def __aexit__(self, *_: object) -> None:
        self._free.insert(0, self._mine)

    async def close(self) -> None: ...


async def test_f28_a_pooler_is_noticed_and_no_lock_is_relied_on(
    start: Start,
    pooled: PostgresDatabase,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such a process is never taken for dead, only late; directly connected, all is as usual."""
    assert not await shares_sessions(postgres_url)
    free = [11, 12]

    async def connect(*_: object, **__: object) -> Shared:
        return Shared(free)

    with monkeypatch.context() as patched:
        patched.setattr(asyncpg, "connect", connect)
        assert await shares_sessions(postgres_url)

    behind = PostgresPeers(postgres_url, pooled, pooled=True)
    inbox, direct = Inbox(pooled, behind), await start()
    await inbox.put_message(message(1))
    work = await inbox.lease()
    assert work is not None
    await asyncio.sleep(0.8)

    assert inbox.holds(work.lease)
    assert await direct.inbox.lease() is None


async def test_who_lives_is_known_at_once(start: Start, pooled: PostgresDatabase) -> None:
    """By the lock that a process holds; of one that cannot hold a lock nothing is known."""
    one, other = await start(), await start()

    async def lives(peer: str) -> bool:
        return await pooled.read(lambda tx: one.peers.lives(tx, peer))

    before = await lives(other.peers.me)
    await other.peers.leave()
    await until(lambda: _not(lives(other.peers.me)))

    assert before
    assert await lives(one.peers.me)
    assert await lives("~0123456789abcdef")


async def _not(happens: Awaitable[bool]) -> bool:
    return not await happens
