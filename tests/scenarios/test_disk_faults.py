"""What the disk and other programs do to the database file: clear words, and nothing lost."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.storage import sqlite
from adapters.storage.database import Row, Tx
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase, needs_single_writer
from bot.installation_checks import writable
from bot.settings import Settings
from bot.storage import open_sqlite
from core.errors import SettingsError, StoreUnavailable
from tests.scenarios.lives import Lives, asks

LAPTOP = "When is a laptop replaced?"
NOBODY = 65_534  # a user without rights


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that wait a tenth of a second for a lock, instead of two."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes to the file, and takes its time."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok")


async def test_f19_a_short_lock_is_waited_for(lives: Lives) -> None:
    """The message is taken as soon as the other program is done."""
    office = await lives.begin()
    with locked(lives.folder / "frontdesk.db"):
        taking = asyncio.create_task(office.product.door.message(asks(LAPTOP, 1)))
        await asyncio.sleep(0.05)
        assert not taking.done()

    assert await taking
    await office.settled()
    assert len(lives.replies("m1")) == 1


@pytest.mark.usefixtures("impatient")
async def test_f19_a_long_lock_is_said_and_nothing_is_acknowledged(lives: Lives) -> None:
    """Not ready; the platform delivers again, and then there is one answer."""
    office = await lives.begin()
    with locked(lives.folder / "frontdesk.db"):
        with pytest.raises(StoreUnavailable, match="locked"):
            await office.product.door.message(asks(LAPTOP, 1))
        assert not await writable(office.product.database)

    assert await writable(office.product.database)
    await office.product.door.message(asks(LAPTOP, 1))
    await office.settled()
    assert len(lives.replies("m1")) == 1


@pytest.mark.usefixtures("impatient")
def test_f19_a_file_locked_at_the_start_is_named(tmp_path: Path) -> None:
    """The operator reads what to do."""
    path = tmp_path / "frontdesk.db"
    upgrade_sqlite(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SettingsError, match="locked by another program"):
            SqliteDatabase(path)


async def test_f20_a_full_database_recovers_when_there_is_room(lives: Lives) -> None:
    """A clean refusal, nothing half written; afterwards everything goes on."""
    office = await lives.begin()
    database = office.product.database

    async def limit(tx: Tx) -> None:
        used = (await tx.all("PRAGMA page_count"))[0][0]
        await tx.all(f"PRAGMA max_page_count = {used}")

    await database.write(limit)
    long = LAPTOP + " Please tell me." * 400
    taken = 0
    refused: StoreUnavailable | None = None
    while refused is None:
        try:
            await office.product.door.message(asks(long, taken + 1))
            taken += 1
        except StoreUnavailable as error:
            refused = error
    assert "full" in str(refused)

    await database.write(lambda tx: tx.all("PRAGMA max_page_count = 1000000"))
    await office.product.door.message(asks(LAPTOP, taken + 1))
    await office.settled()

    for number in range(1, taken + 2):
        assert len(lives.replies(f"m{number}")) == 1
    assert sound(lives.folder / "frontdesk.db")


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow: writes beyond 4 kB fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_f20_a_full_disk_turns_readiness_red_and_heals_by_itself(lives: Lives) -> None:
    """Also in the middle of the work: what was taken in is answered, once, when there is room."""
    office = await lives.begin()
    await office.product.door.message(asks(LAPTOP, 1))
    with full_disk():
        with pytest.raises(StoreUnavailable):
            await office.product.door.message(asks(LAPTOP, 2))
        assert not await writable(office.product.database)

    assert await writable(office.product.database)
    await office.product.door.message(asks(LAPTOP, 2))
    await office.settled()

    assert [len(lives.replies(thread)) for thread in ("m1", "m2")] == [1, 1]
    assert sound(lives.folder / "frontdesk.db")


def test_f21_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "var").write_text("not a folder")
    settings = Settings().model_copy(update={"data_dir": tmp_path / "var"})

    with pytest.raises(SettingsError, match=r"data folder .* cannot be (made|written)"):
        open_sqlite(settings)


@contextmanager
def without_rights() -> Iterator[Path]:
    """A folder of ours, while this process has the rights of nobody."""
    folder = Path(tempfile.mkdtemp(dir=tempfile.gettempdir()))
    upgrade_sqlite(folder / "frontdesk.db")
    folder.chmod(0o755)
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield folder
    finally:
        os.seteuid(user)
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_f21_a_folder_without_write_rights_is_named() -> None:
    """It is refused at the start, with the variable to set."""
    with without_rights() as folder:
        if os.geteuid() != NOBODY:
            folder.chmod(0o555)
        with pytest.raises(SettingsError, match=r"cannot be written.*FRONTDESK_DATA_DIR"):
            SqliteDatabase(folder / "frontdesk.db")


def test_f21_a_database_without_write_rights_is_named() -> None:
    """The folder is ours, the file is not: refused at the start, never kept in memory instead."""
    with without_rights() as folder:
        user = os.geteuid()
        if user == NOBODY:
            os.seteuid(0)
            folder.chmod(0o777)
            os.seteuid(NOBODY)
        else:
            (folder / "frontdesk.db").chmod(0o444)
        with pytest.raises(SettingsError, match="read-only"):
            SqliteDatabase(folder / "frontdesk.db")


async def test_f21_a_database_that_becomes_read_only_refuses(lives: Lives) -> None:
    """Nothing is acknowledged, nothing is kept in memory instead."""
    office = await lives.begin()
    await office.product.database.write(lambda tx: tx.all("PRAGMA query_only = ON"))

    with pytest.raises(StoreUnavailable, match="readonly"):
        await office.product.door.message(asks(LAPTOP, 1))

    assert not await writable(office.product.database)
    assert await office.product.inbox.depth() == 0


def test_f22_a_damaged_page_is_refused_with_what_to_do(tmp_path: Path, furnished: Path) -> None:
    """The file is left as it is, and a message names the steps."""
    path = tmp_path / "frontdesk.db"
    content = bytearray(furnished.read_bytes())
    for page in range(1, len(content) // 4096, 7):
        content[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(content)

    with pytest.raises(SettingsError, match=r"damaged .*Nothing was changed.*\.recover"):
        SqliteDatabase(path)

    assert path.read_bytes() == bytes(content)


def test_f22_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """Nobody's file is written over."""
    path = tmp_path / "frontdesk.db"
    path.write_text("my holiday notes\n" * 500)

    with pytest.raises(SettingsError, match="damaged"):
        SqliteDatabase(path)

    assert path.read_text().startswith("my holiday notes")


async def test_f22_a_damaged_file_frees_its_lock(tmp_path: Path) -> None:
    """After it was replaced, the same process can open it."""
    path = tmp_path / "frontdesk.db"
    path.write_text("no database " * 500)
    with pytest.raises(SettingsError):
        SqliteDatabase(path)
    path.unlink()

    database = SqliteDatabase(path, prepare=upgrade_sqlite)
    await database.close()


@pytest.mark.parametrize("torn", [0, 1, 100, 4000])
async def test_f22_a_torn_write_ahead_log_keeps_what_was_committed(
    lives: Lives, tmp_path: Path, torn: int
) -> None:
    """The shared-memory file is gone, the last frame is cut: earlier commits are all there."""
    office = await lives.begin(works=False)
    for number in range(1, 6):
        await office.product.door.message(asks(LAPTOP, number))
    crashed = Lives(tmp_path / "crashed", lives.furnished, chat=lives.chat)
    for name in ("frontdesk.db", "frontdesk.db-wal"):
        shutil.copy(lives.folder / name, crashed.folder / name)
    log = crashed.folder / "frontdesk.db-wal"
    with log.open("r+b") as file:
        file.truncate(log.stat().st_size - torn)

    office = await crashed.begin()
    if torn:  # it was never acknowledged as far as this file knows
        await office.product.door.message(asks(LAPTOP, 5))
    await office.settled()

    assert [len(lives.replies(f"m{number}")) for number in range(1, 6)] == [1, 1, 1, 1, 1]
    await crashed.close()
    assert sound(crashed.folder / "frontdesk.db")


async def test_f23_commits_are_on_disk_when_they_are_acknowledged(lives: Lives) -> None:
    """The writer syncs every commit: FULL is 2."""
    office = await lives.begin()

    found = await office.product.database.write(
        lambda tx: tx.all("SELECT * FROM pragma_synchronous, pragma_journal_mode")
    )

    assert [tuple(row) for row in found] == [(2, "wal")]


def test_f24_a_second_process_is_refused(tmp_path: Path) -> None:
    """It says what to do and exits with status 2; the first one is not disturbed."""
    settings = Settings().model_copy(update={"data_dir": tmp_path})
    database = open_sqlite(settings)
    ports = {"PORT": "0", "FRONTDESK_LOCAL_PORT": "0"}
    command = [sys.executable, "-m", "bot", "run"]

    second = subprocess.run(
        command,
        env={**os.environ, **ports, "FRONTDESK_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert second.returncode == 2
    assert "Another Frontdesk process is using" in second.stderr
    assert "Traceback" not in second.stderr
    asyncio.run(database.close())


def test_f24_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    """However it ended: the lock is the kernel's, not the file's being there."""
    path = tmp_path / "frontdesk.db"
    holding = (
        "import sys, pathlib\n"
        "from adapters.storage.sqlite import SqliteDatabase\n"
        "kept = SqliteDatabase(pathlib.Path(sys.argv[1]))\n"
        "print('open', flush=True)\n"
        "sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holding, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(SettingsError, match="Another Frontdesk process"):
            SqliteDatabase(path)
        process.kill()

    asyncio.run(SqliteDatabase(path, prepare=upgrade_sqlite).close())


async def pragma_of(tx: Tx, name: str) -> Row:
    return await tx.one(f"PRAGMA {name}")


async def test_f25_one_connection_alone_writes_and_checkpoints(lives: Lives) -> None:
    """So the bug of older SQLite versions cannot strike; a line at the start says it is there."""
    office = await lives.begin()
    database = office.product.database

    for pragma, value in (("query_only", 1), ("wal_autocheckpoint", 0)):
        row = await database.read(partial(pragma_of, name=pragma))
        assert tuple(row) == (value,)

    other = Settings().model_copy(update={"data_dir": lives.folder / "other"})
    with capture_logs() as lines:
        await open_sqlite(other).close()
    warned = [each for each in lines if "WAL-reset bug" in each["event"]]
    assert bool(warned) == needs_single_writer()


def test_files_are_for_this_user_alone(tmp_path: Path) -> None:
    """People's words are in them."""
    asyncio.run(SqliteDatabase(tmp_path / "frontdesk.db", prepare=upgrade_sqlite).close())

    for each in tmp_path.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
