"""The vectors of passages as rows: written behind a reading, gone with their passage."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.knowledge.passages import SEPARATOR
from adapters.storage.database import Row, Tx

PENDING = """
SELECT p.id, p.heading, p.text
FROM passage p JOIN document d ON d.document_id = p.document_id
LEFT JOIN passage_vector v ON v.passage_id = p.id AND v.model = :model
WHERE d.source = :source AND v.passage_id IS NULL ORDER BY p.id LIMIT :most
"""
STORE = """
INSERT INTO passage_vector (passage_id, model, digest, vector)
VALUES (:passage_id, :model, :digest, :vector)
ON CONFLICT (passage_id) DO UPDATE
SET model = excluded.model, digest = excluded.digest, vector = excluded.vector
"""
OF_DOCUMENT = """
SELECT v.digest, v.model, v.vector
FROM passage_vector v JOIN passage p ON p.id = v.passage_id WHERE p.document_id = :document_id
"""
PASSAGES = "SELECT id, heading, text FROM passage WHERE document_id = :document_id"
THERE = "SELECT id FROM passage WHERE id >= :first AND id <= :last"
REMOVE = """
DELETE FROM passage_vector
WHERE passage_id IN (SELECT id FROM passage WHERE document_id = :document_id)
"""
COUNT = "SELECT count(*) AS n FROM passage_vector WHERE model = :model"


@dataclass(frozen=True, slots=True)
class Pending:
    """A passage that has no vector of the model yet."""

    passage_id: int
    text: str


def told(heading: str, text: str) -> str:
    """What a model is given of a passage: the headings say what the text is about."""
    return f"{heading.replace(SEPARATOR, '. ')}. {text}"


async def pending(tx: Tx, source: str, model: str, most: int) -> list[Pending]:
    """Some passages of a source that have no vector of this model."""
    rows = await tx.all(PENDING, source=source, model=model, most=most)
    return [Pending(row["id"], told(row["heading"], row["text"])) for row in rows]


async def store(tx: Tx, model: str, made: Sequence[tuple[Pending, object]]) -> None:
    """Store vectors, those of another model replaced; a passage may be gone by now."""
    ids = [each.passage_id for each, _ in made]
    there = {row["id"] for row in await tx.all(THERE, first=min(ids), last=max(ids))}
    await tx.each(
        STORE,
        [
            _row(each.passage_id, model, _digest(each.text), vector)
            for each, vector in made
            if each.passage_id in there
        ],
    )


async def of_document(tx: Tx, document_id: str) -> list[Row]:
    """The vectors of a document that is about to be replaced."""
    return await tx.all(OF_DOCUMENT, document_id=document_id)


async def restore(tx: Tx, document_id: str, known: Sequence[Row]) -> None:
    """Give passages that say what they said before the replacement their vectors again."""
    if not known:
        return
    vectors = {row["digest"]: row for row in known}
    rows = []
    for row in await tx.all(PASSAGES, document_id=document_id):
        same = vectors.get(digest := _digest(told(row["heading"], row["text"])))
        if same is not None:
            rows.append(_row(row["id"], same["model"], digest, same["vector"]))
    await tx.each(STORE, rows)


async def remove(tx: Tx, document_id: str) -> None:
    """Forget a document's vectors; called while its passages are still there."""
    await tx.run(REMOVE, document_id=document_id)


async def count(tx: Tx, model: str) -> int:
    """How many passages have a vector of this model."""
    row = await tx.one(COUNT, model=model)
    return int(row["n"]) if row else 0


def _row(passage_id: int, model: str, digest: str, vector: object) -> dict[str, object]:
    return {"passage_id": passage_id, "model": model, "digest": digest, "vector": vector}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
