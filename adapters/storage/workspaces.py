"""Numbered configurations of workspaces: each change is a new row; the newest is kept at hand.

While a new version takes the place of an old one, both use the same rows: what the old one
does not know it passes over, and hands on when it writes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from adapters.storage.database import Database, Tx
from core.errors import Conflict, StoreError
from core.ids import WorkspaceKey
from core.workspace import Pages, Revision, WorkspaceSettings

FRESH_SECONDS = 5.0  # how long another process may still go by the old configuration
KNOWN_MOST = 1_000  # workspaces
NEVER = 2**31 - 1  # a version that is never reached


class SqlWorkspaceStore:
    """The ``WorkspaceStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: dict[WorkspaceKey, tuple[float, WorkspaceSettings]] = {}

    async def settings(self, workspace: WorkspaceKey) -> WorkspaceSettings:
        read_at, settings = self._known.get(workspace, (0.0, WorkspaceSettings()))
        if not 0 <= self._clock() - read_at < FRESH_SECONDS:
            settings = await self._read(workspace)
            self._keep(workspace, settings)
        return settings

    def _keep(self, workspace: WorkspaceKey, settings: WorkspaceSettings) -> None:
        if len(self._known) >= KNOWN_MOST:
            self._known.clear()
        self._known[workspace] = (self._clock(), settings)

    async def _read(self, workspace: WorkspaceKey) -> WorkspaceSettings:
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT version, settings FROM workspace_settings WHERE tenant = :tenant"
                " ORDER BY version DESC LIMIT 1",
                tenant=str(workspace),
            )
        )
        if row is None:
            return WorkspaceSettings()
        return _load(row["settings"])

    async def every(self) -> dict[WorkspaceKey, WorkspaceSettings]:
        """The newest configuration of each workspace that has one."""
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT tenant, settings FROM workspace_settings w WHERE version ="
                " (SELECT max(version) FROM workspace_settings WHERE tenant = w.tenant)"
            )
        )
        return {WorkspaceKey.parse(row["tenant"]): _load(row["settings"]) for row in rows}

    async def revisions(
        self, workspace: WorkspaceKey, most: int, until: int | None = None
    ) -> tuple[Revision, ...]:
        """The newest versions, newest first; none of them after version ``until``."""
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT settings, changed_by, changed_at FROM workspace_settings"
                " WHERE tenant = :tenant AND version <= :until ORDER BY version DESC LIMIT :most",
                tenant=str(workspace),
                until=NEVER if until is None else until,
                most=most,
            )
        )
        return tuple(
            Revision(
                _load(row["settings"]),
                row["changed_by"],
                datetime.fromtimestamp(row["changed_at"], UTC),
            )
            for row in rows
        )

    async def change(
        self, workspace: WorkspaceKey, settings: WorkspaceSettings, by: str
    ) -> WorkspaceSettings:
        stored = settings.model_copy(update={"version": settings.version + 1})

        async def work(tx: Tx) -> WorkspaceSettings:
            before = await tx.one(
                "SELECT settings FROM workspace_settings WHERE tenant = :tenant"
                " AND version = :version",
                tenant=str(workspace),
                version=settings.version,
            )
            added = await tx.run(
                "INSERT INTO workspace_settings (tenant, version, settings, changed_by, changed_at)"
                " VALUES (:tenant, :version, :settings, :changed_by, :now) ON CONFLICT DO NOTHING",
                tenant=str(workspace),
                version=stored.version,
                settings=_dump(stored, before["settings"] if before else "{}"),
                changed_by=by,
                now=self._clock(),
            )
            if not added:
                raise Conflict("Somebody else changed the configuration a moment ago.")
            return stored

        try:
            changed = await self._database.write(work)
        except StoreError:
            self._known.pop(workspace, None)  # what we read was old, or is now unsure
            raise
        self._keep(workspace, changed)
        return changed


def _load(text: str) -> WorkspaceSettings:
    try:
        return WorkspaceSettings.model_validate_json(text, extra="ignore")
    except ValidationError as error:
        raise StoreError("A stored configuration was written by another version.") from error


def _dump(settings: WorkspaceSettings, before: str) -> str:
    """A configuration as JSON, with what only newer versions know of the one before it."""
    old: dict[str, Any] = json.loads(before)
    new = settings.model_dump(mode="json")
    pages = {each["address"]: _unknown(each, Pages) for each in old.get("sources", ())}
    new["sources"] = [pages.get(each["address"], {}) | each for each in new["sources"]]
    return json.dumps(_unknown(old, WorkspaceSettings) | new)


def _unknown(stored: Mapping[str, Any], kind: type[BaseModel]) -> dict[str, Any]:
    return {name: value for name, value in stored.items() if name not in kind.model_fields}
