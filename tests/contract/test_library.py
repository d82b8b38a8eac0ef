"""What a library does with the documents of its sources."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from adapters.knowledge import folder as folder_module
from adapters.knowledge.about import About
from adapters.knowledge.folder import FolderSource, folders
from adapters.knowledge.library import Library, SyncReport
from adapters.knowledge.reading import NO_AUDIENCE
from adapters.knowledge.source import Kind, Material, Shelf, SourceFailed
from adapters.knowledge.sources_state import LEASE_SECONDS
from adapters.storage.database import Database, Tx
from adapters.storage.sqlite import SqliteDatabase
from core.evidence import Document
from tests.contract.given import HandClock, retriever
from tests.fakes.documents import Line, docx, paragraph, pdf

EVERYONE = frozenset({"public", "everyone"})
ARTICLE = "---\ntitle: {title}\nupdated: 2026-08-14\naudience: everyone\n---\n{text}\n"
OLD = 1_700_000_000.0


@dataclass
class Home:
    """A folder of documents and the library that follows it."""

    place: Path
    database: Database
    library: Library

    def put(self, name: str, content: str | bytes) -> None:
        """A file that was last changed a while ago."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(path, (OLD, OLD))

    async def sync(self) -> SyncReport:
        return await self.library.sync([FolderSource(self.place)])

    async def found(self, question: str) -> list[Document]:
        evidence = await retriever(self.database).search(question, EVERYONE)
        return [passage.document for passage in evidence.passages]

    async def names(self, question: str) -> list[str]:
        return [document.document_id for document in await self.found(question)]


@pytest.fixture
async def home(sqlite_path: Path, tmp_path: Path) -> AsyncIterator[Home]:
    database = SqliteDatabase(sqlite_path)
    yield furnished(tmp_path / "articles", database)
    await database.close()


@pytest.fixture
def each_home(store: Database, tmp_path: Path) -> Home:
    """One on a database of each kind."""
    return furnished(tmp_path / "articles", store)


def furnished(place: Path, database: Database) -> Home:
    place.mkdir()
    return Home(place, database, Library(database))


async def test_every_format_is_found_with_its_date_and_link(home: Home) -> None:
    """What the folder says counts where a document says nothing itself."""
    home.put("_about.yml", "audience: everyone\nowner: People team\nlink: https://x.example/hr/\n")
    home.put("leave.pdf", pdf([Line("Leave", 20), Line("25 days of leave.")], title="Leave rules"))
    home.put("trips/hotels.docx", docx(paragraph("Hotels", "Heading1") + paragraph("Book Roomly.")))
    home.put("vpn.html", "<title>VPN</title><p>Open WireGuard.")
    home.put("wifi.md", "# Wi-Fi\nJoin AF-Guest.\n")
    home.put("bikes.md", ARTICLE.format(title="Bikes", text="Racks are in the courtyard."))

    report = await home.sync()

    assert (report.documents, report.problems) == (4, (NO_DATE,))
    (leave,) = await home.found("days of leave")
    assert (leave.title, leave.owner, leave.updated) == (
        "Leave rules",
        "People team",
        date(2026, 2, 3),
    )
    (hotels,) = await home.found("Roomly hotels")
    assert hotels.link == "https://x.example/hr/trips/hotels.docx"
    (vpn,) = await home.found("WireGuard")
    assert (vpn.updated, vpn.language) == (date(2023, 11, 14), "en")
    assert await home.names("courtyard racks") == ["bikes.md"]


NO_DATE = "wifi.md, line 1: 'updated' is missing; write the day as YYYY-MM-DD. It is not in use."


async def test_a_file_beside_a_document_speaks_for_it(home: Home) -> None:
    """Closer than the folder; who may read it is never assumed."""
    home.put("_about.yml", "audience: everyone\n")
    home.put("pay/_about.yml", "audience: managers\n")
    home.put("pay/bands.html", "<p>Band five is for leads.")
    home.put("pay/days.html", "<p>Pay day is the 25th.")
    home.put("pay/days.html.yml", "audience: public\ntitle: Pay days\nupdated: 2026-01-02\n")

    await home.sync()

    assert await home.names("band five leads") == []
    (days,) = await home.found("pay day 25th")
    assert (days.title, days.audience, days.updated) == ("Pay days", "public", date(2026, 1, 2))


async def test_a_document_that_nobody_speaks_for_is_not_used(home: Home) -> None:
    home.put("loose.html", "<p>Loose words.")

    report = await home.sync()

    assert report.problems == (
        f"loose.html: {NO_AUDIENCE.format(name='loose.html')} It is not in use.",
    )
    assert await home.names("loose words") == []


@pytest.mark.parametrize(
    "trick",
    [
        "audience: &a everyone\nowner: *a\n",
        "audience: !!python/object/apply:os.system [ls]\n",
        "audience: everyone\naudience: public\n",
        "a: " + "[" * 60 + "\n",
        "audience: [everyone, managers]\n",
        "x: " + "y" * 70_000,
        b"audience: \xff\n",
    ],
    ids=["anchor", "tag", "twice", "depth", "list", "size", "bytes"],
)
async def test_a93_what_is_said_beside_a_document_is_read_like_front_matter(
    home: Home, trick: str | bytes
) -> None:
    """A broken file opens nothing: what it speaks for stays as it was, or stays out."""
    home.put("secret.html", "<p>Kryptonite.")
    home.put("old.html", '<meta name="audience" content="everyone"><p>Older words.')
    await home.sync()
    home.put("_about.yml", trick)
    home.put("old.html", '<meta name="audience" content="everyone"><p>Newer words, not used.')

    report = await home.sync()

    (told,) = [each for each in report.problems if "_about.yml" in each]
    assert told.endswith("The documents it speaks for stay as they were.")
    assert await home.names("kryptonite") == []
    assert await home.names("older words") == ["old.html"]
    assert await home.names("newer") == []


async def test_what_did_not_change_is_not_even_opened(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at a folder that is as it was costs no more than its listing."""
    home.put("_about.yml", "audience: everyone\n")
    home.put("leave.pdf", pdf([Line("25 days of leave.")]))
    home.put("vpn.html", "<p>Open WireGuard.")
    await home.sync()
    opened: list[str] = []
    real = folder_module.File.read

    def read(file: folder_module.File) -> bytes | str:
        opened.append(file.name)
        return real(file)

    monkeypatch.setattr(folder_module.File, "read", read)

    assert await home.sync() == SyncReport(documents=2, passages=2)
    assert opened == []

    home.put("vpn.html", "<p>Open TunnelBear now.")
    assert (await home.sync()).changed == 1
    assert opened == ["vpn.html"]


async def test_a92_a_hostile_document_costs_one_line_and_stops_nobody(home: Home) -> None:
    """The others are read, and its last good version stays."""
    home.put("_about.yml", "audience: everyone\n")
    home.put("leave.pdf", pdf([Line("25 days of leave.")]))
    await home.sync()
    home.put("leave.pdf", b"%PDF-1.7 torn")
    home.put("travel.docx", b"PK\x03\x04")
    home.put("vpn.html", "<p>Open WireGuard.")

    report = await home.sync()

    assert report.problems == (
        "leave.pdf: it is damaged. Save it as PDF again. Its last good version stays in use.",
        "travel.docx: this is not a Word document. Save it as .docx again. It is not in use.",
    )
    assert await home.names("days of leave") == ["leave.pdf"]
    assert await home.names("WireGuard") == ["vpn.html"]


async def test_one_file_and_several_folders_are_sources_too(home: Home, tmp_path: Path) -> None:
    """With several, a document's id begins with the name of its folder."""
    home.put("leave.md", ARTICLE.format(title="Leave", text="25 days of leave."))
    other = tmp_path / "it"
    other.mkdir()
    (other / "vpn.md").write_text(ARTICLE.format(title="VPN", text="Open WireGuard."))

    await home.library.sync(folders(home.place / "leave.md"))
    assert await home.names("days of leave") == ["leave.md"]

    report = await home.library.sync(folders(Path(f"{home.place}{os.pathsep}{other}")))
    assert await home.names("days of leave") == ["articles/leave.md"]
    assert await home.names("WireGuard") == ["it/vpn.md"]
    assert (report.documents, report.removed) == (2, 1)


async def test_a_source_that_is_not_named_any_more_is_forgotten(each_home: Home) -> None:
    each_home.put("leave.md", ARTICLE.format(title="Leave", text="25 days of leave."))
    await each_home.sync()

    report = await each_home.library.sync([])

    assert (report.documents, report.removed) == (0, 1)
    assert await each_home.library.states() == ()


@dataclass
class Slow:
    """A source that gives one document, then waits, then fails or goes on."""

    gate: asyncio.Event
    fails: bool = False
    every: float = 0.0
    source_id: str = "slow"
    name: str = "Slow"
    variant: str = ""

    def holds(self, document_id: str) -> bool:
        return True

    async def read(self, shelf: Shelf) -> None:
        about = About(title="First", audience="everyone")
        await shelf.put(
            Material("first", Kind.HTML, b"<p>First words.", "1", about, date(2026, 1, 1))
        )
        await self.gate.wait()
        if self.fails:
            raise SourceFailed("Slow: it went away.")


async def test_a_sync_that_ends_halfway_leaves_the_index_usable(each_home: Home) -> None:
    """Killed or failing: what was read before is there, and the next one goes on."""
    each_home.put("leave.md", ARTICLE.format(title="Leave", text="25 days of leave."))
    await each_home.sync()
    slow = Slow(asyncio.Event())
    reading = asyncio.create_task(each_home.library.sync([FolderSource(each_home.place), slow]))
    await asyncio.sleep(0.05)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await each_home.names("days of leave") == ["leave.md"]

    slow.gate.set()
    slow.fails = True
    report = await each_home.library.sync([FolderSource(each_home.place), slow])
    assert report.problems == ("Slow: it went away.",)
    assert await each_home.names("first words") == ["first"]
    assert await each_home.names("days of leave") == ["leave.md"]


async def test_of_several_processes_one_reads_a_source(each_home: Home) -> None:
    """The others leave it alone until it is done, or its reader is gone."""
    clock, slow = HandClock(), Slow(asyncio.Event(), every=100.0)
    one, two = two_libraries(each_home.database, clock)
    reading = asyncio.create_task(one.sync([slow]))
    while not (states := await two.states()) or not states[0].reading:
        await asyncio.sleep(0.01)

    assert await two.sync([slow]) == SyncReport(0, 0)
    slow.gate.set()
    assert (await reading).added == 1
    (state,) = await two.states()
    assert (state.documents, state.reading, state.read_at) == (1, False, clock())

    clock.pass_by(99)
    assert (await two.sync([slow], due=True)).added == 0
    assert (await two.states())[0].tried_at == clock() - 99
    clock.pass_by(2)
    await two.sync([slow], due=True)
    assert (await two.states())[0].tried_at == clock()


async def test_a_reader_that_died_is_followed_by_another(each_home: Home) -> None:
    clock, slow = HandClock(), Slow(asyncio.Event())
    one, two = two_libraries(each_home.database, clock)
    reading = asyncio.create_task(one.sync([slow]))
    while not (states := await two.states()) or not states[0].reading:
        await asyncio.sleep(0.01)
    clock.pass_by(LEASE_SECONDS + 1)
    late = Slow(asyncio.Event())
    late.gate.set()

    assert (await two.sync([late])).added == 1

    slow.gate.set()
    await reading  # it wakes up, and changes nothing
    (state,) = await two.states()
    assert (state.documents, state.reading) == (1, False)


async def test_a58_nothing_is_put_back_by_a_reader_whose_source_was_removed(
    each_home: Home,
) -> None:
    """Another process forgot the source while this one was still reading it."""
    slow = Slow(asyncio.Event(), source_id="web:slow")
    one, two = two_libraries(each_home.database, HandClock())
    reading = asyncio.create_task(one.sync([slow]))
    while not (states := await two.states()) or not states[0].reading:
        await asyncio.sleep(0.01)

    await two.sync([])
    slow.gate.set()
    await reading

    assert await each_home.names("first words") == []
    assert await two.states() == ()


async def test_f03_what_a_process_was_reading_when_it_died_is_read_by_the_next(
    each_home: Home,
) -> None:
    """At once, though it was begun a moment ago: until then people would be refused answers."""
    clock, slow, late = HandClock(), Slow(asyncio.Event()), Slow(asyncio.Event())
    late.gate.set()

    async def only_two(_tx: Tx, process: str) -> bool:
        return process == "two"

    one, two = two_libraries(each_home.database, clock)
    three = Library(each_home.database, clock=clock, me="three", shared=True, lives=only_two)
    reading = asyncio.create_task(one.sync([slow]))
    while not (states := await two.states()) or not states[0].reading:
        await asyncio.sleep(0.01)

    waits = await two.sync([late], due=True)
    reads = await three.sync([late], due=True)

    assert (waits.added, reads.added) == (0, 1)
    slow.gate.set()
    await reading


def two_libraries(database: Database, clock: HandClock) -> list[Library]:
    """Those of two processes on a database."""
    return [Library(database, clock=clock, me=me, shared=True) for me in ("one", "two")]
