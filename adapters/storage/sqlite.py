"""SQLite: one process, one writer that commits in groups, readers beside it.

Below 3.51.3 SQLite can corrupt a WAL file when several connections write or
checkpoint (sqlite.org/wal.html, "the WAL-reset bug"), so a single connection does both.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from adapters.storage.database import Work
from adapters.storage.sqlite_threads import SqliteThread, read_each, write_together
from adapters.storage.sqlite_tx import looked, translated
from core.errors import SettingsError, StoreUnavailable

T = TypeVar("T")

Equip = Callable[[sqlite3.Connection], None]

BUSY_SECONDS = 2.0  # shorter than the 3 s within which Slack wants its answer
CHECKPOINT_PAGES = 4_000  # of 4 KiB in the write-ahead log
WAL_RESET_FIXED = (3, 51, 3)


class FileInUse(SettingsError):
    """Another process has this database file."""

    code = "file_in_use"


class SqliteDatabase:
    """A database file that this process alone uses."""

    def __init__(
        self,
        path: Path,
        prepare: Callable[[Path], None] | None = None,
        equip: Equip | None = None,
    ) -> None:
        """Open a file, alone.

        Args:
            prepare: May migrate it before it is used.
            equip: Adds functions to the connection that reads.
        """
        self._lock = _locked(path)
        try:
            _checked(path)
            if prepare is not None:
                prepare(path)
        except BaseException:
            os.close(self._lock)
            raise
        self.path = path
        self._writer = SqliteThread(
            "sqlite-writer", lambda: _connect(path, writes=True), write_together
        )
        self._reader = SqliteThread("sqlite-reader", lambda: _equipped(path, equip), read_each)
        self._glance: sqlite3.Connection | None = None  # the event loop's own
        self._closed = False

    async def write(self, work: Work[T]) -> T:
        return await self._writer.run(work)

    async def read(self, work: Work[T]) -> T:
        return await self._reader.run(work)

    async def look(self, work: Work[T]) -> T:
        if self._closed:
            raise StoreUnavailable("The database is closed.")
        try:
            self._glance = self._glance or _connect(self.path, writes=False)
            return looked(self._glance, work)
        except sqlite3.Error as error:
            self._close_glance()
            raise translated(error) from error

    async def compact(self) -> None:
        """Leave nothing of what was deleted in the file; takes a while for a large one.

        Raises:
            StoreUnavailable: Somebody still reads what was there before; try again.
        """
        await self._writer.run_alone(_rewritten)

    async def close(self) -> None:
        self._closed = True
        self._close_glance()
        await asyncio.to_thread(self._reader.stop)
        await asyncio.to_thread(self._writer.stop)  # last: closing it checkpoints
        os.close(self._lock)

    def _close_glance(self) -> None:
        if self._glance is not None:
            self._glance.close()
            self._glance = None


def _connect(path: Path, *, writes: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)
    connection.row_factory = sqlite3.Row
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if writes:
            connection.execute("PRAGMA secure_delete = FAST")  # zeros what a page gives up
            # each checkpoint writes every page once more: a few, larger ones
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        else:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _equipped(path: Path, equip: Equip | None) -> sqlite3.Connection:
    connection = _connect(path, writes=False)
    if equip is not None:
        equip(connection)
    return connection


def _rewritten(connection: sqlite3.Connection) -> None:
    """Copy every row into fresh pages, and empty the write-ahead log."""
    connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise StoreUnavailable("SQLite: the log is still being read.")


def _locked(path: Path) -> int:
    """Take the lock that keeps a second process away; its text says how to mend a refusal."""
    lock = path.with_name(path.name + ".lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SettingsError(
            f"The data folder {path.parent} cannot be written ({error.strerror}). "
            "Set FRONTDESK_DATA_DIR to a folder that this user may write."
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise FileInUse(
            f"Another Frontdesk process is using {path}. Stop it first, or give this one "
            "a data folder of its own with FRONTDESK_DATA_DIR."
        ) from error
    return handle


def _checked(path: Path) -> None:
    """Refuse a damaged file instead of building on it; create a new one readable by us alone."""
    if not path.exists():
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        return
    try:
        with contextlib.closing(_connect(path, writes=True)) as connection:
            found = " ".join(connection.execute("PRAGMA quick_check(1)").fetchone()[0].split())
    except sqlite3.Error as error:
        found = str(error)
    if "readonly" in found:
        raise SettingsError(
            f"The database {path} is read-only. Make the file and its folder writable for this "
            "user; Frontdesk never falls back to memory."
        )
    if "locked" in found:
        raise SettingsError(
            f"The database {path} is locked by another program. Close that program and start again."
        )
    if found != "ok":
        raise SettingsError(
            f"The database {path} is damaged ({found}). Nothing was changed. Copy the file away, "
            f"then either restore a backup or run: sqlite3 {path.name} '.recover' | "
            f"sqlite3 recovered.db, and put recovered.db in its place."
        )


def needs_single_writer() -> bool:
    """Whether this SQLite has the WAL-reset bug, worth a line at start."""
    return sqlite3.sqlite_version_info < WAL_RESET_FIXED
