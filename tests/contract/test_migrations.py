"""The schema and the way to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command, op
from alembic.script import ScriptDirectory

from adapters.storage.migrate import config, end_copies, upgrade_sqlite
from core.errors import SettingsError
from core.ids import AccountKey, Platform, WorkspaceKey


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}


def run(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found


def test_the_migrations_lead_to_the_tables(tmp_path: Path) -> None:
    """``alembic check``: autogenerate finds nothing to add."""
    path = tmp_path / "frontdesk.db"
    upgrade_sqlite(path)

    command.check(config(url(path)))


def test_an_empty_file_gets_the_whole_schema(tmp_path: Path) -> None:
    """With the full-text index; nothing is copied aside, and doing it again changes nothing."""
    path = tmp_path / "frontdesk.db"

    upgrade_sqlite(path)
    first = run(path, "SELECT type, name, sql FROM sqlite_master ORDER BY 2")
    upgrade_sqlite(path)

    assert {"inbox", "outbox", "thread", "session", "passage_fts"} <= tables(path)
    assert run(path, "SELECT type, name, sql FROM sqlite_master ORDER BY 2") == first
    assert [each.name for each in tmp_path.iterdir() if "before" in each.name] == []


def test_every_migration_can_be_taken_back_and_made_again(tmp_path: Path) -> None:
    """Down to nothing and up again."""
    path = tmp_path / "frontdesk.db"
    upgrade_sqlite(path)
    before = tables(path)

    command.downgrade(config(url(path)), "base")
    bookkeeping = {"alembic_version", "sqlite_autoindex_alembic_version_1", "sqlite_sequence"}
    assert tables(path) <= bookkeeping
    upgrade_sqlite(path)

    assert tables(path) == before


def test_a_copy_is_kept_before_a_database_is_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds what was there, also what stands in the write-ahead log, for this user alone."""
    path = tmp_path / "frontdesk.db"
    upgrade_sqlite(path)
    run(path, "INSERT INTO turn_step VALUES ('kept', '', '', 0)")
    made: list[str] = []
    monkeypatch.setattr(ScriptDirectory, "get_current_head", lambda self: "next")
    monkeypatch.setattr(command, "upgrade", lambda settings, to: made.append(to))

    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("INSERT INTO turn_step VALUES ('in the log', '', '', 0)")
        writer.commit()
        upgrade_sqlite(path)

    copy = tmp_path / "frontdesk.db.before-next"
    assert made == ["head"]
    kept = run(copy, "SELECT turn_id FROM turn_step ORDER BY 1")
    assert kept == [("in the log",), ("kept",)]
    assert copy.stat().st_mode & 0o777 == 0o600


def test_a_copy_ends_after_a_while(tmp_path: Path) -> None:
    """Else what people had forgotten would stand there for good; only copies of this file go."""
    path = tmp_path / "frontdesk.db"
    names = ("frontdesk.db.before-0002", "frontdesk.db.before-0003", "other.db.before-0002")
    for each in (path.name, *names):
        (tmp_path / each).write_bytes(b"x")
        os.utime(tmp_path / each, (1_000.0, 1_000.0))
    os.utime(tmp_path / names[1], (3_000.0, 3_000.0))

    assert end_copies(path, 2_000.0) == 1

    assert sorted(each.name for each in tmp_path.iterdir()) == [path.name, *names[1:]]


def test_of_two_current_facts_the_newest_stands(tmp_path: Path) -> None:
    """An older version could write two at once; none is lost, and the key is spelled alike."""
    path = tmp_path / "frontdesk.db"
    command.upgrade(config(url(path)), "0004")
    for key, value in (("Office", "Lisbon"), ("office", "Porto"), ("desk", "14B")):
        run(
            path,
            "INSERT INTO fact (account, key, value, source, learned_at)"
            f" VALUES ('web/w/sam', '{key}', '{value}', 'directory', 7)",
        )

    upgrade_sqlite(path)

    current = "SELECT key, value FROM fact WHERE superseded_at IS NULL ORDER BY key"
    assert run(path, current) == [("desk", "14B"), ("office", "Porto")]
    assert run(path, "SELECT value FROM fact WHERE superseded_at = 7") == [("Lisbon",)]


def test_open_requests_come_to_belong_to_their_requesters(tmp_path: Path) -> None:
    """The key is the one that accounts have, also with characters that keys escape."""
    path = tmp_path / "frontdesk.db"
    command.upgrade(config(url(path)), "0011")
    columns = (
        "case_id, number, tenant, turn_id, thread_open, state, version, undelivered, link,"
        " escalation, opened_at"
    )
    person = '{"key": {"workspace": {"platform": "teams", "workspace_id": "t"}, "user_id": "a/b"}}'
    run(
        path,
        f"INSERT INTO handoff_case ({columns}) VALUES ('c', 1, 'teams/t', 'turn', 'teams/t/x/',"
        f" 'waiting', 0, 0, '', '{{\"requester\": {person}}}', 7)",
    )

    upgrade_sqlite(path)

    key = AccountKey(WorkspaceKey(Platform.TEAMS, "t"), "a/b")
    assert run(path, "SELECT requester, thread_open FROM handoff_case") == [
        (str(key), "teams/t/x/")
    ]


def test_f15_a_migration_that_was_cut_off_is_made_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each migration is done whole or not at all, also on SQLite."""

    class PowerCut(BaseException):
        pass

    def cut(*_: object, **__: object) -> None:
        raise PowerCut

    path = tmp_path / "frontdesk.db"
    with monkeypatch.context() as patched:
        patched.setattr(op, "execute", cut)  # the last statement of the first migration
        with pytest.raises(PowerCut):
            upgrade_sqlite(path)

    upgrade_sqlite(path)

    command.check(config(url(path)))


def test_a_database_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    """The message says which schema it has and what to do."""
    path = tmp_path / "frontdesk.db"
    upgrade_sqlite(path)
    run(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()

    with pytest.raises(SettingsError, match=r"written by a newer Frontdesk \(schema 9999\)"):
        upgrade_sqlite(path)

    assert path.read_bytes() == before
