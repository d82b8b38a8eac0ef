"""Everything that only SQLite's full-text search understands, in one place.

``passage_fts`` comes with the migrations; its rowid is the passage's id.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from adapters.knowledge.words import counted
from adapters.storage.database import Row, Tx

ADD = """
INSERT INTO passage_fts (rowid, title, keywords, heading, text)
VALUES (:rowid, :title, :keywords, :heading, :text)
"""
REMOVE = """
DELETE FROM passage_fts WHERE rowid IN (SELECT id FROM passage WHERE document_id = :document_id)
"""
# Sorted inside the index, so that only as many passages are joined as are wanted. The
# audience is read with the passage: what somebody may see is decided now, not at indexing.
SEARCH = """
SELECT f.title AS title_words, f.keywords AS keyword_words, f.heading AS heading_words,
       f.text AS text_words, p.position, p.heading, p.text, d.document_id, d.title, d.link, d.owner,
       d.updated, d.audience, d.language, d.keywords
FROM passage_fts f
JOIN passage p ON p.id = f.rowid
JOIN document d ON d.document_id = p.document_id
WHERE f.passage_fts MATCH :query AND f.rank MATCH 'bm25(2.0, 1.5, 1.5, 1.0)'
  AND d.audience IN (SELECT value FROM json_each(:rights))
ORDER BY f.rank LIMIT :most
"""
HOLDING = "SELECT count(*) AS n FROM passage_fts WHERE passage_fts MATCH :query"
NEWEST = "SELECT coalesce(max(id), 0) AS newest FROM passage"
ALL = "SELECT count(*) AS n FROM passage"


async def add(
    tx: Tx, rowid: int, *, title: str, keywords: Sequence[str], heading: str, text: str
) -> None:
    """Index one passage."""
    await tx.run(
        ADD,
        rowid=rowid,
        title=counted(title),
        keywords=counted("; ".join(keywords)),
        heading=counted(heading),
        text=counted(text),
    )


async def remove(tx: Tx, document_id: str) -> None:
    """Forget a document's passages; called while they are still in ``passage``."""
    await tx.run(REMOVE, document_id=document_id)


async def candidates(tx: Tx, words: Sequence[str], rights: frozenset[str], most: int) -> list[Row]:
    """Passages that hold any of the words and may be read with these rights, best first."""
    return await tx.all(SEARCH, query=any_of(words), rights=json.dumps(sorted(rights)), most=most)


async def holding(tx: Tx, words: Sequence[str]) -> int:
    """How many passages hold any of the words."""
    row = await tx.one(HOLDING, query=any_of(words))
    return int(row["n"]) if row else 0


async def newest(tx: Tx) -> int:
    """A number that grows when passages are added."""
    row = await tx.one(NEWEST)
    return int(row["newest"]) if row else 0


async def size(tx: Tx) -> int:
    """The number of passages."""
    row = await tx.one(ALL)
    return int(row["n"]) if row else 0


def any_of(words: Sequence[str]) -> str:
    """A MATCH expression of quoted words: nothing in them is an operator."""
    return " OR ".join('"' + word.replace('"', '""') + '"' for word in words)
