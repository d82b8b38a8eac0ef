"""Where the product keeps its truth during a run: in a file, or in a PostgreSQL; and its copies."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.storage.database import Database
from adapters.storage.migrate import upgrade, upgrade_sqlite
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.sqlite import SqliteDatabase
from tests.servers.postgres import PostgresServer
from tests.servers.redis import RedisServer

SQLITE, POSTGRES, POSTGRES_REDIS = "sqlite", "postgres", "postgres+redis"
BACKENDS = (SQLITE, POSTGRES, POSTGRES_REDIS)


@dataclass(frozen=True)
class Backend:
    """The servers of a run; with none it is SQLite."""

    postgres: PostgresServer | None = None
    redis: RedisServer | None = None

    @property
    def name(self) -> str:
        if self.postgres is None:
            return SQLITE
        return POSTGRES if self.redis is None else POSTGRES_REDIS

    @property
    def settings(self) -> dict[str, str]:
        """The environment that a process of the product needs for it."""
        settings = {}
        if self.postgres is not None:
            settings["FRONTDESK_DATABASE_URL"] = self.postgres.url()
        if self.redis is not None:
            settings["FRONTDESK_REDIS_URL"] = self.redis.url
        return settings

    async def open(self, folder: Path) -> Database:
        """The database, with its schema, before any process has it."""
        if self.postgres is None:
            return SqliteDatabase(folder / "frontdesk.db", prepare=upgrade_sqlite)
        await asyncio.to_thread(upgrade, self.postgres.url())
        return await PostgresDatabase.open(self.postgres.url())


@contextmanager
def backend(name: str, folder: Path) -> Iterator[Backend]:
    """The servers of a backend, started for one run."""
    postgres = redis = None
    folder.mkdir(parents=True, exist_ok=True)
    try:
        postgres = PostgresServer() if name != SQLITE else None
        redis = RedisServer(folder).start() if name == POSTGRES_REDIS else None
        yield Backend(postgres, redis)
    finally:
        if redis is not None:
            redis.stop()
        if postgres is not None:
            postgres.stop()
