"""Offer the front door what people wrote, again and again until it is taken, as platforms do."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

import structlog

from adapters.web.hub import Hub
from adapters.web.people import DIRECT, DIRECT_THREAD, PlaygroundDirectory
from adapters.web.platform import BOT_NAME
from adapters.web.room import Room, RoomMessage
from core.errors import BotError
from core.front_door import FrontDoor
from core.ids import ThreadKey
from core.messages import InboundMessage, Place

log = structlog.get_logger()

MENTION = re.compile(rf"@{BOT_NAME}\b[,:]?\s*", re.IGNORECASE)
NOT_TAKEN = "I can't take this in right now. It is kept, and I try again by myself."


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Hands the room's messages on to the product."""

    room: Room
    hub: Hub
    directory: PlaygroundDirectory
    door: FrontDoor
    again_after: float = 5.0  # seconds until what nobody took is offered again

    async def run(self) -> None:
        """Offer again what was not taken, also before a restart, until cancelled."""
        while True:
            try:
                for message in await self.room.undelivered():
                    await self.offer(message, again=True)
            except BotError as error:
                log.warning("room not read", error=error.code)
            await asyncio.sleep(self.again_after)

    async def hand_on(self, kept: RoomMessage) -> None:
        """Offer what was just written, after what its thread still has to hand on."""
        for each in await self.room.undelivered():
            if (each.channel, each.thread or each.id) == (kept.channel, kept.thread or kept.id):
                await self.offer(each)

    async def offer(self, kept: RoomMessage, *, again: bool = False) -> None:
        """Offer one message; what is not taken stays undelivered, and its thread says so."""
        message = self._inbound(kept)
        thread = message.thread.thread_id
        try:
            await self.door.message(message)
        except BotError as error:
            log.warning("message not taken", error=error.code)
            await self.hub.status(kept.channel, thread, NOT_TAKEN)
            return
        await self.room.delivered(kept.id)
        if again:
            await self.hub.status(kept.channel, thread, "")

    def _inbound(self, kept: RoomMessage) -> InboundMessage:
        direct = kept.channel.startswith(f"{DIRECT}-")
        thread = DIRECT_THREAD if direct else kept.thread or kept.id
        text = kept.body["blocks"][0]["text"]
        return InboundMessage(
            message_id=kept.id,
            thread=ThreadKey(self.directory.workspace, kept.channel, thread),
            author=self.directory.person(kept.author),
            text=MENTION.sub("", text).strip(),
            sent_at=kept.at,
            place=Place.DIRECT if direct else Place.CHANNEL,
            mentions_bot=MENTION.search(text) is not None,
            mentions_others=self._mentions_others(text),
        )

    def _mentions_others(self, text: str) -> bool:
        lowered = text.casefold()
        return any(
            f"@{each.id}" in lowered or f"@{each.name.casefold()}" in lowered
            for each in self.directory.residents.values()
        )
