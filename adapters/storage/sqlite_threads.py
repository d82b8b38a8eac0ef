"""Threads that work on SQLite: transactions in groups, whoever waits woken once a group."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from adapters.storage.database import Tx, Work
from adapters.storage.sqlite_tx import looked, run, translated
from core.errors import StoreUnavailable

T = TypeVar("T")

GROUP_MOST = 64  # transactions a commit


class Job:
    """A transaction that waits for its turn, what came of it, and who waits for that.

    Args:
        alone: Instead of a transaction: what needs the connection outside of all of them.
    """

    __slots__ = ("alone", "error", "future", "result", "work")

    def __init__(
        self, work: Work[Any], alone: Callable[[sqlite3.Connection], None] | None = None
    ) -> None:
        self.work, self.alone = work, alone
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: Exception | None = None


def tell(jobs: Sequence[Job]) -> None:
    """Hand everyone what came of their job; runs on the event loop."""
    for job in jobs:
        if job.future.done():  # given up meanwhile
            continue
        if job.error is not None:
            job.future.set_exception(translated(job.error))
        else:
            job.future.set_result(job.result)


class SqliteThread:
    """A thread with a connection of its own, and the queue it works through.

    Whoever waits is woken once a group: waking an event loop costs more than most jobs.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], sqlite3.Connection],
        settle: Callable[[sqlite3.Connection, Sequence[Job]], None],
    ) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._connect, self._settle = connect, settle
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        if self._stopped:
            raise StoreUnavailable("The database is closed.")
        job = Job(work)
        self._jobs.put(job)
        return cast("T", await job.future)

    async def run_alone(self, alone: Callable[[sqlite3.Connection], None]) -> None:
        """Have something done on the connection while no transaction is under way."""
        if self._stopped:
            raise StoreUnavailable("The database is closed.")
        job = Job(_nothing, alone)
        self._jobs.put(job)
        await job.future

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
                    jobs[0].future.get_loop().call_soon_threadsafe(tell, jobs)
        if connection is not None:
            connection.close()

    def _worked(
        self, connection: sqlite3.Connection | None, jobs: Sequence[Job]
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


async def _nothing(_tx: Tx) -> None:
    """The transaction of a job that is not one."""


def write_together(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Commit as a group: a job that fails is rolled back alone, its neighbours stand."""
    _commit(connection, jobs)
    for job in jobs:
        if job.alone is not None and job.error is None:
            try:
                job.alone(connection)
            except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
                job.error = error


def _commit(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        if len(jobs) == 1:
            jobs[0].result = run(jobs[0].work, connection)
        else:
            for job in jobs:
                _write_apart(connection, job)
        connection.execute("COMMIT")
    except Exception as error:  # noqa: BLE001 - it is handed to everyone who asked
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in jobs:
            job.error = job.error or error


def _write_apart(connection: sqlite3.Connection, job: Job) -> None:
    connection.execute("SAVEPOINT job")
    try:
        job.result = run(job.work, connection)
    except Exception as error:
        if not connection.in_transaction:  # SQLite rolled everything back itself
            raise
        connection.execute("ROLLBACK TO job")
        job.error = error
    connection.execute("RELEASE job")


def read_each(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Run each job over one snapshot of its own."""
    for job in jobs:
        try:
            job.result = looked(connection, job.work)
        except Exception as error:  # noqa: BLE001 - it is handed to whoever asked
            job.error = error
