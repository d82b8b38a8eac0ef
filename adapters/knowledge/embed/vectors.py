"""Search the vectors of passages in the database; what each kind of database adds.

The search is exact, over those passages alone that may be read: rights take nothing away
from what is found, as they would from a list of neighbours made without them.
"""

from __future__ import annotations

import importlib.util
import json
import math
import sqlite3
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Protocol

from adapters.knowledge.embed.embedder import Vector
from adapters.storage.database import Database, Row, Tx
from core.errors import StoreError

NEAREST = 50  # passages
NEAR = """
WITH near AS MATERIALIZED (
  SELECT p.id, p.position, d.document_id, d.digest, {alike} AS alike
  FROM passage_vector v
  JOIN passage p ON p.id = v.passage_id
  JOIN document d ON d.document_id = p.document_id
  WHERE v.model = :model AND {size} AND d.audience {rights}
)
SELECT id, position, document_id, digest, alike, (SELECT avg(alike) FROM near) AS usual
FROM near
WHERE id {ids} OR id IN (SELECT id FROM near ORDER BY alike DESC LIMIT :most)
"""
IN = "IN (SELECT value FROM json_each(:{}))"
ON_SQLITE = NEAR.format(
    alike="1 - vec_distance_cosine(v.vector, :asked)",
    size="length(v.vector) = length(:asked)",
    rights=IN.format("rights"),
    ids=IN.format("ids"),
)
ANY = "= ANY(CAST(:{} AS {}[]))"
ON_POSTGRES = NEAR.format(
    alike="1 - (CAST(v.vector AS vector) <=> CAST(CAST(:asked AS real[]) AS vector))",
    size="cardinality(v.vector) = cardinality(CAST(:asked AS real[]))",
    rights=ANY.format("rights", "text"),
    ids=ANY.format("ids", "bigint"),
)
HAS_PGVECTOR = "SELECT 1 AS yes FROM pg_extension WHERE extname = 'vector'"
ADD_PGVECTOR = "CREATE EXTENSION IF NOT EXISTS vector"


@dataclass(frozen=True, slots=True)
class Near:
    """What a vector search found.

    Args:
        rows: As ``FullText.readable`` gives them: the nearest, and those asked for, in no order.
        alike: How near each is, by its id.
        usual: How near all that may be read are, on average.
    """

    rows: Sequence[Row]
    alike: dict[int, float]
    usual: float

    @property
    def nearness(self) -> float | None:
        """How near the nearest is: 0 as passages usually are, 1 the same; None without any."""
        if not self.alike or self.usual >= 1:
            return None
        return (max(self.alike.values()) - self.usual) / (1 - self.usual)


class Vectors(Protocol):
    """The vectors of one kind of database."""

    def stored(self, vector: Vector) -> object:
        """A vector as the database takes it."""
        ...

    async def near(
        self, tx: Tx, asked: Vector, model: str, rights: frozenset[str], ids: Sequence[int]
    ) -> Near:
        """The nearest passages that may be read, and how near those with these ids are."""
        ...


class SqliteVectors:
    """``Vectors`` on SQLite, with ``sqlite-vec`` or what ``equip`` puts in its place."""

    def stored(self, vector: Vector) -> object:
        return array("f", vector).tobytes()

    async def near(
        self, tx: Tx, asked: Vector, model: str, rights: frozenset[str], ids: Sequence[int]
    ) -> Near:
        rows = await tx.all(
            ON_SQLITE,
            asked=self.stored(asked),
            model=model,
            rights=json.dumps(sorted(rights)),
            ids=json.dumps(ids),
            most=NEAREST,
        )
        return _near(rows)


class PgVectors:
    """``Vectors`` on PostgreSQL with ``pgvector``."""

    def stored(self, vector: Vector) -> object:
        return vector

    async def near(
        self, tx: Tx, asked: Vector, model: str, rights: frozenset[str], ids: Sequence[int]
    ) -> Near:
        rows = await tx.all(
            ON_POSTGRES, asked=asked, model=model, rights=sorted(rights), ids=ids, most=NEAREST
        )
        return _near(rows)


def _near(rows: Sequence[Row]) -> Near:
    usual = rows[0]["usual"] if rows else 0.0
    return Near(rows, {row["id"]: row["alike"] for row in rows}, usual)


async def has_pgvector(database: Database) -> bool:
    """Whether PostgreSQL can compare vectors; tries to have it do so."""
    try:
        await database.write(lambda tx: tx.run(ADD_PGVECTOR))
    except StoreError:  # it is not there, or not ours to add
        return await database.read(lambda tx: tx.one(HAS_PGVECTOR)) is not None
    return True


def equip(connection: sqlite3.Connection) -> None:
    """Have SQLite compare vectors, by ``sqlite-vec`` where Python may load it, else by Python."""
    if loads_sqlite_vec():
        import sqlite_vec

        connection.enable_load_extension(True)  # noqa: FBT003 - positional only
        sqlite_vec.load(connection)
        connection.enable_load_extension(False)  # noqa: FBT003 - likewise
    else:
        connection.create_function("vec_distance_cosine", 2, _distance(), deterministic=True)


def loads_sqlite_vec() -> bool:
    """Whether there is ``sqlite-vec``, and a Python that was built to load it."""
    loads = hasattr(sqlite3.Connection, "enable_load_extension")
    return loads and importlib.util.find_spec("sqlite_vec") is not None


def _distance() -> Callable[[bytes, bytes], float]:
    """One less the cosine of two vectors of one length, in their bytes."""
    if importlib.util.find_spec("numpy") is None:
        return _plain_distance
    import numpy as np

    def distance(stored: bytes, asked: bytes) -> float:
        one, other = np.frombuffer(stored, np.float32), np.frombuffer(asked, np.float32)
        return 1.0 - float(one.dot(other)) / math.sqrt(float(other.dot(other)))

    return distance


def _plain_distance(stored: bytes, asked: bytes) -> float:
    one, other = memoryview(stored).cast("f"), memoryview(asked).cast("f")
    product: float = sum(map(mul, one, other))
    return 1.0 - product / math.hypot(*other)
