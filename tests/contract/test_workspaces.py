"""What the product may rely on from the configuration of workspaces."""

from __future__ import annotations

import asyncio
import json

import pytest
from pydantic import ValidationError

from adapters.storage.database import Database
from adapters.storage.workspaces import SqlWorkspaceStore
from core.errors import Conflict, StoreError
from core.ids import Platform, WorkspaceKey
from core.ports import WorkspaceStore
from core.workspace import WorkspaceSettings
from tests.contract.given import HOME


@pytest.fixture
def workspaces(store: Database) -> WorkspaceStore:
    return SqlWorkspaceStore(store)


async def test_a_workspace_that_nobody_configured_is_closed(workspaces: WorkspaceStore) -> None:
    """No staff, no admins, no channel."""
    assert await workspaces.settings(HOME) == WorkspaceSettings()


async def test_each_change_is_a_numbered_version(workspaces: WorkspaceStore) -> None:
    """The newest counts, in its own workspace only."""
    first = await workspaces.change(HOME, WorkspaceSettings(staff=("a",)), "alex")
    second = await workspaces.change(HOME, first.model_copy(update={"staff": ("b",)}), "alex")

    assert (first.version, second.version) == (1, 2)
    assert await workspaces.settings(HOME) == second
    away = WorkspaceKey(Platform.WEB, "away")
    assert (await workspaces.settings(away)).version == 0


async def test_who_changed_what_is_kept(workspaces: WorkspaceStore, store: Database) -> None:
    """Older versions stay, with the name of who made them."""
    first = await workspaces.change(HOME, WorkspaceSettings(staff=("a",)), "alex")
    await workspaces.change(HOME, first.model_copy(update={"staff": ()}), "priya")

    rows = await store.read(
        lambda tx: tx.all("SELECT version, changed_by FROM workspace_settings ORDER BY version")
    )
    assert [tuple(row) for row in rows] == [(1, "alex"), (2, "priya")]


async def test_of_fifty_changes_at_once_one_is_made(workspaces: WorkspaceStore) -> None:
    """The others are told; nothing of theirs is mixed in."""
    read = await workspaces.settings(HOME)
    changes = [
        workspaces.change(HOME, read.model_copy(update={"staff": (f"s{number}",)}), f"s{number}")
        for number in range(50)
    ]

    results = await asyncio.gather(*changes, return_exceptions=True)

    made = [each for each in results if isinstance(each, WorkspaceSettings)]
    refused = [each for each in results if isinstance(each, Conflict)]
    assert (len(made), len(refused)) == (1, 49)
    assert await workspaces.settings(HOME) == made[0]


async def _written(store: Database, settings: dict[str, object]) -> None:
    await store.write(
        lambda tx: tx.run(
            "INSERT INTO workspace_settings (tenant, version, settings, changed_by, changed_at)"
            " VALUES (:tenant, 1, :settings, 'alex', 0)",
            tenant=str(HOME),
            settings=json.dumps(settings),
        )
    )


async def test_f53_a_configuration_of_a_newer_version_is_read_and_kept_whole(
    workspaces: WorkspaceStore, store: Database
) -> None:
    """What this version does not know is passed over, and handed on with the next change."""
    page = {"address": "https://help.example.com", "audience": "everyone", "language": "de"}
    gone = {"address": "https://old.example.com", "audience": "everyone", "language": "fr"}
    newer = {"version": 1, "staff": ["a"], "hours": {"mon": "9-17"}, "sources": [page, gone]}
    await _written(store, newer)

    read = await workspaces.settings(HOME)
    await workspaces.change(
        HOME, read.model_copy(update={"staff": ("b",), "sources": read.sources[:1]}), "priya"
    )

    row = await store.read(
        lambda tx: tx.one("SELECT settings FROM workspace_settings WHERE version = 2")
    )
    assert row is not None
    stored = json.loads(row["settings"])
    assert read.staff == ("a",)
    assert (stored["staff"], stored["hours"]) == (["b"], {"mon": "9-17"})
    assert [(each["address"], each["language"]) for each in stored["sources"]] == [
        (page["address"], "de")
    ]
    assert (await workspaces.settings(HOME)).staff == ("b",)


async def test_f53_a_value_of_a_newer_version_is_the_store_s_failure(
    workspaces: WorkspaceStore, store: Database
) -> None:
    """Nothing is guessed in its place: a message waits for a process that knows it."""
    await _written(store, {"version": 1, "memory": {"": "telepathy"}})

    with pytest.raises(StoreError, match="another version"):
        await workspaces.settings(HOME)


def test_a_field_that_does_not_exist_is_refused_from_everybody_else() -> None:
    with pytest.raises(ValidationError):
        WorkspaceSettings.model_validate({"stuff": ["a"]})
