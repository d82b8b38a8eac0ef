"""The front door: what platforms received and verified, taken in or answered at once."""

from __future__ import annotations

from collections.abc import Callable

from adapters.storage.inbox import Inbox
from adapters.storage.work import Received
from bot.commands import Commands
from bot.presses import Presses
from core.cards import Card
from core.ids import MessageRef
from core.messages import ButtonPress, Command, InboundMessage, Place


class Door:
    """Implements ``core.ports.FrontDoor``.

    Args:
        wake: Called when there is new work.
    """

    def __init__(
        self, inbox: Inbox, presses: Presses, commands: Commands, wake: Callable[[], None]
    ) -> None:
        self._inbox = inbox
        self._presses = presses
        self._commands = commands
        self._wake = wake

    async def message(self, message: InboundMessage) -> bool:
        meant_for_us = message.mentions_bot or message.wants_person or message.place is Place.DIRECT
        if not meant_for_us and not await self._inbox.knows(message.thread):
            return False  # people talking among themselves: none of it is kept
        received = await self._inbox.put_message(message)
        if received is not Received.DUPLICATE:
            self._wake()
        return True

    async def edited(self, message: InboundMessage) -> bool:
        return await self._inbox.amend(message)

    async def deleted(self, message: MessageRef) -> bool:
        return await self._inbox.withdraw(message)

    async def press(self, press: ButtonPress) -> Card | None:
        answer = await self._presses.press(press)
        self._wake()
        return answer

    async def command(self, command: Command) -> Card:
        answer = await self._commands.run(command)
        self._wake()
        return answer
