"""Keep the documents in the database as they are in a folder.

One broken article never stops the others: what it last said stays until it is
mended, and the report names file, line and remedy.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from adapters.knowledge import records
from adapters.knowledge.articles import ArticleInvalid, read_article
from adapters.knowledge.folder import read_folder
from adapters.knowledge.passages import cut
from adapters.knowledge.records import Edition
from adapters.storage.database import Database, Tx

EDITION = b"1"  # of how articles are cut and counted; a new one reads everything again
AT_ONCE = 50  # documents a transaction
STAYS = "Its last good version stays in use."
NOT_USED = "It is not in use."


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync found and did.

    Args:
        documents: How many there are now.
        passages: How many there are now.
        problems: One sentence or two for each thing that somebody should mend.
    """

    documents: int
    passages: int
    added: int = 0
    changed: int = 0
    removed: int = 0
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class _Plan:
    """What the folder asks of the database."""

    store: list[Edition] = field(default_factory=list)
    remove: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Library:
    """The documents of one folder. Syncs of the same library follow one another."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder = database, folder
        self._one_at_a_time = asyncio.Lock()

    async def sync(self) -> SyncReport:
        """Bring the database in line with the folder; only what changed is written.

        Raises:
            StoreError: The database failed; what was written before stands.
        """
        async with self._one_at_a_time:
            known = await self._database.read(records.digests)
            plan = await asyncio.to_thread(_planned, self._folder, known)
            for start in range(0, len(plan.store), AT_ONCE):
                await self._write(plan.store[start : start + AT_ONCE], [])
            for start in range(0, len(plan.remove), AT_ONCE):
                await self._write([], plan.remove[start : start + AT_ONCE])
            documents, passages = await self._database.read(records.totals)
            changed = sum(edition.document.document_id in known for edition in plan.store)
            return SyncReport(
                documents=documents,
                passages=passages,
                added=len(plan.store) - changed,
                changed=changed,
                removed=len(plan.remove),
                problems=tuple(plan.problems),
            )

    async def _write(self, editions: list[Edition], gone: list[str]) -> None:
        async def work(tx: Tx) -> None:
            for document_id in gone:
                await records.remove(tx, document_id)
            for edition in editions:
                await records.remove(tx, edition.document.document_id)
                await records.add(tx, edition)

        await self._database.write(work)


def _planned(folder: Path, known: Mapping[str, str]) -> _Plan:
    """Read the folder and compare; runs in a thread, because disks and parsing take time."""
    plan = _Plan()
    found = read_folder(folder)
    if found is None:
        plan.problems.append(
            f"{folder}: there is no such folder. Create it or correct the setting; "
            f"until then the {len(known)} documents read before stay in use."
        )
        return plan
    for problem in found.problems:
        if problem.file.endswith("/"):  # a folder
            plan.problems.append(problem.text)
            continue
        stays = problem.file in known and found.may_hold(problem.file)
        plan.problems.append(f"{problem.text} {STAYS if stays else NOT_USED}")
    for name, data in found.files.items():
        digest = hashlib.sha256(EDITION + data).hexdigest()
        if known.get(name) == digest:
            continue
        try:
            article = read_article(name, data)
        except ArticleInvalid as error:
            plan.problems.append(f"{error} {STAYS if name in known else NOT_USED}")
            continue
        cuts = cut(article.document.title, article.body)
        if not cuts:
            plan.problems.append(f"{name}: there is no text below the front matter. Write some.")
        plan.store.append(Edition(digest, article.document, cuts))
    plan.remove += sorted(name for name in known if not found.may_hold(name))
    return plan
