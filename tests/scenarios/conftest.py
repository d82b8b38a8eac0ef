"""Fixtures for stories in which processes die, and the stages of all others."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from adapters.storage import outbox
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from adapters.storage.workspaces import SqlWorkspaceStore
from core.ids import AccountKey, ThreadKey
from core.workspace import WorkspaceSettings
from tests.fakes.chat import HOME
from tests.scenarios.lives import Lives
from tests.scenarios.stages import IN_PROCESS, STAGES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Play every story on every stage, but for those that say why not.

    ``only_in_process(why)`` keeps a story in this process; ``not_on(word, why)`` keeps it
    from the stages with that word in their name.
    """
    if "stage" not in metafunc.fixturenames:
        return
    marks = list(metafunc.definition.iter_markers())
    without = [each.args[0] for each in marks if each.name == "not_on"]
    chosen = [each for each in STAGES if not set(each.split()) & set(without)]
    if any(each.name == "only_in_process" for each in marks):
        chosen = [IN_PROCESS]
    metafunc.parametrize("stage", chosen)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def staffed(tmp_path_factory: pytest.TempPathFactory, furnished: Path) -> Path:
    """The furnished database with a support channel and Maya on the staff."""
    path = tmp_path_factory.mktemp("staffed") / "frontdesk.db"
    shutil.copy(furnished, path)
    database = SqliteDatabase(path, prepare=upgrade_sqlite)
    support = str(ThreadKey(HOME, "support", ""))
    settings = WorkspaceSettings(support_channel=support, staff=(str(AccountKey(HOME, "maya")),))
    await SqlWorkspaceStore(database).change(HOME, settings, "test")
    await database.close()
    return path


@pytest.fixture
async def lives(
    tmp_path: Path, staffed: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Lives]:
    """An installation whose processes may die, on a chat that shows at once what it took."""
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.01)
    installation = Lives(tmp_path / "lives", staffed)
    yield installation
    await installation.close()
