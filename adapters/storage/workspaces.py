"""Numbered configurations of workspaces: each change is a new row."""

from __future__ import annotations

import time
from collections.abc import Callable

from adapters.storage.database import Database, Tx
from core.errors import Conflict
from core.ids import WorkspaceKey
from core.workspace import WorkspaceSettings


class SqlWorkspaceStore:
    """The ``WorkspaceStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def settings(self, workspace: WorkspaceKey) -> WorkspaceSettings:
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT version, settings FROM workspace_settings WHERE tenant = :tenant"
                " ORDER BY version DESC LIMIT 1",
                tenant=str(workspace),
            )
        )
        if row is None:
            return WorkspaceSettings()
        return WorkspaceSettings.model_validate_json(row["settings"])

    async def change(
        self, workspace: WorkspaceKey, settings: WorkspaceSettings, by: str
    ) -> WorkspaceSettings:
        stored = settings.model_copy(update={"version": settings.version + 1})

        async def work(tx: Tx) -> WorkspaceSettings:
            added = await tx.run(
                "INSERT INTO workspace_settings (tenant, version, settings, changed_by, changed_at)"
                " VALUES (:tenant, :version, :settings, :changed_by, :now) ON CONFLICT DO NOTHING",
                tenant=str(workspace),
                version=stored.version,
                settings=stored.model_dump_json(),
                changed_by=by,
                now=self._clock(),
            )
            if not added:
                raise Conflict("Somebody else changed the configuration a moment ago.")
            return stored

        return await self._database.write(work)
