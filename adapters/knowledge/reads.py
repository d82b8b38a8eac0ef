"""Passages with their words counted, kept in memory as far as they were read before.

A document's digest stands for all it says; who may read it is asked elsewhere, each time.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from adapters.knowledge.fulltext import FullText
from adapters.knowledge.ranking import Read
from adapters.storage.database import Row, Tx
from core.evidence import Document, Passage

KEPT_MOST = 5_000  # passages, some 5 KB each


class Reads:
    """What was read of the index."""

    def __init__(self, fulltext: FullText) -> None:
        self._fulltext = fulltext
        self._kept: dict[tuple[str, int, str], Read] = {}

    async def of(self, tx: Tx, rows: Sequence[Row]) -> list[Read]:
        """The passages of these rows (``FullText.readable``), in their order."""
        kept = self._kept
        keys = [(row["document_id"], row["position"], row["digest"]) for row in rows]
        missing = [row["id"] for row, key in zip(rows, keys, strict=True) if key not in kept]
        if missing:
            if len(kept) + len(missing) > KEPT_MOST:
                self._kept = kept = {key: kept[key] for key in keys if key in kept}
            for row in await self._fulltext.fetch(tx, missing):
                key = (row["document_id"], row["position"], row["digest"])
                kept[key] = Read(_passage(row), row["position"], row)
        return [kept[key] for key in keys]


def _passage(row: Row) -> Passage:
    document = Document(
        document_id=row["document_id"],
        title=row["title"],
        link=row["link"],
        owner=row["owner"],
        updated=date.fromisoformat(row["updated"]),
        audience=row["audience"],
        language=row["language"],
        keywords=tuple(json.loads(row["keywords"])),
    )
    passage_id = f"{row['document_id']}#{row['position']}"
    return Passage(passage_id, document, row["heading"], row["text"])
