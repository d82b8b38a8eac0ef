"""What the product may rely on from its session store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.dynamodb.client import Table
from adapters.dynamodb.sessions import DynamoSessionStore
from adapters.memory.sessions import MemorySessionStore
from adapters.redis.client import connect
from adapters.redis.sessions import RedisSessionStore
from adapters.storage.database import Database
from adapters.storage.sessions import SqlSessionStore
from core.errors import Conflict
from core.ids import Platform, ThreadKey, WorkspaceKey
from core.ports import SessionStore
from core.session import Exchange, ExchangeKind, Session
from tests.contract.given import OTHER, PRIYA, SAM, START, THREAD
from tests.servers.redis import RedisServer

PATIENCE = 10.0  # seconds; a busy machine is no failure here


class Kept:
    """What every store keeps to."""

    async def test_a_session_comes_back_as_it_was_saved(self, sessions: SessionStore) -> None:
        """With its exchanges, private ones marked, and its new version."""
        exchange = Exchange(
            "t1",
            SAM.key,
            "Sam",
            "how many?",
            "eleven",
            START,
            ExchangeKind.ANSWER,
            only_for=SAM.key,
        )
        session = Session(
            THREAD,
            exchanges=(exchange,),
            summary="Earlier: leave.",
            summarised_until=START,
            details=("A-1001", "15 March"),
            began=START,
            helping=SAM.key,
            joined=True,
            expires_at=START + timedelta(days=7),
            tell_summary=True,
            unanswered=1,
        )

        stored = await sessions.save(session)

        assert stored == replace(session, version=1)
        assert await sessions.load(THREAD) == stored

    async def test_a50_a_thread_knows_only_its_own_session(self, sessions: SessionStore) -> None:
        """The same thread id in another channel or workspace is another thread."""
        await sessions.save(Session(THREAD, summary="secret"))
        elsewhere = WorkspaceKey(Platform.WEB, "away")

        assert await sessions.load(OTHER) is None
        assert await sessions.load(ThreadKey(THREAD.workspace, "other", THREAD.thread_id)) is None
        assert await sessions.load(ThreadKey(elsewhere, "help", THREAD.thread_id)) is None

    async def test_f12_a_session_is_written_only_over_the_version_that_was_read(
        self,
        sessions: SessionStore,
    ) -> None:
        """The second of two writers is told, and what the first wrote stands."""
        read = await sessions.save(Session(THREAD))
        await sessions.save(replace(read, summary="first"))

        with pytest.raises(Conflict):
            await sessions.save(replace(read, summary="second"))

        kept = await sessions.load(THREAD)
        assert kept is not None
        assert kept.summary == "first"

    async def test_nobody_starts_a_session_that_is_there(self, sessions: SessionStore) -> None:
        """A writer who read nothing loses against one who wrote meanwhile."""
        await sessions.save(Session(THREAD, summary="first"))

        with pytest.raises(Conflict):
            await sessions.save(Session(THREAD, summary="second"))

    async def test_no_update_is_lost_silently(self, sessions: SessionStore) -> None:
        """Of fifty writers at once, each either wrote or was told that it did not."""
        await sessions.save(Session(THREAD))

        async def add_one() -> None:
            while True:
                read = await sessions.load(THREAD)
                assert read is not None
                try:
                    await sessions.save(replace(read, unanswered=read.unanswered + 1))
                except Conflict:
                    continue
                return

        await asyncio.gather(*(add_one() for _ in range(50)))

        kept = await sessions.load(THREAD)
        assert kept is not None
        assert (kept.unanswered, kept.version) == (50, 51)

    async def test_knowing_the_version_saves_a_look_and_changes_nothing(
        self, sessions: SessionStore
    ) -> None:
        """Who knows that there is none gets none."""
        stored = await sessions.save(Session(THREAD, summary="there"))

        assert await sessions.load(THREAD, stored.version) == stored
        assert await sessions.load(OTHER, 0) is None


class Swept(Kept):
    """What a store keeps to that does not forget by itself."""

    async def test_expired_sessions_are_swept_and_no_others(self, sessions: SessionStore) -> None:
        """The number swept is returned; a session without an end stays."""
        forever, away = ThreadKey(THREAD.workspace, "dm-priya", "direct"), OTHER
        await sessions.save(Session(THREAD, helping=PRIYA.key, expires_at=START))
        await sessions.save(Session(away, expires_at=START + timedelta(hours=2)))
        await sessions.save(Session(forever))

        assert await sessions.sweep(START + timedelta(hours=1)) == 1

        assert await sessions.load(THREAD) is None
        assert await sessions.load(away) is not None
        assert await sessions.load(forever) is not None


class TestInMemory(Swept):
    @pytest.fixture
    def sessions(self) -> SessionStore:
        return MemorySessionStore()


class TestInTheDatabase(Swept):
    @pytest.fixture
    def sessions(self, store: Database) -> SessionStore:
        return SqlSessionStore(store)


class TestInDynamoDB(Kept):
    @pytest.fixture
    async def sessions(self, dynamodb_url: str) -> AsyncIterator[SessionStore]:
        store = DynamoSessionStore(Table(dynamodb_url, PATIENCE), lambda: START)
        yield store
        await store.close()


class TestInRedis(Kept):
    @pytest.fixture
    async def sessions(self, redis_server: RedisServer) -> AsyncIterator[SessionStore]:
        client = connect(redis_server.url, PATIENCE)
        yield RedisSessionStore(client, lambda: START)
        await client.aclose()
