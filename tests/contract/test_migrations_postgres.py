"""The same schema and the same way to it, on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command, op

from adapters.storage.migrate import config, refuse_older, upgrade
from adapters.storage.postgres import PostgresDatabase
from core.errors import SettingsError
from tests.servers.postgres import PostgresServer


@pytest.fixture
def nothing(postgres: PostgresServer) -> Iterator[str]:
    """A database without a schema."""
    url = postgres.create()
    yield url
    postgres.drop(url)


def frontdesk(*arguments: str, url: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line with a database."""
    settings = {"FRONTDESK_DATABASE_URL": url, "FRONTDESK_DATA_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_migrations_lead_to_the_tables(postgres_url: str) -> None:
    """``alembic check``: autogenerate finds nothing to add."""
    command.check(config(postgres_url))


def test_every_migration_can_be_taken_back_and_made_again(nothing: str) -> None:
    """Down to nothing and up again."""
    upgrade(nothing)
    command.downgrade(config(nothing), "base")
    upgrade(nothing)

    command.check(config(nothing))


def test_two_that_migrate_at_once_do_it_once(nothing: str) -> None:
    """One waits for the other and finds nothing left to do."""
    code = "import sys; from adapters.storage.migrate import upgrade; upgrade(sys.argv[1])"
    with ThreadPoolExecutor(2) as both:
        made = [
            both.submit(subprocess.run, [sys.executable, "-c", code, nothing], check=True)
            for _ in range(2)
        ]
        for each in made:
            each.result()

    command.check(config(nothing))


def test_f15_a_migration_that_was_cut_off_leaves_nothing(
    nothing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each migration is done whole or not at all; the next start makes it."""

    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(op, "create_table", cut)
        with pytest.raises(PowerCut):
            upgrade(nothing)

    upgrade(nothing)

    command.check(config(nothing))


def test_an_operator_migrates_and_starts(nothing: str, tmp_path: Path) -> None:
    """Before, the start says which command is missing; the password is in neither."""
    url = nothing.replace("frontdesk@", "frontdesk:hunter2@")

    before = frontdesk("run", url=url, folder=tmp_path)
    migrated = frontdesk("migrate", url=url, folder=tmp_path)
    again = frontdesk("migrate", url=url, folder=tmp_path)

    assert before.returncode == 2
    assert "The database is empty. Run: frontdesk migrate" in before.stderr
    assert (migrated.returncode, again.returncode) == (0, 0)
    said = "".join(each.stdout + each.stderr for each in (before, migrated, again))
    assert "hunter2" not in said


async def test_f53_an_older_schema_is_refused_and_a_newer_one_served(
    pooled: PostgresDatabase,
) -> None:
    """So that old processes can be started until all are replaced."""
    sql = "UPDATE alembic_version SET version_num = :to"
    await pooled.write(lambda tx: tx.run(sql, to="9999"))
    await refuse_older(pooled)

    await pooled.write(lambda tx: tx.run(sql, to="0001"))
    with pytest.raises(SettingsError, match=r"has schema 0001\. Run: frontdesk migrate"):
        await refuse_older(pooled)
