"""SQLite: one process, one writer that commits in groups, readers beside it.

Below 3.51.3 SQLite can corrupt a WAL file when several connections write or
checkpoint (sqlite.org/wal.html, "the WAL-reset bug"), so a single connection does both.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

from adapters.storage.database import Row, Work
from core.errors import SettingsError, StoreError, StoreUnavailable

T = TypeVar("T")

BUSY_SECONDS = 2.0  # shorter than the 3 s within which Slack wants its answer
GROUP_MOST = 64  # transactions a commit
CHECKPOINT_PAGES = 4_000  # of 4 KiB in the write-ahead log
WAL_RESET_FIXED = (3, 51, 3)
TEMPORARY = ("locked", "busy", "full", "readonly", "disk i/o", "unable to open")


@cache
def unlocked(sql: str) -> str:
    """A query without the locks it asks for: there is one writer."""
    return sql.removesuffix(" SKIP LOCKED").removesuffix(" FOR UPDATE")


class FileInUse(SettingsError):
    """Another process has this database file."""

    code = "file_in_use"


class SqliteTx:
    """A transaction on the connection's own thread; its coroutines never suspend."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, /, **values: object) -> list[Row]:
        return self._connection.execute(unlocked(sql), values).fetchall()

    async def one(self, sql: str, /, **values: object) -> Row | None:
        cursor = self._connection.execute(unlocked(sql), values)
        row = cursor.fetchone()
        cursor.fetchall()  # a RETURNING statement takes effect only when read to its end
        return row

    async def run(self, sql: str, /, **values: object) -> int:
        return self._connection.execute(sql, values).rowcount


class _Job:
    """A transaction that waits for its turn, what came of it, and who waits for that."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: Exception | None = None


def _run(work: Work[T], connection: sqlite3.Connection) -> T:
    """Drive a coroutine over ``SqliteTx`` to its end on this thread."""
    steps = cast("Any", work(SqliteTx(connection)))
    try:
        steps.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    steps.close()
    raise StoreError("Work on a transaction waited for something other than the transaction.")


def _translated(error: Exception) -> Exception:
    """A database error in our own terms; anything else as it is."""
    if not isinstance(error, sqlite3.Error):
        return error
    text = str(error).lower()
    if isinstance(error, sqlite3.OperationalError) and any(word in text for word in TEMPORARY):
        return StoreUnavailable(f"SQLite: {error}.")
    return StoreError(f"SQLite: {error}.")


def _tell(jobs: Sequence[_Job]) -> None:
    """Hand everyone what came of their job; runs on the event loop."""
    for job in jobs:
        if job.future.done():  # given up meanwhile
            continue
        if job.error is not None:
            job.future.set_exception(_translated(job.error))
        else:
            job.future.set_result(job.result)


class _Lane:
    """A thread with a connection of its own, and the queue it works through.

    Whoever waits is woken once a group: waking an event loop costs more than most jobs.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], sqlite3.Connection],
        settle: Callable[[sqlite3.Connection, Sequence[_Job]], None],
    ) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connect, self._settle = connect, settle
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        if self._stopped:
            raise StoreUnavailable("The database is closed.")
        job = _Job(work)
        self._jobs.put(job)
        return cast("T", await job.future)

    def stop(self) -> None:
        self._stopped = True
        self._jobs.put(None)
        self._thread.join(timeout=10)

    def _work(self) -> None:
        connection: sqlite3.Connection | None = None
        running = True
        while running:
            group = [self._jobs.get()]
            while len(group) < GROUP_MOST and not self._jobs.empty():
                group.append(self._jobs.get())
            running = None not in group
            jobs = [job for job in group if job and not job.future.cancelled()]
            if jobs:
                connection = self._worked(connection, jobs)
                with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
                    jobs[0].future.get_loop().call_soon_threadsafe(_tell, jobs)
        if connection is not None:
            connection.close()

    def _worked(
        self, connection: sqlite3.Connection | None, jobs: Sequence[_Job]
    ) -> sqlite3.Connection | None:
        """Settle jobs on a connection; returns the one to go on with, None for a fresh one."""
        try:
            connection = connection or self._connect()
            self._settle(connection, jobs)
        except Exception as error:  # noqa: BLE001 - it is handed to everyone who asked
            for job in jobs:
                job.error = job.error or error
            if connection is not None:
                with contextlib.suppress(sqlite3.Error):
                    connection.close()
            return None
        return connection


def _write(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
    """Commit as a group: a job that fails is rolled back alone, its neighbours stand."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job in jobs:
            connection.execute("SAVEPOINT job")
            try:
                job.result = _run(job.work, connection)
            except Exception as error:
                if not connection.in_transaction:  # SQLite rolled everything back itself
                    raise
                connection.execute("ROLLBACK TO job")
                job.error = error
            connection.execute("RELEASE job")
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - it is handed to everyone who asked
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in jobs:
            job.error = job.error or error


def _read(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> None:
    """Run each job over one snapshot of its own."""
    for job in jobs:
        try:
            job.result = _looked(connection, job.work)
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
            job.error = error


def _looked(connection: sqlite3.Connection, work: Work[T]) -> T:
    connection.execute("BEGIN")
    try:
        return _run(work, connection)
    finally:
        connection.execute("COMMIT")


class SqliteDatabase:
    """A database file that this process alone uses."""

    def __init__(self, path: Path, prepare: Callable[[Path], None] | None = None) -> None:
        """Open a file, alone; ``prepare`` may migrate it before it is used."""
        self._lock = _locked(path)
        try:
            _checked(path)
            if prepare is not None:
                prepare(path)
        except BaseException:
            os.close(self._lock)
            raise
        self._path = path
        self._writer = _Lane("sqlite-writer", lambda: _connect(path, writes=True), _write)
        self._reader = _Lane("sqlite-reader", lambda: _connect(path, writes=False), _read)
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
            self._glance = self._glance or _connect(self._path, writes=False)
            return _looked(self._glance, work)
        except sqlite3.Error as error:
            self._close_glance()
            raise _translated(error) from error

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
        if writes:  # each checkpoint writes every page once more: a few, larger ones
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        else:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


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
