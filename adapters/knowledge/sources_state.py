"""What the database knows of the sources: who reads one now, and how the last reading went."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import orjson

from adapters.knowledge.source import Source
from adapters.storage.database import Tx

Lives = Callable[[Tx, str], Awaitable[bool]]  # whether a process that reads something may live

LEASE_SECONDS = 120.0  # within which a reading says that it goes on
PROBLEMS_MOST = 200  # of a source, that are kept
COME = """
INSERT INTO knowledge_source (source_id, name, tried_at, owner, lease_until, problems)
VALUES (:source_id, :name, 0, '', 0, '[]')
ON CONFLICT (source_id) DO UPDATE SET name = excluded.name
"""
CLAIM = """
UPDATE knowledge_source SET owner = :me, lease_until = :until, tried_at = :now
WHERE source_id = :source_id AND tried_at <= :before
  AND (lease_until < :now OR owner = :me)
"""
HELD = """
SELECT owner FROM knowledge_source
WHERE source_id = :source_id AND lease_until >= :now AND owner NOT IN ('', :me)
"""
LEFT = """
UPDATE knowledge_source SET owner = '', lease_until = 0, tried_at = 0
WHERE source_id = :source_id AND owner = :owner
"""
RENEW = """
UPDATE knowledge_source SET lease_until = :until WHERE source_id = :source_id AND owner = :me
"""
ENDED = """
UPDATE knowledge_source SET owner = '', lease_until = 0, problems = :problems,
  read_at = CASE WHEN :complete = 1 THEN :now ELSE read_at END
WHERE source_id = :source_id AND owner = :me
"""
LIST = """
SELECT s.source_id, s.name, s.tried_at, s.read_at, s.lease_until, s.problems,
  (SELECT count(*) FROM document d WHERE d.source = s.source_id) AS documents
FROM knowledge_source s ORDER BY s.source_id
"""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How it stands with a source.

    Args:
        tried_at: When the last reading began, in seconds since 1970; 0 for never.
        read_at: When one last came to its end.
        reading: A process reads it now.
    """

    source_id: str
    name: str
    documents: int
    tried_at: float
    read_at: float | None
    reading: bool
    problems: tuple[str, ...]


async def claim(tx: Tx, source: Source, me: str, now: float, *, due: float, lives: Lives) -> bool:
    """Be the one who reads a source; False when another does, or nobody need.

    What a process left half read when it died is due, however short a while ago that was.

    Args:
        due: It was last tried before then.
    """
    await tx.run(COME, source_id=source.source_id, name=source.name)
    held = await tx.one(HELD, source_id=source.source_id, me=me, now=now)
    if held is not None and not await lives(tx, held["owner"]):
        await tx.run(LEFT, source_id=source.source_id, owner=held["owner"])
    claimed = await tx.run(
        CLAIM,
        source_id=source.source_id,
        me=me,
        now=now,
        until=now + LEASE_SECONDS,
        before=due,
    )
    return claimed > 0


async def renew(tx: Tx, source_id: str, me: str, now: float) -> bool:
    """Say that the reading goes on; False when somebody else took it over."""
    return await tx.run(RENEW, source_id=source_id, me=me, until=now + LEASE_SECONDS) > 0


async def ended(
    tx: Tx, source_id: str, me: str, now: float, problems: Sequence[str], *, complete: bool
) -> None:
    """Note how a reading went."""
    await tx.run(
        ENDED,
        source_id=source_id,
        me=me,
        now=now,
        complete=int(complete),
        problems=orjson.dumps(problems[:PROBLEMS_MOST]).decode(),
    )


async def states(tx: Tx, now: float) -> tuple[SourceState, ...]:
    """Every source that was ever read and not forgotten."""
    return tuple(
        SourceState(
            source_id=row["source_id"],
            name=row["name"],
            documents=row["documents"],
            tried_at=row["tried_at"],
            read_at=row["read_at"],
            reading=row["lease_until"] > now,
            problems=tuple(orjson.loads(row["problems"])),
        )
        for row in await tx.all(LIST)
    )


async def tried(tx: Tx) -> dict[str, float]:
    """When each source was last tried, by its id."""
    rows = await tx.all("SELECT source_id, tried_at FROM knowledge_source")
    return {row["source_id"]: row["tried_at"] for row in rows}


async def documents_of(tx: Tx) -> dict[str, list[str]]:
    """The ids of all documents, by their source."""
    found: dict[str, list[str]] = {}
    for row in await tx.all("SELECT document_id, source FROM document ORDER BY document_id"):
        found.setdefault(row["source"], []).append(row["document_id"])
    return found


async def forget(tx: Tx, source_id: str) -> None:
    """Forget a source; its documents are another matter."""
    await tx.run("DELETE FROM knowledge_source WHERE source_id = :source_id", source_id=source_id)
