"""Documents and their passages as rows, each with its entry in the full-text index."""

from __future__ import annotations

import json
from dataclasses import dataclass

from adapters.knowledge import fulltext
from adapters.knowledge.passages import SEPARATOR, Cut
from adapters.storage.database import Tx
from core.evidence import Document

DIGESTS = "SELECT document_id, digest FROM document"
TOTALS = """
SELECT (SELECT count(*) FROM document) AS documents, (SELECT count(*) FROM passage) AS passages
"""
ADD_DOCUMENT = """
INSERT INTO document
  (document_id, digest, title, link, owner, updated, audience, language, keywords)
VALUES
  (:document_id, :digest, :title, :link, :owner, :updated, :audience, :language, :keywords)
"""
ADD_PASSAGE = """
INSERT INTO passage (document_id, position, heading, text)
VALUES (:document_id, :position, :heading, :text) RETURNING id
"""
REMOVE_PASSAGES = "DELETE FROM passage WHERE document_id = :document_id"
REMOVE_DOCUMENT = "DELETE FROM document WHERE document_id = :document_id"


@dataclass(frozen=True, slots=True)
class Edition:
    """A document as it will be stored."""

    digest: str
    document: Document
    cuts: tuple[Cut, ...]


async def digests(tx: Tx) -> dict[str, str]:
    """The digest of every document by its id."""
    return {row["document_id"]: row["digest"] for row in await tx.all(DIGESTS)}


async def totals(tx: Tx) -> tuple[int, int]:
    """The number of documents and of passages."""
    row = await tx.one(TOTALS)
    return (row["documents"], row["passages"]) if row else (0, 0)


async def remove(tx: Tx, document_id: str) -> None:
    """Forget a document; nothing happens when it is not there."""
    await fulltext.remove(tx, document_id)  # while its passages are still there
    await tx.run(REMOVE_PASSAGES, document_id=document_id)
    await tx.run(REMOVE_DOCUMENT, document_id=document_id)


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
    )
    for position, part in enumerate(edition.cuts):
        row = await tx.one(
            ADD_PASSAGE,
            document_id=document.document_id,
            position=position,
            heading=part.heading,
            text=part.text,
        )
        if row is not None:
            await fulltext.add(
                tx,
                row["id"],
                title=document.title,
                keywords=document.keywords,
                heading=part.heading.removeprefix(document.title).removeprefix(SEPARATOR),
                text=part.text,
            )
