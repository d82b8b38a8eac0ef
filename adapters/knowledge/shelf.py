"""Put what a source gives into the index, some documents a transaction.

Each document is replaced as a whole, and what is gone is forgotten last: whenever a
sync ends, halfway or not, the index answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Protocol

from adapters.knowledge import records
from adapters.knowledge.passages import cut
from adapters.knowledge.reading import Reader
from adapters.knowledge.records import Edition
from adapters.knowledge.sketch import sketch
from adapters.knowledge.source import Article, Known, Material, Unreadable, Wanted, always
from adapters.storage.database import Database, Tx

EDITION = b"2"  # of how documents are read, cut and counted; a new one reads everything again
AT_ONCE = 20  # documents a transaction, of some ten statements each
AT_ONCE_BYTES = 5_000_000
STAYS = "Its last good version stays in use."
NOT_USED = "It is not in use."


Fence = Callable[[Tx], Awaitable[None]]


class Watch(Protocol):
    """Knows whether the source is still ours to read."""

    async def alive(self) -> None: ...

    async def fence(self, tx: Tx, /) -> None: ...


class IndexShelf:
    """The ``Shelf`` of one source while it is read.

    Args:
        source_id: Whose documents these are.
        known: Every document of the index, those of other sources too.
        named: The sources there are; a document that another of them has stays its own.
        watch: Asked between documents and by each write; raises when the reading must end.
    """

    def __init__(
        self,
        database: Database,
        reader: Reader,
        source_id: str,
        known: Mapping[str, Known],
        named: frozenset[str],
        watch: Watch,
    ) -> None:
        self._database, self._reader, self._watch = database, reader, watch
        self._source_id = source_id
        self._everything = known
        self._others = named - {source_id}
        self.known = {name: each for name, each in known.items() if each.source == source_id}
        self._there: set[str] = set()
        self._failed: set[str] = set()
        self._waiting: list[Edition] = []
        self._stamps: list[tuple[str, str]] = []
        self._bytes = 0
        self._keeps = False
        self.problems: list[str] = []
        self.added = self.changed = self.removed = 0

    async def put(self, material: Material, wanted: Wanted = always) -> None:
        await self._watch.alive()
        name = material.document_id
        digest = _digest(material)
        known = self._everything.get(name)
        if known is not None and known.source in self._others:
            return
        if known is not None and known.digest == digest:
            self._there.add(name)
            if known.stamp != material.stamp or known.source != self._source_id:
                self.stamp(name, material.stamp or known.stamp)
            return
        try:
            article = await self._reader.read(material)
        except Unreadable as error:
            self._failed.add(name)
            self._bad(name, str(error), stays=True)
            return
        if wanted(article):
            await self._take(article, digest, material)

    async def _take(self, article: Article, digest: str, material: Material) -> None:
        document = article.document
        name = document.document_id
        cuts = cut(document.title, article.blocks)
        if not cuts and not article.links:
            self.problems.append(f"{name}: there is no text in it. Write some.")
        text = " ".join(each.text for each in cuts)
        picture, known = sketch(text), self._everything.get(name)
        if known and picture and known.sketch == picture and document.updated == material.found:
            # the same words in another wrapping, and nobody says when they changed
            document = replace(document, updated=date.fromisoformat(known.updated))
        self._there.add(name)
        self._waiting.append(
            Edition(digest, document, cuts, self._source_id, material.stamp, picture)
        )
        self._bytes += len(text)
        self.changed += name in self.known
        self.added += name not in self.known
        if len(self._waiting) >= AT_ONCE or self._bytes > AT_ONCE_BYTES:
            await self.flush()

    async def alive(self) -> None:
        await self._watch.alive()

    def stamp(self, document_id: str, stamp: str) -> None:
        known = self._everything.get(document_id)
        theirs = known is not None and known.source in self._others
        if document_id not in self._failed and not theirs:
            self._stamps.append((document_id, stamp))

    def remembered(self, document_id: str) -> str:
        known = self._everything.get(document_id)
        return known.stamp if known else ""

    def same(self, document_id: str) -> None:
        self._there.add(document_id)

    def problem(self, text: str) -> None:
        self.problems.append(text)

    def bad(self, document_id: str, why: str, *, stays: bool = True) -> None:
        self._bad(document_id, f"{document_id}: {why}", stays=stays)

    def _bad(self, document_id: str, text: str, *, stays: bool) -> None:
        stays = stays and document_id in self.known
        if stays:
            self._there.add(document_id)
        self.problems.append(f"{text} {STAYS if stays else NOT_USED}")

    def keep_rest(self) -> None:
        self._keeps = True

    async def flush(self) -> None:
        """Write what waits."""
        editions, self._waiting, self._bytes = self._waiting, [], 0
        stamps, self._stamps = self._stamps, []
        if not editions and not stamps:
            return

        async def work(tx: Tx) -> None:
            await self._watch.fence(tx)
            for edition in editions:
                await records.put(tx, edition)
            for name, stamp in stamps:
                await records.stamp(tx, name, stamp, self._source_id)

        await self._database.write(work)

    async def finish(self) -> None:
        """Write what waits, and forget what is gone."""
        await self.flush()
        if self._keeps:
            return
        gone = sorted(set(self.known) - self._there)
        await forget(self._database, gone, self._watch.fence)
        self.removed = len(gone)


async def forget(database: Database, gone: list[str], fence: Fence | None = None) -> None:
    """Forget documents, some a transaction."""

    async def work(tx: Tx) -> None:
        if fence is not None:
            await fence(tx)
        for name in some:
            await records.remove(tx, name)

    for start in range(0, len(gone), AT_ONCE):
        some = gone[start : start + AT_ONCE]
        await database.write(work)


def _digest(material: Material) -> str:
    """The same for what would be read the same."""
    said = f"{material.kind} {material.given!r} {material.firm} {material.charset}".encode()
    return hashlib.sha256(EDITION + said + b"\0" + material.data).hexdigest()
