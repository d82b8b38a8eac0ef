"""Bring a database to the schema this code needs, keeping a copy of what was there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from core.errors import SettingsError


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
        _copy(path, path.with_name(f"{path.name}.before-{scripts.get_current_head()}"))
    upgrade(f"sqlite:///{path}")


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


def _copy(path: Path, backup: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    backup.chmod(0o600)
