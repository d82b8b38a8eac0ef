"""What copies of sessions may be trusted with: nothing but speed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import cast

import pytest

from adapters.dynamodb.client import Table
from adapters.dynamodb.sessions import ITEM_MOST, DynamoSessionStore, TooLarge
from adapters.reach import PAUSE
from adapters.redis.client import DEADLINE, connect
from adapters.redis.sessions import ENDLESS_LIFE, GRACE, RedisSessionStore
from adapters.storage import copies as storage_copies
from adapters.storage.copies import CopiedSessionStore, Copies, CopyStore
from adapters.storage.database import Database
from adapters.storage.sessions import SqlSessionStore
from core.errors import StoreUnavailable
from core.ids import ThreadKey
from core.session import Session
from tests.contract.given import OTHER, START, THREAD, HandClock
from tests.servers.redis import RedisServer

FIRST = Session(THREAD, version=1, summary="first")
PATIENCE = 10.0  # seconds; a busy machine is no failure here
UNUSED_PORT = 9  # "discard"
SECOND = Session(THREAD, version=2, summary="second")


class Kept:
    """What every store of copies keeps to."""

    async def test_an_older_copy_never_replaces_a_newer_one(self, copies: CopyStore) -> None:
        """In whichever order two writes arrive, the newer one stays."""
        await copies.keep(SECOND)
        await copies.keep(FIRST)

        assert await copies.load(THREAD) == SECOND

    async def test_a_copy_can_be_brought_forward_by_any_number(self, copies: CopyStore) -> None:
        """What was missed in between does not matter."""
        await copies.keep(FIRST)
        await copies.keep(replace(FIRST, version=9))

        assert await copies.load(THREAD) == replace(FIRST, version=9)

    async def test_a_dropped_copy_can_be_written_anew(self, copies: CopyStore) -> None:
        """At a lower version too, and others are left alone."""
        await copies.keep(SECOND)
        await copies.keep(replace(SECOND, thread=OTHER))

        await copies.drop(THREAD)
        await copies.keep(FIRST)

        assert await copies.load(THREAD) == FIRST
        assert await copies.load(OTHER) == replace(SECOND, thread=OTHER)


class TestInRedis(Kept):
    @pytest.fixture
    async def copies(self, redis_server: RedisServer) -> AsyncIterator[RedisSessionStore]:
        store = RedisSessionStore(connect(redis_server.url, PATIENCE), lambda: START)
        yield store
        await store.close()

    async def test_redis_forgets_a_session_some_time_after_its_end(
        self, copies: RedisSessionStore
    ) -> None:
        """Without an end, some time after its newest write."""
        await copies.keep(replace(FIRST, expires_at=START + timedelta(hours=8)))
        await copies.keep(replace(FIRST, thread=OTHER))

        ends, endless = [
            timedelta(milliseconds=await copies._client.pttl(f"frontdesk:session:{thread}"))
            for thread in (THREAD, OTHER)
        ]

        assert timedelta(0) <= timedelta(hours=8) + GRACE - ends < timedelta(seconds=5)
        assert timedelta(0) <= ENDLESS_LIFE - endless < timedelta(seconds=5)

    async def test_a_session_that_ended_long_ago_is_not_kept(
        self, copies: RedisSessionStore
    ) -> None:
        """Nothing lives for ever by mistake."""
        await copies.keep(replace(FIRST, expires_at=START - GRACE - timedelta(hours=1)))
        await asyncio.sleep(0.01)

        assert await copies.load(THREAD) is None


class TestInDynamoDB(Kept):
    @pytest.fixture
    async def copies(self, dynamodb_url: str) -> AsyncIterator[DynamoSessionStore]:
        store = DynamoSessionStore(Table(dynamodb_url, PATIENCE), lambda: START)
        yield store
        await store.close()

    async def test_a_session_that_fits_no_item_is_refused_and_the_old_one_stays(
        self, copies: DynamoSessionStore
    ) -> None:
        """What can be packed small enough is kept whole."""
        noise = Random(1).randbytes(ITEM_MOST).hex()

        with pytest.raises(TooLarge, match=r"takes \d+ bytes, and an item 409600 at most"):
            await copies.save(Session(THREAD, summary=noise))
        assert await copies.load(THREAD) is None
        long = await copies.save(Session(THREAD, summary="long " * 200_000))

        assert await copies.load(THREAD) == long

    async def test_the_table_knows_when_a_session_may_go(self, copies: DynamoSessionStore) -> None:
        """In seconds since 1970, as DynamoDB wants it."""
        await copies.keep(replace(FIRST, expires_at=START))
        await copies.keep(replace(FIRST, thread=OTHER))

        ends = []
        for thread in (THREAD, OTHER):
            found = await copies._table.call("get_item", Key={"thread": {"S": str(thread)}})
            ends.append(int(found["Item"]["ends_at"]["N"]) - START.timestamp())

        assert ends == [GRACE.total_seconds(), ENDLESS_LIFE.total_seconds()]

    async def test_a_table_that_is_not_there_or_answers_nothing_is_out_of_reach(
        self, dynamodb_url: str
    ) -> None:
        """A turn goes on without it."""
        nowhere = dynamodb_url.replace("sessions-", "nothing-")
        dead = f"dynamodb://sessions?region=eu-central-1&endpoint=http://127.0.0.1:{UNUSED_PORT}"

        for url in (nowhere, dead):
            store = DynamoSessionStore(Table(url))
            with pytest.raises(StoreUnavailable):
                await store.load(THREAD)
            await store.close()


class Unsteady:
    """A store of copies that hangs or fails when the test says so."""

    def __init__(self) -> None:
        self.held: dict[ThreadKey, Session] = {}
        self.asked = 0
        self.hangs = self.fails = False

    async def _answer(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.fails:
            raise StoreUnavailable("not now")

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        await self._answer()
        return self.held.get(thread)

    async def keep(self, session: Session) -> None:
        await self._answer()
        self.held[session.thread] = session

    async def drop(self, thread: ThreadKey) -> None:
        self.held.pop(thread, None)

    async def save(self, session: Session) -> Session:
        raise NotImplementedError

    async def sweep(self, now: object) -> int:
        raise NotImplementedError

    async def close(self) -> None:
        return None


class Desk:
    """A database of sessions with copies elsewhere."""

    def __init__(self, database: Database) -> None:
        self.remote, self.clock, self.looks = Unsteady(), HandClock(0.0), Counter[str]()
        self.copies = Copies(self.remote, 0.02, lambda how: self.looks.update([how]), self.clock)
        self.sessions = CopiedSessionStore(SqlSessionStore(database), self.copies)

    async def written(self) -> None:
        """Wait for the copies under way."""
        await asyncio.gather(*self.copies._writes)


@pytest.fixture
def desk(store: Database) -> Desk:
    return Desk(store)


async def test_a_copy_of_the_right_version_is_taken(desk: Desk) -> None:
    """It is written once the database has it."""
    saved = await desk.sessions.save(Session(THREAD, summary="kept"))
    await desk.written()

    assert desk.remote.held == {THREAD: saved}
    assert await desk.sessions.load(THREAD, saved.version) == saved
    assert desk.looks == {"hit": 1}


@pytest.mark.parametrize(
    ("held", "seen"),
    [
        (None, "missing"),
        (replace(FIRST, summary="old"), "stale"),
        (replace(SECOND, version=3, summary="undone"), "stale"),
        (replace(SECOND, thread=OTHER, summary="not ours"), "missing"),
    ],
    ids=["flushed", "old", "of a history that was undone", "of another thread"],
)
async def test_f30_any_other_copy_is_passed_over_and_mended(
    desk: Desk, held: Session | None, seen: str
) -> None:
    """The turn sees the session of the database; so does the next one, from its copy."""
    truth = await desk.sessions.save(await desk.sessions.save(Session(THREAD, summary="true")))
    await desk.written()
    desk.remote.held = {THREAD: held} if held else {}

    assert await desk.sessions.load(THREAD, truth.version) == truth

    assert desk.looks == {seen: 1}
    await desk.written()
    assert await desk.sessions.load(THREAD, truth.version) == truth
    assert desk.looks == {seen: 1, "hit": 1}


@pytest.mark.parametrize("fault", ["hangs", "fails"])
async def test_f30_a_dead_store_of_copies_costs_three_looks(desk: Desk, fault: str) -> None:
    """Then it is left alone until a write, for which nobody waits, finds it alive again."""
    saved = await desk.sessions.save(Session(THREAD))
    await desk.written()
    setattr(desk.remote, fault, True)
    desk.remote.asked = 0

    for _ in range(10):
        assert await desk.sessions.load(THREAD, saved.version) == saved
        await desk.written()
    tries = desk.remote.asked
    setattr(desk.remote, fault, False)
    saved = await desk.sessions.save(saved)
    left_alone = desk.remote.asked == tries
    desk.clock.pass_by(PAUSE)
    saved = await desk.sessions.save(saved)
    await desk.written()

    assert tries <= 4
    assert left_alone
    assert await desk.sessions.load(THREAD, saved.version) == saved
    assert desk.looks["hit"] == 1


async def test_f30_writes_that_pile_up_are_left_out(desk: Desk) -> None:
    """A slow store of copies holds neither memory nor turns; the database serves."""
    desk.remote.hangs = True

    for number in range(200):
        await desk.sessions.save(Session(ThreadKey(THREAD.workspace, "help", f"t{number}")))

    assert len(desk.copies._writes) <= 64
    await desk.written()


@asynccontextmanager
async def real(server: RedisServer, database: Database) -> AsyncIterator[CopiedSessionStore]:
    copies = Copies(RedisSessionStore(connect(server.url)), DEADLINE)
    yield CopiedSessionStore(SqlSessionStore(database), copies)
    await copies.close()


Fault = Callable[[RedisServer], None]


@pytest.mark.parametrize(
    ("strike", "heal"),
    [
        (RedisServer.kill, RedisServer.start),
        (RedisServer.pause, RedisServer.resume),
        (RedisServer.flush, RedisServer.start),
    ],
    ids=["killed", "hung", "flushed"],
)
async def test_f30_a_failing_redis_changes_no_session(
    store: Database, redis_server: RedisServer, strike: Fault, heal: Callable[..., object]
) -> None:
    """Before, while and after: every look finds what the database has."""
    async with real(redis_server, store) as sessions:
        saved = await sessions.save(Session(THREAD, summary="one"))

        async def goes_on() -> Session:
            found = await sessions.load(THREAD, saved.version)
            assert found == saved
            return await sessions.save(replace(saved, summary=saved.summary + " more"))

        saved = await goes_on()
        strike(redis_server)
        for _ in range(10):
            async with asyncio.timeout(PATIENCE):
                saved = await goes_on()
        heal(redis_server)
        for _ in range(10):
            saved = await goes_on()


async def test_what_must_not_stay_is_overwritten_however_long_that_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store that fails for a moment is asked again; one that is dead is counted."""
    fails = 4

    class Halting:
        def __init__(self) -> None:
            self.kept: list[int] = []

        async def keep(self, session: Session) -> None:
            nonlocal fails
            fails -= 1
            if fails >= 0:
                raise StoreUnavailable("for now")
            self.kept.append(session.version)

    monkeypatch.setattr(storage_copies, "REPLACE_PAUSES", (0.0, 0.0))
    store = Halting()
    copies = Copies(cast("CopyStore", store), DEADLINE)

    assert await copies.replace([FIRST, SECOND]) == 0
    assert sorted(store.kept) == [1, 2]
    fails = 100
    assert await copies.replace([FIRST, SECOND]) == 2
