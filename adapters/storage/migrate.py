"""Bring a database to the schema this code needs, keeping a copy of what was there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.storage.database import Database, Row, Tx
from core.errors import SettingsError

BEFORE = ".before-"  # and the schema it was copied before, behind a file's name


def config(url: str) -> Config:
    """Alembic's configuration for a database URL; there is no ini file."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings


def upgrade(url: str) -> None:
    """Bring the database at a URL to the newest schema; doing it again changes nothing."""
    command.upgrade(config(url), "head")


def upgrade_sqlite(path: Path) -> None:
    """Migrate a SQLite file, after copying it aside; doing it again changes nothing.

    Raises:
        SettingsError: A newer version of Frontdesk wrote this database.
    """
    settings = config(f"sqlite:///{path}")
    scripts = ScriptDirectory.from_config(settings)
    stands = _revision(path)
    if stands == scripts.get_current_head():
        return
    if stands is not None:
        if stands not in {script.revision for script in scripts.walk_revisions()}:
            raise SettingsError(
                f"The database {path} was written by a newer Frontdesk (schema {stands}). "
                "Start that version again, or restore the copy made before it migrated."
            )
        _copy(path, path.with_name(f"{path.name}{BEFORE}{scripts.get_current_head()}"))
    upgrade(f"sqlite:///{path}")


async def refuse_older(database: Database) -> None:
    """Ask for a migration of a PostgreSQL that needs one.

    A newer schema is served: during an upgrade the old processes run on until they are
    replaced, and every release leaves what the one before it needs.

    Raises:
        SettingsError: It has no schema yet, or an older one.
    """

    async def stands(tx: Tx) -> str | None:
        named: Row = await tx.one("SELECT to_regclass('alembic_version')::text AS name")
        row = await tx.one("SELECT version_num FROM alembic_version") if named["name"] else None
        return row["version_num"] if row else None

    revision = await database.read(stands)
    scripts = ScriptDirectory.from_config(config(""))
    if revision == scripts.get_current_head():
        return
    if revision is None or revision in {each.revision for each in scripts.walk_revisions()}:
        has = f"has schema {revision}" if revision else "is empty"
        raise SettingsError(f"The database {has}. Run: frontdesk migrate")


def _revision(path: Path) -> str | None:
    with closing(sqlite3.connect(path)) as connection:
        named = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        ).fetchone()
        row = (
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
            if named
            else None
        )
    return row[0] if row else None


def end_copies(path: Path, before: float) -> int:
    """Delete the copies that migrations made until then; what people had forgotten ends there."""
    old = [
        each for each in path.parent.glob(f"{path.name}{BEFORE}*") if each.stat().st_mtime < before
    ]
    for each in old:
        each.unlink(missing_ok=True)
    return len(old)


def _copy(path: Path, backup: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    backup.chmod(0o600)
