"""Open pages, who looks out of each, and what each may be shown."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import WSCloseCode, web

from adapters.web.people import DIRECT, PlaygroundDirectory
from adapters.web.room import RoomMessage
from core.ids import ThreadKey

PAGES_MOST = 20
REPLIES_MOST = 100  # private replies of a page whose buttons still work
SEND_SECONDS = 1.0  # how long a page that does not read holds up the others


@dataclass(eq=False, slots=True)
class Page:
    """An open page; ``viewing`` maps its panes to the persons looking."""

    socket: web.WebSocketResponse
    viewing: dict[str, str] = field(default_factory=dict)
    _replies: dict[str, tuple[str, ThreadKey]] = field(default_factory=dict)

    async def send(self, event: dict[str, Any]) -> None:
        """Show an event; nothing happens when the page is gone."""
        if self.socket.closed:
            return
        with contextlib.suppress(ConnectionError, TimeoutError):  # after a timeout it is buffered
            async with asyncio.timeout(SEND_SECONDS):
                await self.socket.send_str(orjson.dumps(event).decode())

    def remember(self, key: str, person: str, thread: ThreadKey) -> None:
        """That a command's private reply has buttons: who may press them, and where they act."""
        self._replies[key] = (person, thread)
        if len(self._replies) > REPLIES_MOST:
            del self._replies[next(iter(self._replies))]

    def replied(self, key: str, person: str) -> ThreadKey | None:
        """Where the buttons of a private reply act, if it was this person's."""
        whose, thread = self._replies.get(key, ("", None))
        return thread if whose == person else None


class Hub:
    """All open pages."""

    def __init__(self, directory: PlaygroundDirectory) -> None:
        self._directory = directory
        self.pages: set[Page] = set()

    def visible(self, page: Page, message: RoomMessage) -> bool:
        """Whether one of the persons looking out of a page may see a message."""
        lookers = page.viewing.values()
        if message.only_for:
            return message.only_for in lookers
        return any(self._directory.reads(each, message.channel) for each in lookers)

    async def broadcast(self, event: str, message: RoomMessage) -> None:
        for page in tuple(self.pages):
            if self.visible(page, message):
                await page.send({"event": event, "message": shown(message)})

    async def close(self) -> None:
        """Let go of all pages; each comes back by itself when there is a server again."""
        pages = tuple(self.pages)
        await asyncio.gather(*(page.socket.close(code=WSCloseCode.GOING_AWAY) for page in pages))

    async def status(self, channel: str, thread: str, text: str) -> None:
        event = {
            "event": "status",
            "channel": _pane_channel(channel),
            "thread": thread,
            "text": text,
        }
        for page in tuple(self.pages):
            if any(self._directory.reads(each, channel) for each in page.viewing.values()):
                await page.send(event)


def shown(message: RoomMessage) -> dict[str, Any]:
    """A message as the page's protocol has it."""
    direct = message.channel.startswith(f"{DIRECT}-")
    return {
        "id": message.id,
        "channel": _pane_channel(message.channel),
        "thread": None if direct else message.thread or None,
        "author": {
            "id": message.author,
            "name": message.name,
            "kind": message.kind,
            "relayed": message.relayed,
        },
        "at": message.at.isoformat(),
        "edited": message.edited,
        "only_for": message.only_for or None,
        "key": message.key or None,
        **message.body,
    }


def _pane_channel(channel: str) -> str:
    return DIRECT if channel.startswith(f"{DIRECT}-") else channel
