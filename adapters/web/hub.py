"""Open pages, who looks out of each, and what each may be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from adapters.web.people import DIRECT, PlaygroundDirectory
from adapters.web.room import RoomMessage

PAGES_MOST = 20


@dataclass(eq=False, slots=True)
class Page:
    """An open page; ``viewing`` maps its panes to the persons looking."""

    socket: web.WebSocketResponse
    viewing: dict[str, str] = field(default_factory=dict)

    async def send(self, event: dict[str, Any]) -> None:
        if not self.socket.closed:
            await self.socket.send_str(orjson.dumps(event).decode())


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
        return any(self._directory.may_read(each, message.channel) for each in lookers)

    async def broadcast(self, event: str, message: RoomMessage) -> None:
        for page in tuple(self.pages):
            if self.visible(page, message):
                await page.send({"event": event, "message": shown(message)})

    async def status(self, channel: str, thread: str, text: str) -> None:
        event = {
            "event": "status",
            "channel": _pane_channel(channel),
            "thread": thread,
            "text": text,
        }
        for page in tuple(self.pages):
            if any(self._directory.may_read(each, channel) for each in page.viewing.values()):
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
