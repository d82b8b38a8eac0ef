"""A migrated database for every contract; one of each kind that the product runs on."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.storage.database import Database
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with the schema and nothing in it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "frontdesk.db"
    upgrade_sqlite(path)
    return path


@pytest.fixture(params=["sqlite"])
async def store(migrated: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of each kind."""
    path = tmp_path / "frontdesk.db"
    shutil.copy(migrated, path)
    database = SqliteDatabase(path)
    yield database
    await database.close()
