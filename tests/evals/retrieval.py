"""Retrieval: the product's full-text search in a database of its own, and its follow-ups."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from adapters.knowledge import records
from adapters.knowledge.embed.vectors import equip
from adapters.knowledge.fts5 import Fts5
from adapters.knowledge.passages import SEPARATOR, Cut
from adapters.knowledge.records import Edition
from adapters.knowledge.search import DocumentRetriever, Meaning
from adapters.llm.follow_ups import understood
from adapters.storage.database import Tx
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from core.evidence import Document
from core.messages import EVERYONE
from tests.evals.thread import Said

Row = Mapping[str, str]
Hit = tuple[str, float]


class Bridge:
    """One collection, indexed as the product indexes documents."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()  # a runner costs more than a search
        self._ids: dict[str, str] = {}
        self._confidence = 0.0

    def index(self, docs: Iterable[Row]) -> None:
        """Each row is a passage; rows of one page follow one another and are one document."""
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name) / "frontdesk.db"
        upgrade_sqlite(path)
        self._loop.run_until_complete(self._store(path, docs))

    async def _store(self, path: Path, docs: Iterable[Row]) -> None:
        self.database = SqliteDatabase(path, equip=equip)
        editions = []
        for page, rows in groupby(docs, key=_page):
            cuts = []
            for position, row in enumerate(rows):
                self._ids[f"{page}#{position}"] = row["id"]
                heading = row.get("heading", "").replace(" > ", SEPARATOR)
                cuts.append(Cut(SEPARATOR.join(filter(None, (row["title"], heading))), row["text"]))
            about = Document(page, row["title"], "", "", date.min, EVERYONE)
            editions.append(Edition("", about, tuple(cuts)))

        async def store(tx: Tx) -> None:
            for edition in editions:
                await records.add(tx, edition)

        await self.database.write(store)
        self.retrieve_with(None)

    def retrieve_with(self, meaning: Meaning | None) -> None:
        """Search by words, and by what is meant where that is known."""
        self._retriever = DocumentRetriever(self.database, Fts5(), meaning)

    def search(self, query: str, k: int, history: Sequence[Said]) -> list[Hit]:
        earlier = [said["text"] for said in history if said["role"] == "user"]
        words = understood(query, earlier).query
        found = self._loop.run_until_complete(
            self._retriever.search(words, frozenset({EVERYONE}), limit=k, earlier=earlier)
        )
        self._confidence = found.confidence
        return [(self._ids[each.passage_id], each.score) for each in found.passages]

    def confidence(self, query: str, hits: Sequence[Hit], history: Sequence[Said]) -> float:
        """That of the search just made."""
        return self._confidence


def make_retriever() -> Bridge:
    return Bridge()


def _page(row: Row) -> str:
    return row.get("page") or row["id"]
