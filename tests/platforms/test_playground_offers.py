"""The playground hands on what people wrote in order, also after a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from adapters.web.hub import Hub
from adapters.web.offers import Offers
from adapters.web.people import PlaygroundDirectory
from adapters.web.room import Room
from bot.settings import DEMO
from core.front_door import FrontDoor
from core.messages import InboundMessage


@dataclass
class Taken:
    """A front door that notes what comes."""

    texts: list[str] = field(default_factory=list)

    async def message(self, message: InboundMessage) -> bool:
        self.texts.append(message.text)
        return True


async def test_f47_what_was_not_taken_before_a_restart_comes_before_what_is_new(
    tmp_path: Path,
) -> None:
    """In its thread; another thread does not wait for it."""
    directory = PlaygroundDirectory.read(DEMO / "people.yml")
    room, door = await Room.open(tmp_path / "playground.db"), Taken()
    offers = Offers(
        room=room, hub=Hub(directory), directory=directory, door=cast("FrontDoor", door)
    )
    first = await room.say("sam", "Sam", "help", "", "@Frontdesk one", "k1")
    other = await room.say("sam", "Sam", "help", "", "@Frontdesk other", "k2")
    second = await room.say("sam", "Sam", "help", first.id, "@Frontdesk two", "k3")

    await offers.hand_on(second)
    await offers.hand_on(other)

    assert door.texts == ["one", "two", "other"]
    assert await room.undelivered() == []
    await room.close()
