"""Put passages into the full-text index and take them out; the same on every database.

``passage_fts`` comes with the migrations; its rowid is the passage's id.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.knowledge.passages import SEPARATOR, Cut
from adapters.knowledge.words import counted
from adapters.storage.database import Tx
from core.evidence import Document

ADD = """
INSERT INTO passage_fts (rowid, title, keywords, heading, text)
VALUES (:rowid, :title, :keywords, :heading, :text)
"""
REMOVE = """
DELETE FROM passage_fts WHERE rowid IN (SELECT id FROM passage WHERE document_id = :document_id)
"""
EVERYTHING = """
SELECT p.id, p.position, d.document_id, d.digest
FROM passage p JOIN document d ON d.document_id = p.document_id
"""
READABLE = """
SELECT p.id, p.position, d.document_id, d.digest, (SELECT max(id) FROM passage) AS newest
FROM passage p JOIN document d ON d.document_id = p.document_id
WHERE p.id {ids} AND d.audience {rights}
"""
FETCH = """
SELECT f.rowid AS id, f.title AS title_words, f.keywords AS keyword_words,
       f.heading AS heading_words, f.text AS text_words, p.position, p.heading, p.text,
       d.document_id, d.digest, d.title, d.link, d.owner, d.updated, d.audience, d.language,
       d.keywords
FROM passage p
JOIN passage_fts f ON f.rowid = p.id
JOIN document d ON d.document_id = p.document_id
WHERE p.id {ids}
"""


async def add(tx: Tx, document: Document, passages: Iterable[tuple[int, Cut]]) -> None:
    """Index the passages of a document, each by its id."""
    title, keywords = counted(document.title), counted("; ".join(document.keywords))
    rows = [
        {
            "rowid": rowid,
            "title": title,
            "keywords": keywords,
            "heading": counted(cut.heading.removeprefix(document.title).removeprefix(SEPARATOR)),
            "text": counted(cut.text),
        }
        for rowid, cut in passages
    ]
    await tx.each(ADD, rows)


async def remove(tx: Tx, document_id: str) -> None:
    """Forget a document's passages; called while they are still in ``passage``."""
    await tx.run(REMOVE, document_id=document_id)
