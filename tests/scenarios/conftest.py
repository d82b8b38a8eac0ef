"""Fixtures for stories in which processes die."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.knowledge.library import Library
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from adapters.storage.workspaces import SqlWorkspaceStore
from bot.settings import DEMO
from core.ids import AccountKey, ThreadKey
from core.workspace import WorkspaceSettings
from tests.fakes.chat import HOME
from tests.scenarios.lives import Lives


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the documents, a support channel and Maya on the staff, to be copied."""
    path = tmp_path_factory.mktemp("furnished") / "frontdesk.db"
    database = SqliteDatabase(path, prepare=upgrade_sqlite)
    await Library(database, DEMO / "articles").sync()
    support = str(ThreadKey(HOME, "support", ""))
    settings = WorkspaceSettings(support_channel=support, staff=(str(AccountKey(HOME, "maya")),))
    await SqlWorkspaceStore(database).change(HOME, settings, "test")
    await database.close()
    return path


@pytest.fixture
async def lives(tmp_path: Path, furnished: Path) -> AsyncIterator[Lives]:
    """An installation whose processes may die."""
    installation = Lives(tmp_path / "lives", furnished)
    yield installation
    await installation.close()
