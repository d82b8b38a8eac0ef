"""How documents are kept up to date while everything else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from adapters.knowledge.about import About
from adapters.knowledge.library import Library
from adapters.knowledge.source import Kind, Material, Shelf, Source
from adapters.storage.sqlite import SqliteDatabase
from bot import librarian
from bot.librarian import Librarian


@dataclass(eq=False)
class Slow:
    """A source that is read when its gate opens."""

    source_id: str
    variant: str = ""
    every: float = 1_000.0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    read_as: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.source_id

    def holds(self, _document_id: str) -> bool:
        return True

    async def read(self, shelf: Shelf) -> None:
        self.read_as.append(self.variant)
        await self.gate.wait()
        day = date(2026, 1, 1)
        about = About(title="Tea", updated=day, audience="everyone")
        await shelf.put(Material(self.source_id, Kind.MARKDOWN, b"Tea.", "1", about, day))


@dataclass
class Shown:
    """The sources there are."""

    now: list[Source]

    async def sources(self) -> list[Source]:
        return self.now

    async def close(self) -> None: ...


@dataclass
class Desk:
    """A librarian and what it looks after."""

    librarian: Librarian
    catalogue: Shown

    async def documents(self) -> int:
        return (await self.librarian.library.totals())[0]


@pytest.fixture
async def desk(furnished: Path, tmp_path: Path) -> AsyncIterator[Callable[..., Desk]]:
    """A librarian of an empty library."""
    path = tmp_path / "frontdesk.db"
    path.write_bytes(furnished.read_bytes())
    database = SqliteDatabase(path)
    made: list[Librarian] = []

    def of(*sources: Source) -> Desk:
        catalogue = Shown(list(sources))
        made.append(Librarian(Library(database), catalogue))
        return Desk(made[-1], catalogue)

    yield of
    for each in made:
        await each.close()
    await database.close()


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


async def test_a_start_does_not_wait_for_a_source_without_end(
    desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is quick is there from the first question on; the rest follows."""
    monkeypatch.setattr(librarian, "PATIENCE_SECONDS", 0.3)
    quick, slow = Slow("quick"), Slow("web:slow")
    quick.gate.set()
    it = desk(quick, slow)

    await it.librarian.start()
    assert await it.documents() == 1

    slow.gate.set()
    await it.librarian.sync()
    assert await it.documents() == 2


async def test_a_slow_source_keeps_no_other_waiting_and_is_not_read_twice(
    desk: Callable[..., Desk],
) -> None:
    folder, site = Slow("folder:a", every=0.0), Slow("web:b")
    folder.gate.set()
    it = desk(folder, site)

    async with asyncio.timeout(5):
        while len(folder.read_as) < 3:
            await it.librarian.look()
            await asyncio.sleep(0.01)

    assert site.read_as == [""]


async def test_a_source_that_is_to_be_read_differently_is_read_at_once(
    desk: Callable[..., Desk],
) -> None:
    """Even while it is being read, and though it is not due."""
    site = Slow("web:b", "1 page")
    it = desk(site)
    await it.librarian.look()
    await soon(lambda: site.read_as == ["1 page"])

    it.catalogue.now = [wider := Slow("web:b", "50 pages")]
    wider.gate.set()
    report = await it.librarian.ask(5.0, due=True)

    assert wider.read_as == ["50 pages"]
    assert report is not None
    assert report.documents == 1


async def test_a_source_that_is_removed_while_it_is_read_leaves_nothing(
    desk: Callable[..., Desk],
) -> None:
    site = Slow("web:b")
    it = desk(site)
    await it.librarian.look()
    await soon(lambda: site.read_as == [""])

    it.catalogue.now = []
    await it.librarian.look()
    site.gate.set()
    await asyncio.sleep(0)

    assert await it.documents() == 0
    assert await it.librarian.library.states() == ()
