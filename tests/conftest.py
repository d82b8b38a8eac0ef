"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bot.settings import DEMO
from core.ports import Model
from tests.scenarios.office import Office
from tests.servers.redis import RedisServer, ServerMissing

OpenOffice = Callable[..., Awaitable[Office]]


@pytest.fixture
async def open_office(tmp_path: Path) -> AsyncIterator[OpenOffice]:
    """Opens offices with a support channel and two members of staff, at work."""
    opened: list[Office] = []

    async def opener(
        model: Model | None = None, knowledge: Path = DEMO / "articles", **settings: object
    ) -> Office:
        folder = tmp_path / f"office{len(opened)}"
        office = await Office.open(folder, knowledge, model, **settings)
        opened.append(office)
        await office.staff("maya", "tom")
        office.start()
        return office

    yield opener
    for office in opened:
        await office.close()


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


@pytest.fixture
def redis_server(running_redis: RedisServer) -> Iterator[RedisServer]:
    """The server, running and empty, whatever the test before did to it."""
    running_redis.start().resume()
    running_redis.flush()
    yield running_redis
    running_redis.resume()
