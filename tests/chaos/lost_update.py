"""Many processes add to one session at once: each either wrote, or was told that it did not."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from adapters.storage.postgres import PostgresDatabase
from adapters.storage.sessions import SqlSessionStore
from core.errors import Conflict
from core.ids import Platform, ThreadKey, WorkspaceKey
from core.session import Session
from tests.chaos.backends import Backend
from tests.chaos.verdict import Report

AWAY_SECONDS = 0.005  # at most, times the tries, after somebody else was first
THREAD = ThreadKey(WorkspaceKey(Platform.WEB, "home"), "help", "root")


async def lost_update(folder: Path, backend: Backend, writers: int, updates: int) -> Report:
    """So many processes with so many updates each; what is missing at the end is lost."""
    report, began = Report("lost-update", writers), time.monotonic()
    assert backend.postgres is not None
    database = await backend.open(folder)
    sessions = SqlSessionStore(database)
    await sessions.save(Session(THREAD))
    command = [
        sys.executable,
        "-m",
        "tests.chaos.lost_update",
        backend.postgres.url(),
        str(updates),
    ]
    processes = [await asyncio.create_subprocess_exec(*command) for _ in range(writers)]
    statuses = [await each.wait() for each in processes]
    kept = await sessions.load(THREAD)
    await database.close()
    assert kept is not None
    assert not any(statuses)
    report.acked = writers * updates
    report.lost = report.acked - kept.unanswered
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def add(url: str, updates: int) -> None:
    """One process of them."""
    database = await PostgresDatabase.open(url)
    sessions = SqlSessionStore(database)
    for _ in range(updates):
        tries = 0
        while not await _added(sessions):
            tries += 1
            await asyncio.sleep(random.uniform(0, AWAY_SECONDS * tries))
    await database.close()


async def _added(sessions: SqlSessionStore) -> bool:
    read = await sessions.load(THREAD)
    assert read is not None
    try:
        await sessions.save(replace(read, unanswered=read.unanswered + 1))
    except Conflict:
        return False
    return True


if __name__ == "__main__":
    asyncio.run(add(sys.argv[1], int(sys.argv[2])))
