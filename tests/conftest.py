"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from adapters.knowledge.folder import FolderSource
from adapters.knowledge.library import Library
from adapters.storage.migrate import upgrade, upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from bot.settings import DEMO
from core.ports import Model
from tests.scenarios.office import Office
from tests.scenarios.stages import IN_PROCESS, STAGES
from tests.servers.postgres import FAST, NoServer, PostgresServer
from tests.servers.redis import RedisServer, ServerMissing

if TYPE_CHECKING:
    from tests.servers.dynamodb import DynamoServer

OURS = ("ANTHROPIC_", "AWS_", "FRONTDESK_", "SLACK_", "TEAMS_")  # variables the product reads
for each in [*os.environ]:  # a developer's own keys and settings never reach a test
    if each.startswith(OURS) or each == "PORT":
        del os.environ[each]

OpenOffice = Callable[..., Awaitable[Office]]
ARTICLES = DEMO / "articles"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the sample documents, to be copied: reading them takes longer."""
    path = tmp_path_factory.mktemp("furnished") / "frontdesk.db"
    database = SqliteDatabase(path, prepare=upgrade_sqlite)
    await Library(database).sync([FolderSource(ARTICLES)])
    await database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for the whole run; where there is none, CI fails and says so."""
    try:
        server = PostgresServer(*FAST)
    except NoServer as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a database with the schema and nothing in it, to be copied."""
    url = postgres.create()
    upgrade(url)
    return url.rpartition("/")[2]


@pytest.fixture
def postgres_url(postgres: PostgresServer, migrated_postgres: str) -> Iterator[str]:
    """An empty database with the schema."""
    url = postgres.create(migrated_postgres)
    yield url
    postgres.drop(url)


@pytest.fixture
def stage() -> str:
    """Where the office is; the stories choose others too."""
    return IN_PROCESS


@pytest.fixture
async def open_office(tmp_path: Path, furnished: Path, stage: str) -> AsyncIterator[OpenOffice]:
    """Opens offices with a support channel and two members of staff, at work."""
    async with AsyncExitStack() as opened:

        async def opener(model: Model | None = None, knowledge: Path = ARTICLES) -> Office:
            folder = tmp_path / "office"
            opening = STAGES[stage](folder, furnished, knowledge, model)
            office = Office(await opened.enter_async_context(opening))
            await office.people()
            await office.staff("maya", "tom")
            office.start()
            return office

        yield opener


@pytest.fixture
async def office(open_office: OpenOffice) -> Office:
    """An office whose model is the offline one."""
    return await open_office()


@pytest.fixture(scope="session")
def running_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis server; where there is none, its tests are skipped, but never in CI."""
    try:
        server = RedisServer(tmp_path_factory.mktemp("redis")).start()
    except ServerMissing as missing:
        if "CI" in os.environ:
            raise
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture(scope="session")
def running_dynamodb() -> Iterator[DynamoServer]:
    from tests.servers.dynamodb import DynamoServer  # it takes a second to import

    server = DynamoServer()
    yield server
    server.stop()


@pytest.fixture
def dynamodb_url(running_dynamodb: DynamoServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a new table, and credentials that any server of moto's takes."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    return running_dynamodb.table()


@pytest.fixture
def redis_server(running_redis: RedisServer) -> Iterator[RedisServer]:
    """The server, running and empty, whatever the test before did to it."""
    running_redis.start().resume()
    running_redis.flush()
    yield running_redis
    running_redis.resume()
