"""What somebody should look at in the library: documents that are there twice, old ones,
and ones that contradict each other.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

from adapters.knowledge.contradictions import Contradiction, Text, contradictions
from adapters.knowledge.sketch import alike
from adapters.storage.database import Database, Row, Tx

OLD = timedelta(days=365)
CONTRADICTIONS_MOST = 20
PASSAGES_MOST = 20_000
DOCUMENTS = """
SELECT document_id, title, link, owner, updated, audience, sketch FROM document
ORDER BY document_id
"""
PASSAGES = "SELECT document_id, heading, text FROM passage ORDER BY id LIMIT :most"


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as a survey shows it."""

    document_id: str
    title: str
    owner: str
    updated: date
    audience: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found, the most urgent of each first.

    Args:
        twice: Documents that say nearly the same, two and two.
        old: Not updated for a year.
    """

    documents: dict[str, Entry]
    twice: tuple[tuple[Entry, Entry], ...]
    old: tuple[Entry, ...]
    contradicting: tuple[Contradiction, ...]


async def survey(index: Database, today: date) -> Survey:
    """Look through the whole library; costs what reading it once costs."""

    async def read(tx: Tx) -> tuple[list[Row], list[Row]]:
        return await tx.all(DOCUMENTS), await tx.all(PASSAGES, most=PASSAGES_MOST)

    documents, passages = await index.read(read)
    return await asyncio.to_thread(_surveyed, documents, passages, today)


def _surveyed(rows: list[Row], passages: list[Row], today: date) -> Survey:
    documents = {row["document_id"]: _entry(row) for row in rows}
    twice = tuple(
        (documents[one], documents[two])
        for one, two in alike({row["document_id"]: row["sketch"] for row in rows})
    )
    old = [each for each in documents.values() if each.updated < today - OLD]
    copies = {frozenset((one.document_id, two.document_id)) for one, two in twice}
    texts = [Text(row["document_id"], row["heading"], row["text"]) for row in passages]
    found = contradictions(texts, CONTRADICTIONS_MOST)
    differing = sorted(found, key=lambda each: frozenset(each.documents) in copies)
    return Survey(documents, twice, tuple(sorted(old, key=_age)), tuple(differing))


def _age(entry: Entry) -> date:
    return entry.updated


def _entry(row: Row) -> Entry:
    return Entry(
        row["document_id"],
        row["title"],
        row["owner"],
        date.fromisoformat(row["updated"]),
        row["audience"],
    )
