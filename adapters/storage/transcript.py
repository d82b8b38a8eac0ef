"""Read back what was said in a thread."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.storage.database import Database, Row
from core.ids import AccountKey, ThreadKey
from core.session import Exchange, ExchangeKind

BETWEEN = (
    "SELECT turn_id, author, author_name, asked, answered, kind, only_for, at FROM exchange"
    " WHERE thread_key = :thread AND at >= :first AND at <= :last ORDER BY at DESC LIMIT 100"
)


class SqlTranscript:
    """The ``Transcript`` that turns write and retention ends."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(
        self, thread: ThreadKey, first: datetime, last: datetime
    ) -> tuple[Exchange, ...]:
        rows = await self._database.look(
            lambda tx: tx.all(
                BETWEEN, thread=str(thread), first=first.timestamp(), last=last.timestamp()
            )
        )
        return tuple(exchange_of(row) for row in reversed(rows))


def exchange_of(row: Row) -> Exchange:
    """A row as core knows it."""
    return Exchange(
        turn_id=row["turn_id"],
        author=AccountKey.parse(row["author"]),
        author_name=row["author_name"],
        asked=row["asked"],
        answered=row["answered"],
        at=datetime.fromtimestamp(row["at"], UTC),
        kind=ExchangeKind(row["kind"]),
        only_for=AccountKey.parse(row["only_for"]) if row["only_for"] else None,
    )
