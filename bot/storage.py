"""Open what lasts: SQLite for one process, PostgreSQL for any number of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import structlog

from adapters.knowledge.embed.vectors import (
    PgVectors,
    SqliteVectors,
    Vectors,
    equip,
    has_pgvector,
)
from adapters.knowledge.fts5 import Fts5
from adapters.knowledge.fulltext import FullText
from adapters.knowledge.tsvector import TsVector
from adapters.storage.database import Database
from adapters.storage.migrate import end_copies, refuse_older, upgrade, upgrade_sqlite
from adapters.storage.peers import Alone, Peers
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.postgres_peers import PostgresPeers, shares_sessions
from adapters.storage.sqlite import SqliteDatabase, needs_single_writer
from bot.settings import Settings
from core.errors import SettingsError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Storage:
    """What the product keeps.

    Args:
        fulltext: What the database searches its documents with.
        shared: Other processes use the database too.
        vectors: What it compares vectors with; None where there is no model, or it cannot.
    """

    database: Database
    peers: Peers
    fulltext: FullText
    shared: bool = False
    vectors: Vectors | None = None

    @classmethod
    def alone(
        cls, database: Database, peers: Peers | None = None, vectors: Vectors | None = None
    ) -> Storage:
        """Everything in one database, which this process has for itself."""
        return cls(database, peers or Alone(), Fts5(), vectors=vectors)

    async def compact(self) -> None:
        """Leave nothing of what was deleted; PostgreSQL sees to that by itself."""
        if isinstance(self.database, SqliteDatabase):
            await self.database.compact()

    async def end_copies(self, before: float) -> None:
        """Delete what was copied aside before migrations until then."""
        if isinstance(self.database, SqliteDatabase):
            await asyncio.to_thread(end_copies, self.database.path, before)

    async def close(self) -> None:
        await self.peers.leave()
        await self.database.close()


async def open_storage(settings: Settings) -> Storage:
    """The storage of an installation; raises ``SettingsError`` with what to mend."""
    if not settings.postgres_url:
        vectors = SqliteVectors() if settings.embeds else None
        return Storage.alone(open_sqlite(settings), vectors=vectors)
    return await _many(settings.postgres_url, embeds=settings.embeds)


async def _many(url: str, *, embeds: bool) -> Storage:
    database = await PostgresDatabase.open(url)
    try:
        await refuse_older(database)
        if pooled := await shares_sessions(url):
            log.warning("a pooler shares sessions; dead processes are noticed by their leases")
            await database.close()
            database = await PostgresDatabase.open(url, prepared=False)
        peers = PostgresPeers(url, database, pooled=pooled)
        vectors = PgVectors() if embeds and await has_pgvector(database) else None
        if embeds and vectors is None:
            log.warning("this PostgreSQL has no pgvector; words alone find documents")
        return Storage(database, peers, TsVector(), shared=True, vectors=vectors)
    except BaseException:
        await database.close()
        raise


async def open_truth(settings: Settings) -> Database:
    """The database alone, for a command of the operator."""
    if not settings.postgres_url:
        return open_sqlite(settings)
    database = await PostgresDatabase.open(settings.postgres_url)
    await refuse_older(database)
    return database


def open_sqlite(settings: Settings) -> SqliteDatabase:
    """The database file of an installation, migrated."""
    _make(settings.database_path.parent)
    if needs_single_writer():
        log.warning(
            "this SQLite has the WAL-reset bug; a single connection writes, which avoids it"
        )
    return SqliteDatabase(
        settings.database_path,
        prepare=upgrade_sqlite,
        equip=equip if settings.embeds else None,
    )


async def migrate(settings: Settings) -> None:
    """Bring the database to the schema of this version, whichever it is."""
    if settings.postgres_url:
        database: Database = await PostgresDatabase.open(settings.postgres_url)  # or say why not
        await database.close()
        await asyncio.to_thread(upgrade, settings.postgres_url)
    else:
        await open_sqlite(settings).close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be made ({error.strerror}). "
            "Set FRONTDESK_DATA_DIR to a folder that this user may write."
        ) from error
