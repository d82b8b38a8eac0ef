"""Employees who write messages and are patient: what was not accepted they send again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

EMPLOYEES = ("sam", "priya")
PERSON = "I want to talk to a real person please"
QUESTIONS = {
    "When is a laptop replaced?": "Laptops and the new-starter kit",
    "What is the hotel limit in Vienna?": "Hotel limits by city",
    "How long does the VPN stay connected?": "VPN on your laptop",
    "What is the mileage rate?": "Mileage and driving for work",
    "What is the referral bonus?": "Referral bonus",
    "What is the learning budget?": "Learning budget and learning days",
}
HANDED_OVER = "request for a person"


@dataclass
class Written:
    """A message somebody wants to be answered.

    Args:
        expects: The document that its answer cites, or ``HANDED_OVER``.
        root: The first message of its thread; itself when it starts one.
    """

    key: str
    by: str
    text: str
    expects: str
    root: Written | None = None
    id: str = ""
    accepted: bool = False


@dataclass
class Crowd:
    """Everything that is written, by whom, in which order."""

    written: list[Written] = field(default_factory=list)
    _threads: int = 0

    def thread(self) -> Iterator[Written]:
        """One more thread: a few different questions, or every fifth time a wish for a person."""
        self._threads += 1
        number, by = self._threads, EMPLOYEES[self._threads % len(EMPLOYEES)]
        if number % 5 == 0:
            yield self._add(f"t{number}", by, PERSON, HANDED_OVER, None)
            return
        root: Written | None = None
        asked = list(QUESTIONS.items())
        for step in range(1 + number % 3):
            question, title = asked[(number + step) % len(asked)]
            next_one = self._add(f"t{number}.{step}", by, question, title, root)
            root = root or next_one
            yield next_one

    def _add(self, key: str, by: str, text: str, expects: str, root: Written | None) -> Written:
        written = Written(key, by, text, expects, root)
        self.written.append(written)
        return written

    @property
    def waiting(self) -> list[Written]:
        return [each for each in self.written if not each.accepted]


class Page:
    """A page of the playground. It lives as long as the process it is connected to."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, crowd: Crowd) -> None:
        self._socket, self._crowd = socket, crowd
        self._by_key = {each.key: each for each in crowd.written}
        self._news = asyncio.Event()
        self.shown = asyncio.Event()  # what stands there has been seen, ids included

    async def listen(self) -> None:
        """Take in what the server says, until it is gone."""
        await self._socket.send_str(_json(do="view", viewing={"employee": "sam", "admin": "alex"}))
        async for frame in self._socket:
            if frame.type is aiohttp.WSMsgType.TEXT:
                self._take(orjson.loads(frame.data))

    def _take(self, event: dict[str, Any]) -> None:
        if event["event"] == "accepted" and event["key"] in self._by_key:
            self._by_key[event["key"]].accepted = True
        messages = [event["message"]] if "message" in event else event.get("messages", [])
        for message in messages:
            if message["key"] in self._by_key:
                self._by_key[message["key"]].id = message["id"]
        if event["event"] == "snapshot":
            self.shown.set()
        self._news.set()

    async def write(self, message: Written) -> None:
        """Send a message and wait until it is accepted; ``ConnectionError`` when the page dies."""
        self._by_key[message.key] = message
        root = message.root.id if message.root else None
        await self._socket.send_str(
            _json(
                **{"do": "say", "as": message.by, "channel": "help", "thread": root},
                text=f"@Frontdesk {message.text}",
                key=message.key,
            )
        )
        while not (message.accepted and message.id):
            if self._socket.closed:
                raise ConnectionError("The page is closed.")
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), 0.1)
            except TimeoutError:
                continue


def _json(**fields: Any) -> str:
    return orjson.dumps(fields).decode()
