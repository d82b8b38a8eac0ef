"""An open playground page without a browser: its socket, what it sends and what it is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

Event = dict[str, Any]
PATIENCE = 10.0  # seconds until something that must come has come
EVERYONE = {"employee": "sam", "support": "maya", "admin": "alex"}


@dataclass
class Page:
    """A page; ``events`` is everything it was sent, oldest first."""

    socket: ClientWebSocketResponse
    events: list[Event] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    @asynccontextmanager
    async def open(cls, port: int) -> AsyncIterator[Page]:
        url = f"http://127.0.0.1:{port}/playground/socket"
        async with ClientSession() as session, session.ws_connect(url) as socket:
            page = cls(socket)
            reading = asyncio.create_task(page._read())
            try:
                yield page
            finally:
                await socket.close()
                await reading

    async def _read(self) -> None:
        async for frame in self.socket:
            if frame.type is WSMsgType.TEXT:
                self.events.append(frame.json())
                self._more.set()

    async def gets(self, event: str, **wanted: object) -> Event:
        """The first event of a kind with these members, waiting for it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in self.events:
                    if each["event"] == event and wanted.items() <= each.items():
                        return each
                self._more.clear()
                await self._more.wait()

    async def sends(self, **frame: object) -> str:
        """Send a frame under a key of its own, which is returned."""
        frame.setdefault("key", uuid4().hex)
        await self.socket.send_json({("as" if k == "by" else k): v for k, v in frame.items()})
        return str(frame["key"])

    async def sees(self, **viewing: str) -> list[Event]:
        """The messages these persons may see, of a snapshot made now."""
        self.events = [each for each in self.events if each["event"] != "snapshot"]
        await self.socket.send_json({"do": "view", "viewing": viewing or EVERYONE})
        return list((await self.gets("snapshot"))["messages"])

    async def says(
        self, by: str, text: str, channel: str = "help", thread: str | None = None
    ) -> Event:
        """Write a message and return it as stored."""
        key = await self.sends(do="say", by=by, channel=channel, thread=thread, text=text)
        await self.gets("accepted", key=key)
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in await self.sees(employee=by, support=by):
                    if each["key"] == key:
                        return each

    async def presses(self, by: str, message: str, action: str, value: str = "v") -> Event:
        key = await self.sends(do="press", by=by, message=message, action=action, value=value)
        return await self.gets("reply", key=key)

    async def commands(self, by: str, text: str, channel: str = "admin") -> Event:
        key = await self.sends(do="command", by=by, channel=channel, text=text)
        return await self.gets("reply", key=key)

    async def refused(self, **frame: object) -> str:
        """Why a frame was refused."""
        key = await self.sends(**frame)
        return str((await self.gets("refused", key=key))["text"])

    async def answered(self, thread: str, by: str = "sam") -> list[Event]:
        """What the bot said in a thread, once it said anything that this person may see."""
        async with asyncio.timeout(PATIENCE):
            while True:
                seen = await self.sees(employee=by, support=by)
                said = [
                    each
                    for each in seen
                    if each["thread"] == thread and each["author"]["kind"] == "bot"
                ]
                if said:
                    return said
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        self._more.clear()
                        await self._more.wait()
