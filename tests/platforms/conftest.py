"""The playground over real sockets: by itself with a door that notes, and in the whole product."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from adapters.web.downloads import Downloads
from adapters.web.hub import Hub
from adapters.web.offers import Offers
from adapters.web.people import PlaygroundDirectory
from adapters.web.platform import PlaygroundPoster
from adapters.web.playground import Playground
from adapters.web.room import Room
from bot.run import Running
from bot.server import Listener, local
from bot.settings import DEMO, Settings
from core.cards import Button, Buttons, Card, Prose
from core.errors import StoreUnavailable
from core.forms import Form, Problems, Submission
from core.ids import MessageRef, ThreadKey
from core.messages import ButtonPress, Command, InboundMessage
from core.outcome import Post


@dataclass
class Machine:
    """Where the product runs: started again, it finds its files and its port."""

    settings: Settings
    running: Running | None = None

    async def start(self) -> Running:
        self.running = await Running.start(self.settings, with_playground=True)
        return self.running

    async def stop(self) -> None:
        if self.running is not None:
            running, self.running = self.running, None
            await running.stop()


@dataclass
class NotingDoor:
    """Implements ``FrontDoor``: notes what comes, and refuses as often as it is told to."""

    messages: list[InboundMessage] = field(default_factory=list)
    presses: list[ButtonPress] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    refusals: int = 0
    refused: int = 0

    async def message(self, message: InboundMessage) -> bool:
        if self.refused < self.refusals:
            self.refused += 1
            raise StoreUnavailable("The disk is full.")
        self.messages.append(message)
        return True

    async def edited(self, message: InboundMessage) -> bool:
        return False

    async def deleted(self, message: MessageRef) -> bool:
        return False

    async def stop(self, thread: ThreadKey, at: datetime) -> bool:
        return False

    async def press(self, press: ButtonPress) -> Card | None:
        self.presses.append(press)
        return None

    async def opens(self, press: ButtonPress) -> Form | None:
        return None

    async def command(self, command: Command) -> Card:
        self.commands.append(command)
        return Card((Prose("Sure?"), Buttons((Button("Yes", "sure", "v"),))))

    async def form(self, command: Command) -> Form | None:
        return None

    async def submit(self, submission: Submission) -> Card | Problems:
        return Problems({})


@dataclass
class Local:
    """A playground by itself."""

    port: int
    door: NotingDoor
    room: Room
    hub: Hub
    poster: PlaygroundPoster
    directory: PlaygroundDirectory

    def thread(self, channel: str, thread: str = "") -> ThreadKey:
        return ThreadKey(self.directory.workspace, channel, thread)

    async def posts(self, channel: str, text: str, thread: str = "", only_for: str = "") -> str:
        """The bot says something; returns the id of its message."""
        whom = self.directory.key(only_for) if only_for else None
        post = Post(self.thread(channel, thread), Card((Prose(text),)), only_for=whom)
        return await self.poster.post(post, f"{channel} {text}")


@asynccontextmanager
async def opened(folder: Path, door: NotingDoor) -> AsyncIterator[Local]:
    """A playground by itself on the files of a folder."""
    directory = PlaygroundDirectory.read(DEMO / "people.yml")
    room, hub = await Room.open(folder / "playground.db"), Hub(directory)
    offers = Offers(room=room, hub=hub, directory=directory, door=door, again_after=0.05)
    playground = Playground(
        room=room,
        hub=hub,
        directory=directory,
        door=door,
        offers=offers,
        downloads=Downloads("http://127.0.0.1"),
        offline=True,
        suggestions=(),
        name="Alder & Finch",
    )

    async def metrics() -> bytes:
        return b""

    listener = await Listener.start(local(metrics, playground.routes()), "127.0.0.1", 0)
    redelivering = asyncio.create_task(offers.run())
    origin = f"http://127.0.0.1:{listener.port}"
    poster = PlaygroundPoster(room, hub, directory, origin)
    try:
        yield Local(listener.port, door, room, hub, poster, directory)
    finally:
        redelivering.cancel()
        await asyncio.gather(redelivering, return_exceptions=True)
        await listener.stop()
        await room.close()


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Local]:
    """A playground by itself."""
    async with opened(tmp_path, NotingDoor()) as playground:
        yield playground


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    """A place for the whole product, which is stopped in the end."""
    place = Machine(
        Settings().model_copy(
            update={
                "data_dir": folder,
                "database_url": None,
                "knowledge": DEMO / "articles",
                "port": 0,
                "local_port": free_port(),
            }
        )
    )
    try:
        yield place
    finally:
        await place.stop()


@pytest.fixture
async def product(tmp_path: Path) -> AsyncIterator[Running]:
    """The whole product with its playground."""
    async with machine(tmp_path) as place:
        yield await place.start()


def free_port() -> int:
    """A port nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
