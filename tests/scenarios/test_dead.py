"""``frontdesk dead``, as an operator uses it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of an installation with one dead letter."""
    chosen = {"FRONTDESK_DATA_DIR": str(tmp_path), "FRONTDESK_DATABASE_URL": ""}
    if request.param == "postgres":
        chosen["FRONTDESK_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    _kill_one(chosen, tmp_path)
    return chosen


def _kill_one(settings: dict[str, str], folder: Path) -> None:
    sql = (
        "INSERT INTO inbox (dedupe, tenant, thread_key, author, ord, kind, payload, state,"
        " attempts, deaths, available_at, received_at) VALUES ('k', 'web/home', 'web/home/help/1',"
        " 'a', 1, 'message', 'secret words', 'dead', 5, 0, 0, 1700000000)"
    )
    if url := settings["FRONTDESK_DATABASE_URL"]:
        subprocess.run(
            [sys.executable, "-c", INSERT, url, sql], check=True, timeout=30, env=os.environ
        )
        return

    async def insert() -> None:
        database = SqliteDatabase(folder / "frontdesk.db", prepare=upgrade_sqlite)
        await database.write(lambda tx: tx.run(sql))
        await database.close()

    asyncio.run(insert())


INSERT = """
import asyncio, asyncpg, sys
async def main():
    connection = await asyncpg.connect(sys.argv[1])
    await connection.execute(sys.argv[2])
    await connection.close()
asyncio.run(main())
"""


def dead(settings: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "dead", *arguments],
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def test_f52_an_operator_sees_retries_and_drops_dead_letters(settings: dict[str, str]) -> None:
    """By their numbers; what people wrote is not shown."""
    listed = dead(settings, "list")
    assert "1  2023-11-14 22:13 UTC  message  web/home/help/1  attempts 5, deaths 0" in listed
    assert "secret" not in listed

    assert "7: not a dead letter." in dead(settings, "drop", "7")
    assert "1: queued again." in dead(settings, "retry", "--all")
    assert "No dead letters." in dead(settings, "list")
    assert "1: not a dead letter." in dead(settings, "retry", "1")
