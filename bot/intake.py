"""The front door: what platforms received and verified, taken in or answered at once."""

from __future__ import annotations

from datetime import datetime

from adapters.storage.inbox import Inbox
from adapters.storage.peers import Peers
from bot.commands import Commands
from bot.presses import Presses
from bot.worker import Worker
from core.cards import Card
from core.forms import Form, Problems, Submission
from core.ids import MessageRef, ThreadKey
from core.messages import ButtonPress, Command, InboundMessage, Place


class Door:
    """Implements ``core.front_door.FrontDoor``."""

    def __init__(
        self,
        inbox: Inbox,
        presses: Presses,
        commands: Commands,
        worker: Worker,
        peers: Peers,
    ) -> None:
        self._inbox = inbox
        self._presses = presses
        self._commands = commands
        self._worker = worker
        self._peers = peers

    async def message(self, message: InboundMessage) -> bool:
        meant_for_us = message.mentions_bot or message.wants_person or message.place is Place.DIRECT
        if not meant_for_us and not await self._inbox.knows(message.thread):
            return False  # people talking among themselves: none of it is kept
        if await self._worker.receive(message):
            self._peers.nudge()
        return True

    async def edited(self, message: InboundMessage) -> bool:
        return await self._inbox.amend(message)

    async def deleted(self, message: MessageRef) -> bool:
        return await self._inbox.withdraw(message)

    async def stop(self, thread: ThreadKey, at: datetime) -> bool:
        stopped = await self._worker.stop_turn(thread, at)
        self._wake()
        return stopped

    async def press(self, press: ButtonPress) -> Card | None:
        answer = await self._presses.press(press)
        self._wake()
        return answer

    async def opens(self, press: ButtonPress) -> Form | None:
        return self._presses.form(press)

    async def command(self, command: Command) -> Card:
        answer = await self._commands.run(command)
        self._wake()
        return answer

    async def form(self, command: Command) -> Form | None:
        return await self._commands.form(command)

    async def submit(self, submission: Submission) -> Card | Problems:
        answer = await self._presses.submit(submission)
        if answer is None:
            answer = await self._commands.submit(submission)
        self._wake()
        return answer

    def _wake(self) -> None:
        """There is new work, for this process or another."""
        self._worker.wake()
        self._peers.nudge()
