"""The playground's own memory: what stands in its channels, as a chat platform would keep it.

It is kept apart from the product's database on purpose: to the product the
playground is a platform like any other, reached only by messages and posts.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import aiosqlite
import orjson

from core.errors import SettingsError, StoreUnavailable

SHOWN_MOST = 400  # messages a snapshot holds
SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, channel TEXT NOT NULL,
    thread TEXT NOT NULL, author TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    relayed INTEGER NOT NULL, at TEXT NOT NULL, edited INTEGER NOT NULL DEFAULT 0,
    only_for TEXT NOT NULL DEFAULT '', body TEXT NOT NULL, post_id TEXT UNIQUE, key TEXT UNIQUE,
    delivered INTEGER NOT NULL DEFAULT 1)
"""


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """One message as the room keeps it; ``body`` is what the page draws."""

    id: str
    channel: str
    thread: str
    author: str
    name: str
    kind: str
    at: datetime
    body: dict[str, Any]
    only_for: str = ""
    relayed: bool = False
    edited: bool = False
    key: str = ""


class Room:
    """All channels of the playground, in one small SQLite file."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, path: Path) -> Room:
        """Open the room's file, readable by this user alone.

        Raises:
            SettingsError: It cannot be used.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = await aiosqlite.connect(path, isolation_level=None)
        except (OSError, aiosqlite.Error) as error:
            raise _unusable(path, error) from error
        try:
            connection.row_factory = aiosqlite.Row
            await connection.execute("PRAGMA journal_mode = WAL")
            await connection.execute(SCHEMA)
            await asyncio.to_thread(path.chmod, 0o600)
        except (OSError, aiosqlite.Error) as error:
            await connection.close()
            raise _unusable(path, error) from error
        return cls(connection)

    async def close(self) -> None:
        await self._connection.close()

    async def say(
        self, author: str, name: str, channel: str, thread: str, text: str, key: str
    ) -> RoomMessage:
        """Keep what a person wrote, once per ``key``; it counts as undelivered until handed on."""
        body = {"title": "", "tone": "plain", "blocks": [{"kind": "plain", "text": text}]}
        message = RoomMessage(
            _id(), channel, thread, author, name, "person", datetime.now(UTC), body, key=key
        )
        await self._insert(message, delivered=False)
        return await self._one("key = ?", key) or message

    async def show(self, message: RoomMessage, post_id: str) -> RoomMessage:
        """Keep what the bot posted, once per ``post_id``."""
        await self._insert(message, post_id=post_id)
        return await self.posted(post_id) or message

    async def redraw(self, message_id: str, body: dict[str, Any]) -> RoomMessage | None:
        await self._run(
            "UPDATE message SET body = ?, edited = edited WHERE id = ?",
            orjson.dumps(body).decode(),
            message_id,
        )
        return await self.get(message_id)

    async def get(self, message_id: str) -> RoomMessage | None:
        return await self._one("id = ?", message_id)

    async def posted(self, post_id: str) -> RoomMessage | None:
        return await self._one("post_id = ?", post_id)

    async def delivered(self, message_id: str) -> None:
        await self._run("UPDATE message SET delivered = 1 WHERE id = ?", message_id)

    async def undelivered(self) -> list[RoomMessage]:
        """What people wrote and nobody took yet, as a platform would send it again."""
        return await self._all("delivered = 0 ORDER BY seq LIMIT 200")

    async def newest(self) -> list[RoomMessage]:
        """The newest messages of all channels, oldest first."""
        found = await self._all(f"1 = 1 ORDER BY seq DESC LIMIT {SHOWN_MOST}")
        return found[::-1]

    async def _insert(
        self, message: RoomMessage, *, post_id: str | None = None, delivered: bool = True
    ) -> None:
        await self._run(
            "INSERT OR IGNORE INTO message (id, channel, thread, author, name, kind, relayed, at,"
            " only_for, body, post_id, key, delivered) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            message.id,
            message.channel,
            message.thread,
            message.author,
            message.name,
            message.kind,
            message.relayed,
            message.at.isoformat(),
            message.only_for,
            orjson.dumps(message.body).decode(),
            post_id,
            message.key or None,
            delivered,
        )

    async def _one(self, condition: str, value: str) -> RoomMessage | None:
        found = await self._all(condition, value)
        return found[0] if found else None

    async def _all(self, condition: str, *values: object) -> list[RoomMessage]:
        query = f"SELECT * FROM message WHERE {condition}"  # noqa: S608 - our own constants
        try:
            rows = await self._connection.execute_fetchall(query, cast("Any", values))
        except aiosqlite.Error as error:
            raise StoreUnavailable(f"The playground's room: {error}.") from error
        return [_message(row) for row in rows]

    async def _run(self, sql: str, *values: object) -> None:
        try:
            await self._connection.execute(sql, cast("Any", values))
        except aiosqlite.Error as error:
            raise StoreUnavailable(f"The playground's room: {error}.") from error


def new_message(
    channel: str, thread: str, name: str, body: dict[str, Any], only_for: str, *, relayed: bool
) -> RoomMessage:
    """A message of the bot, not yet kept."""
    now = datetime.now(UTC)
    return RoomMessage(
        _id(), channel, thread, "frontdesk", name, "bot", now, body, only_for, relayed
    )


def _unusable(path: Path, error: Exception) -> SettingsError:
    return SettingsError(
        f"The playground's channels in {path} cannot be used ({error}). Move that file away to "
        "start with empty ones, or set FRONTDESK_DATA_DIR to another folder."
    )


def _id() -> str:
    return f"m{uuid4().hex[:16]}"


def _message(row: Any) -> RoomMessage:
    return RoomMessage(
        id=row["id"],
        channel=row["channel"],
        thread=row["thread"],
        author=row["author"],
        name=row["name"],
        kind=row["kind"],
        at=datetime.fromisoformat(row["at"]),
        body=orjson.loads(row["body"]),
        only_for=row["only_for"],
        relayed=bool(row["relayed"]),
        edited=bool(row["edited"]),
        key=row["key"] or "",
    )
