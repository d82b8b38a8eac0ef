"""Plug the playground in: five people, three channels, sample documents, no keys."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.web.downloads import Downloads
from adapters.web.hub import Hub
from adapters.web.offers import Offers
from adapters.web.people import SUPPORT, PlaygroundDirectory
from adapters.web.platform import PlaygroundPoster
from adapters.web.playground import Playground
from adapters.web.room import Room
from bot.settings import DEMO
from bot.wiring import Product

NAME = "Alder & Finch"
SUGGESTIONS = (
    "How many days of annual leave do I get?",
    "How long does the VPN stay connected?",
    "How many days of annual leave do I have left?",
    "Please report that the printer on floor 2 is out of paper",
    "Can you approve a business-class flight for me?",
)


@dataclass(slots=True)
class Plugged:
    """A playground that is connected to the product."""

    playground: Playground
    room: Room
    redelivering: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.redelivering = asyncio.create_task(self.playground.offers.run())

    async def leave(self, _app: web.Application) -> None:
        """Part with open pages, so that stopping does not wait for them."""
        await self.playground.hub.close()

    async def stop(self) -> None:
        if self.redelivering is not None:
            self.redelivering.cancel()
        await self.room.close()


async def plug(product: Product, data_dir: Path, origin: str) -> Plugged:
    """Connect the playground as a platform.

    Args:
        origin: Where its page is served, e.g. ``http://127.0.0.1:3979``.
    """
    directory = PlaygroundDirectory.read(DEMO / "people.yml")
    room = await Room.open(data_dir / "playground.db")
    hub = Hub(directory)
    poster = PlaygroundPoster(room, hub, directory, origin)
    downloads = Downloads(origin)
    product.connections.plug(directory.workspace, poster, directory, downloads)
    await _introduce(product, directory)
    playground = Playground(
        room=room,
        hub=hub,
        directory=directory,
        door=product.door,
        offers=Offers(room=room, hub=hub, directory=directory, door=product.door),
        downloads=downloads,
        offline=product.offline,
        suggestions=SUGGESTIONS,
        name=NAME,
    )
    return Plugged(playground, room)


async def _introduce(product: Product, directory: PlaygroundDirectory) -> None:
    """A playground that nobody has configured starts with its support channel and staff."""
    settings = await product.workspaces.settings(directory.workspace)
    if settings.version == 0:
        staff = tuple(str(directory.key(each)) for each in directory.with_role("staff"))
        channel = str(directory.channel(SUPPORT))
        changed = settings.model_copy(update={"support_channel": channel, "staff": staff})
        await product.workspaces.change(directory.workspace, changed, "playground")
