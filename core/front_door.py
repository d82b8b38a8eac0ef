"""The way in: what platform adapters call with what they received and verified."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.cards import Card
from core.forms import Form, Problems, Submission
from core.ids import MessageRef, ThreadKey
from core.messages import ButtonPress, Command, InboundMessage


class FrontDoor(Protocol):
    """Takes in what may be acknowledged afterwards; ``bot.intake`` implements it."""

    async def message(self, message: InboundMessage) -> bool:
        """Take a message in; when this returns it may be acknowledged.

        Returns:
            Whether the bot will deal with it; False for what is none of its business.

        Raises:
            StoreUnavailable: It was not kept; do not acknowledge it.
        """
        ...

    async def edited(self, message: InboundMessage) -> bool:
        """Take the new words of a message that still waits; False when none does.

        Raises:
            StoreUnavailable: It was not kept; do not acknowledge it.
        """
        ...

    async def deleted(self, message: MessageRef) -> bool:
        """Take back a message that still waits; False when none does. Raises as ``edited``."""
        ...

    async def stop(self, thread: ThreadKey, at: datetime) -> bool:
        """End the turn that a thread is at, for a message written before ``at``.

        Returns:
            Whether there was one that could still be ended; it is not handled any more, ever.

        Raises:
            StoreUnavailable: It was not written down; do not acknowledge the wish.
        """
        ...

    async def press(self, press: ButtonPress) -> Card | None:
        """Do what a button asks for; returns what to tell the person privately, if anything."""
        ...

    async def opens(self, press: ButtonPress) -> Form | None:
        """The form a button opens, where the platform has forms; None for all others."""
        ...

    async def command(self, command: Command) -> Card:
        """Carry out a command; returns the private reply."""
        ...

    async def form(self, command: Command) -> Form | None:
        """The form a command opens, where one is better than words; None for all others."""
        ...

    async def submit(self, submission: Submission) -> Card | Problems:
        """Do what a form asks for, if the person may; returns the private reply."""
        ...
