"""Documents and their passages as rows, each with its entry in the full-text index."""

from __future__ import annotations

import json
from dataclasses import dataclass

from adapters.knowledge import fulltext_rows
from adapters.knowledge.embed import vector_rows
from adapters.knowledge.passages import Cut
from adapters.knowledge.source import Known
from adapters.storage.database import Tx
from core.evidence import Document

KNOWN = "SELECT document_id, digest, stamp, source, updated, sketch FROM document"
STAMP = "UPDATE document SET stamp = :stamp, source = :source WHERE document_id = :document_id"
TOTALS = """
SELECT (SELECT count(*) FROM document) AS documents, (SELECT count(*) FROM passage) AS passages
"""
ADD_DOCUMENT = """
INSERT INTO document
  (document_id, digest, title, link, owner, updated, audience, language, keywords, source, stamp,
   sketch)
VALUES
  (:document_id, :digest, :title, :link, :owner, :updated, :audience, :language, :keywords,
   :source, :stamp, :sketch)
"""
ADD_PASSAGE = """
INSERT INTO passage (document_id, position, heading, text)
VALUES (:document_id, :position, :heading, :text)
"""
IDS = "SELECT id FROM passage WHERE document_id = :document_id ORDER BY position"
REMOVE_PASSAGES = "DELETE FROM passage WHERE document_id = :document_id"
REMOVE_DOCUMENT = "DELETE FROM document WHERE document_id = :document_id"


@dataclass(frozen=True, slots=True)
class Edition:
    """A document as it will be stored.

    Args:
        source: Where it comes from; ``stamp`` tells its state there from others.
        sketch: What its text is compared with others by.
    """

    digest: str
    document: Document
    cuts: tuple[Cut, ...]
    source: str = ""
    stamp: str = ""
    sketch: str = ""


async def known(tx: Tx) -> dict[str, Known]:
    """Every document by its id."""
    return {
        row["document_id"]: Known(
            row["digest"], row["stamp"], row["source"], row["updated"], row["sketch"]
        )
        for row in await tx.all(KNOWN)
    }


async def stamp(tx: Tx, document_id: str, stamp: str, source: str) -> None:
    """Note another state of a document whose text is the same."""
    await tx.run(STAMP, document_id=document_id, stamp=stamp, source=source)


async def totals(tx: Tx) -> tuple[int, int]:
    """The number of documents and of passages."""
    row = await tx.one(TOTALS)
    return (row["documents"], row["passages"]) if row else (0, 0)


async def remove(tx: Tx, document_id: str) -> None:
    """Forget a document; nothing happens when it is not there."""
    await fulltext_rows.remove(tx, document_id)  # while its passages are still there
    await vector_rows.remove(tx, document_id)
    await tx.run(REMOVE_PASSAGES, document_id=document_id)
    await tx.run(REMOVE_DOCUMENT, document_id=document_id)


async def put(tx: Tx, edition: Edition) -> None:
    """Store a document in the place of its last edition; what says the same keeps its vectors."""
    name = edition.document.document_id
    vectors = await vector_rows.of_document(tx, name)
    await remove(tx, name)
    await add(tx, edition)
    await vector_rows.restore(tx, name, vectors)


async def add(tx: Tx, edition: Edition) -> None:
    """Store a document that is not there."""
    document = edition.document
    await tx.run(
        ADD_DOCUMENT,
        document_id=document.document_id,
        digest=edition.digest,
        title=document.title,
        link=document.link,
        owner=document.owner,
        updated=document.updated.isoformat(),
        audience=document.audience,
        language=document.language,
        keywords=json.dumps(document.keywords, ensure_ascii=False),
        source=edition.source,
        stamp=edition.stamp,
        sketch=edition.sketch,
    )
    name, cuts = document.document_id, edition.cuts
    await tx.each(
        ADD_PASSAGE,
        [
            {"document_id": name, "position": position, "heading": cut.heading, "text": cut.text}
            for position, cut in enumerate(cuts)
        ],
    )
    ids = [row["id"] for row in await tx.all(IDS, document_id=name)]
    await fulltext_rows.add(tx, document, zip(ids, cuts, strict=True))
