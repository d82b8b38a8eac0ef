"""Where a story plays: one chat platform with the product on it, as its people act and see.

The stories know nothing else of a platform. Channels and people go by the names the
stories give them; ids of threads and messages are the platform's own. What a platform
adds of its own to a message (a label, a link back, a name above somebody's words) is
not part of its text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.wiring import Product
from core.cards import Button, Field
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.messages import Trust


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something.

    Args:
        called: The name they show, when it is not their own.
        workspace: Where they come from, when it is not here.
    """

    name: str
    trust: Trust = Trust.MEMBER
    called: str = ""
    workspace: WorkspaceKey | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message somebody writes.

    Args:
        channel: "help", "support" …, or ``dm-`` and the name of who writes to the bot directly.
        thread: The thread's id; empty starts one.
        others: It addresses somebody else.
    """

    who: Actor
    text: str
    channel: str
    thread: str = ""
    mention: bool = False
    others: bool = False
    files: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """Where a message stands on the platform."""

    thread: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as people saw it appear or change.

    Args:
        thread: The thread it stands in; empty for one that stands in the channel itself.
        text: What a reader reads, a line for each; buttons in square brackets.
        speaker: Whose words it says they are; empty for the bot's.
        only_for: The name of its only reader; empty when all in the thread can read it.
        links: Every address that it makes a link.
    """

    message_id: str
    channel: str
    thread: str
    text: str
    title: str = ""
    speaker: str = ""
    only_for: str = ""
    changed: bool = False
    buttons: tuple[Button, ...] = ()
    fields: tuple[Field, ...] = ()
    links: frozenset[str] = frozenset()


class Stage(Protocol):
    """What a platform must offer for a story to play on it."""

    @property
    def product(self) -> Product: ...

    @property
    def home(self) -> WorkspaceKey:
        """The workspace."""
        ...

    async def person(
        self, name: str, *groups: str, admin: bool = False, facts: dict[str, str] | None = None
    ) -> None:
        """Somebody who works here, or what has changed about them."""
        ...

    async def channel(self, name: str, *members: str) -> None:
        """A channel for these people, or those who are in it from now on.

        Everyone can read "help"; all others are private.
        """
        ...

    def close_channel(self, name: str) -> None:
        """The bot may not post there any more."""
        ...

    def open_channel(self, name: str) -> None:
        """It may again."""
        ...

    def refused(self) -> int:
        """How many posts were refused so far."""
        ...

    def account(self, name: str) -> AccountKey:
        """The key of a person."""
        ...

    def key(self, channel: str, thread: str = "") -> ThreadKey:
        """The key of a channel or of a thread in it."""
        ...

    def permalink(self, channel: str, thread: str) -> str:
        """The link to the first message of a thread."""
        ...

    async def says(self, said: Said, at: datetime) -> Written:
        """Deliver a message; returns when the platform got its acknowledgement."""
        ...

    async def repeats(self, written: Written) -> None:
        """Deliver a message once more."""
        ...

    async def edits(self, written: Written, text: str) -> None:
        """The writer changes a message."""
        ...

    async def deletes(self, written: Written) -> None:
        """The writer takes a message back."""
        ...

    async def presses(self, who: Actor, seen: Seen, button: Button, channel: str = "") -> str:
        """Press a button of a message; returns what only who pressed it reads then.

        Args:
            channel: The channel it is said to stand in, when somebody edited that.
        """
        ...

    async def fills(self, who: Actor, **inputs: str) -> str:
        """Send the form that somebody opened last; returns what only they read then."""
        ...

    async def commands(self, who: Actor, text: str, number: int, at: datetime) -> str:
        """Give a ``/desk`` command; returns the private reply. Equal numbers are one command."""
        ...

    def log(self) -> list[Seen]:
        """What became visible, oldest first; answers to presses and commands excepted."""
        ...

    def start(self) -> None:
        """Let the worker work."""
        ...

    async def pause(self) -> None:
        """Let the worker rest: what comes in is kept until ``start``."""
        ...

    async def settled(self) -> None:
        """Wait until nothing is left to do."""
        ...

    async def close(self) -> None: ...
