"""Sessions in a DynamoDB table with the key ``thread`` (a string).

``ends_at`` is the attribute to name as the table's time to live.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.dynamodb.client import Table
from adapters.storage.codec import dump, load
from core.errors import Conflict, StoreError
from core.ids import ThreadKey
from core.session import Session

ITEM_MOST = 400 * 1024  # bytes; DynamoDB, "Service quotas", item size
OVERHEAD = 2 * 1024  # bytes for everything of an item but the session
GRACE = timedelta(days=1)  # after its end a session still says whom the bot was helping
ENDLESS_LIFE = timedelta(days=7)  # since its newest write, of a session without an end


class TooLarge(StoreError):
    """A session that no item can hold; the database has it all the same."""

    code = "session_too_large"

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"A session takes {size} bytes, and an item {ITEM_MOST} at most.")


def _now() -> datetime:
    return datetime.now(UTC)


class DynamoSessionStore:
    """The ``SessionStore`` and ``CopyStore`` for where no server is to be kept running."""

    def __init__(self, table: Table, clock: Callable[[], datetime] = _now) -> None:
        self._table, self._clock = table, clock

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        if version == 0:
            return None
        answer = await self._table.call("get_item", Key=_key(thread), ConsistentRead=True)
        item = answer.get("Item")
        return load(Session, zlib.decompress(item["session"]["B"])) if item else None

    async def save(self, session: Session) -> Session:
        saved = replace(session, version=session.version + 1)
        condition = "version = :limit" if session.version else "attribute_not_exists(thread)"
        try:
            await self._put(saved, condition, session.version)
        except Conflict as error:
            raise Conflict("A session was written by somebody else since it was read.") from error
        return saved

    async def keep(self, session: Session) -> None:
        condition = "attribute_not_exists(thread) OR version < :limit"
        try:
            await self._put(session, condition, session.version)
        except Conflict:  # one as new is there
            return

    async def drop(self, thread: ThreadKey) -> None:
        await self._table.call("delete_item", Key=_key(thread))

    async def sweep(self, now: datetime) -> int:
        return 0

    async def close(self) -> None:
        self._table.close()

    async def _put(self, session: Session, condition: str, limit: int) -> None:
        packed = zlib.compress(dump(Session, session).encode(), 1)
        if len(packed) > ITEM_MOST - OVERHEAD:
            raise TooLarge(len(packed))
        ends_at = session.expires_at + GRACE if session.expires_at else self._clock() + ENDLESS_LIFE
        item: dict[str, Any] = {
            **_key(session.thread),
            "version": {"N": str(session.version)},
            "session": {"B": packed},
            "ends_at": {"N": str(int(ends_at.timestamp()))},
        }
        named = {":limit": {"N": str(limit)}} if ":limit" in condition else None
        values = {"ExpressionAttributeValues": named} if named else {}
        await self._table.call("put_item", Item=item, ConditionExpression=condition, **values)


def _key(thread: ThreadKey) -> dict[str, dict[str, str]]:
    return {"thread": {"S": str(thread)}}
