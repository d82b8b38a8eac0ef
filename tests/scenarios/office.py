"""A small office to tell stories in: people who ask, press and command; the product answers.

Everything but the chat platform and the model is the real thing, on a database of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from bot.settings import Settings
from bot.wiring import Product, build
from core.cards import Buttons, Card
from core.ids import MessageRef, Platform, ThreadKey
from core.messages import ButtonPress, Command, InboundMessage, Person, Place, Trust
from core.ports import Model
from tests.fakes.chat import HOME, FakeChat, FakeDirectory, Visible, card_text

SETTLE_SECONDS = 10.0


@dataclass
class Office:
    """The product, its chat platform and its people."""

    product: Product
    chat: FakeChat
    directory: FakeDirectory
    worker: asyncio.Task[None] | None = None
    written: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    async def open(
        cls, folder: Path, knowledge: Path, model: Model | None = None, **settings: object
    ) -> Office:
        folder.mkdir(parents=True, exist_ok=True)
        database = SqliteDatabase(folder / "frontdesk.db", prepare=upgrade_sqlite)
        chosen = Settings().model_copy(update={"knowledge": knowledge, **settings})
        product = build(chosen, database, model)
        if product.library is not None:
            product.report = await product.library.sync()
        chat, directory = FakeChat(), FakeDirectory()
        product.connections.plug(Platform.WEB, chat, directory)
        office = cls(product, chat, directory)
        directory.add("sam", facts={"annual leave left": "11 days", "laptop": "Kestrel 14"})
        directory.add("priya", "managers", facts={"annual leave left": "3 days"})
        directory.add("maya", "it")
        directory.add("tom")
        directory.add("alex", admin=True)
        directory.members |= {
            "help": ["sam", "priya", "maya", "tom", "alex"],
            "support": ["maya", "tom"],
        }
        return office

    async def staff(self, *names: str, channel: str = "support") -> None:
        """Configure the support channel and who may claim there."""
        settings = await self.product.workspaces.settings(HOME)
        keys = tuple(str(self.directory.profiles[name].key) for name in names)
        where = str(ThreadKey(HOME, channel, ""))
        changed = settings.model_copy(update={"staff": keys, "support_channel": where})
        await self.product.workspaces.change(HOME, changed, "test")

    def start(self) -> None:
        self.worker = asyncio.create_task(self.product.worker.run())

    async def close(self) -> None:
        if self.worker is not None:
            await self.product.worker.stop()
            await self.worker
        await self.product.database.close()

    async def settled(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self.product.inbox.depth() or self.product.worker.busy:
                await asyncio.sleep(0.01)

    def person(self, name: str, trust: Trust = Trust.MEMBER) -> Someone:
        key = self.directory.profiles[name].key
        return Someone(self, Person(key, name.title(), trust))

    def seen_in(self, channel: str, thread: str | None = None) -> list[Visible]:
        """What became visible in a channel, or in one of its threads, oldest first."""
        return [
            each
            for each in self.chat.log
            if each.post.to.channel_id == channel
            and (thread is None or each.post.to.thread_id == thread)
        ]

    def card(self) -> Visible:
        """The newest handoff card as it stands."""
        return [each for each in self.chat.log if "Request H-" in each.post.card.title][-1]

    def card_thread(self) -> Thread:
        """The thread under the newest handoff card."""
        card = self.card()
        return Thread(self, ThreadKey(HOME, card.post.to.channel_id, card.message_id))

    def next_id(self) -> str:
        self.written += 1
        self.at += timedelta(seconds=1)
        return f"m{self.written}"


@dataclass
class Thread:
    """A thread as its readers see it."""

    office: Office
    key: ThreadKey

    @property
    def posts(self) -> list[Visible]:
        return self.office.seen_in(self.key.channel_id, self.key.thread_id)

    @property
    def last(self) -> str:
        """The newest thing the bot said here."""
        return self.posts[-1].text if self.posts else ""

    def public(self) -> list[str]:
        """What everyone in the thread can read."""
        return [each.text for each in self.posts if each.post.only_for is None]

    def private(self, name: str) -> list[str]:
        """What only one person can read."""
        key = self.office.directory.profiles[name].key
        return [each.text for each in self.posts if each.post.only_for == key]


@dataclass
class Someone:
    """A person in the office."""

    office: Office
    person: Person

    async def asks(self, text: str, channel: str = "help", *, wait: bool = True) -> Thread:
        """Mention the bot in a new thread."""
        root = self.office.next_id()
        thread = Thread(self.office, ThreadKey(HOME, channel, root))
        await self._send(thread, text, root, mentions_bot=True, wait=wait)
        return thread

    async def writes(self, text: str, *, wait: bool = True) -> Thread:
        """Write to the bot directly."""
        thread = Thread(self.office, await self.office.directory.direct(self.person.key))
        await self._send(thread, text, self.office.next_id(), place=Place.DIRECT, wait=wait)
        return thread

    async def replies(
        self,
        thread: Thread,
        text: str,
        *,
        mention: bool = False,
        others: bool = False,
        files: int = 0,
        wait: bool = True,
    ) -> Thread:
        place = Place.DIRECT if thread.key.channel_id.startswith("dm-") else Place.CHANNEL
        await self._send(
            thread,
            text,
            self.office.next_id(),
            mentions_bot=mention,
            mentions_others=others,
            files=files,
            place=place,
            wait=wait,
        )
        return thread

    async def _send(
        self,
        thread: Thread,
        text: str,
        message_id: str,
        *,
        place: Place = Place.CHANNEL,
        mentions_bot: bool = False,
        mentions_others: bool = False,
        files: int = 0,
        wait: bool = True,
    ) -> None:
        message = InboundMessage(
            message_id,
            thread.key,
            self.person,
            text,
            self.office.at,
            place,
            mentions_bot=mentions_bot,
            mentions_others=mentions_others,
            files=files,
        )
        await self.office.product.door.message(message)
        if wait:
            await self.office.settled()

    async def presses(self, seen: Visible, label: str, *, value: str | None = None) -> str:
        """Press a button of a message as this drawing of it shows; returns the private answer."""
        buttons = [
            each
            for block in seen.post.card.blocks
            if isinstance(block, Buttons)
            for each in block.items
        ]
        button = next(each for each in buttons if each.label == label)
        to = seen.post.to
        thread = to if to.thread_id else ThreadKey(to.workspace, to.channel_id, seen.message_id)
        place = Place.DIRECT if to.channel_id.startswith("dm-") else Place.CHANNEL
        ref = MessageRef(thread, seen.message_id)
        press = ButtonPress(self.person, ref, button.action, value or button.value, place)
        answer = await self.office.product.door.press(press)
        await self.office.settled()
        return card_text(answer) if answer else ""

    async def commands(self, text: str) -> str:
        """Give a ``/desk`` command; returns the private reply."""
        command_id = self.office.next_id()
        channel = ThreadKey(HOME, "help", "")
        command = Command(self.person, channel, text, command_id, self.office.at)
        answer: Card = await self.office.product.door.command(command)
        await self.office.settled()
        return card_text(answer)
