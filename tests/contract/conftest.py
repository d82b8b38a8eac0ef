"""A migrated database for every contract; one of each kind that the product runs on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.storage.database import Database
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.sqlite import SqliteDatabase
from tests.contract.given import opened


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "frontdesk.db"
    upgrade_sqlite(path)
    return path


@pytest.fixture
def sqlite_path(migrated: Path, tmp_path: Path) -> Path:
    """An empty database file with the schema."""
    return Path(shutil.copy(migrated, tmp_path / "frontdesk.db"))


@pytest.fixture(params=["sqlite_path", "postgres_url"])
def place(request: pytest.FixtureRequest) -> Path | str:
    """Where an empty database of each kind is."""
    found: Path | str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
async def store(place: Path | str) -> AsyncIterator[Database]:
    """An empty database of each kind."""
    database = await opened(place)
    yield database
    await database.close()


@pytest.fixture
async def grouping(sqlite_path: Path) -> AsyncIterator[SqliteDatabase]:
    """An empty database of the kind that commits in groups."""
    database = SqliteDatabase(sqlite_path)
    yield database
    await database.close()


@pytest.fixture
async def pooled(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """An empty database of the kind that many processes share."""
    database = await PostgresDatabase.open(postgres_url)
    yield database
    await database.close()
