"""The fastest stage: the chat platform is an object in this process, all else is the product."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from adapters.markdown.tree import parse
from bot.settings import DEMO, Settings
from bot.storage import open_storage
from bot.wiring import Product, build
from bot.worker import GRACE_SECONDS
from core.cards import Block, Button, Buttons, Fields, Prose, Sources
from core.ids import AccountKey, MessageRef, ThreadKey, WorkspaceKey
from core.messages import ButtonPress, Command, InboundMessage, Person, Place
from core.ports import Model
from tests.fakes.chat import HOME, FakeChat, FakeDirectory, Visible
from tests.fakes.reading import card_text, hrefs
from tests.scenarios.stage import Actor, Said, Seen, Written

SETTLE_SECONDS = 10.0


@dataclass
class InProcess:
    """Implements ``Stage`` over ``FakeChat``."""

    product: Product
    chat: FakeChat = field(default_factory=FakeChat)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    home: WorkspaceKey = HOME
    worker: asyncio.Task[None] | None = None
    written: dict[Written, InboundMessage] = field(default_factory=dict)

    async def person(
        self, name: str, *groups: str, admin: bool = False, facts: dict[str, str] | None = None
    ) -> None:
        self.directory.add(name, *groups, admin=admin, facts=facts)

    async def channel(self, name: str, *members: str) -> None:
        self.directory.members[name] = list(members)

    def close_channel(self, name: str) -> None:
        self.chat.closed.add(name)

    def open_channel(self, name: str) -> None:
        self.chat.closed.discard(name)

    def refused(self) -> int:
        return self.chat.refused

    def account(self, name: str) -> AccountKey:
        return AccountKey(HOME, name)

    def key(self, channel: str, thread: str = "") -> ThreadKey:
        return ThreadKey(HOME, channel, thread)

    def permalink(self, channel: str, thread: str) -> str:
        return self.chat.permalink(MessageRef(self.key(channel, thread), thread))

    async def says(self, said: Said, at: datetime) -> Written:
        message_id = f"m{len(self.written) + 1}"
        direct = said.channel.startswith("dm-")
        root = said.thread or ("direct" if direct else message_id)
        message = InboundMessage(
            message_id,
            ThreadKey(said.who.workspace or HOME, said.channel, root),
            self._person(said.who),
            said.text,
            at,
            _place(said.channel),
            mentions_bot=said.mention,
            mentions_others=said.others,
            files=said.files,
        )
        written = Written(root, message_id)
        self.written[written] = message
        await self.product.door.message(message)
        return written

    async def repeats(self, written: Written) -> None:
        await self.product.door.message(self.written[written])

    async def edits(self, written: Written, text: str) -> None:
        await self.product.door.edited(replace(self.written[written], text=text))

    async def deletes(self, written: Written) -> None:
        await self.product.door.deleted(self.written[written].ref)

    async def presses(self, who: Actor, seen: Seen, button: Button, channel: str = "") -> str:
        thread = self.key(channel or seen.channel, seen.thread or seen.message_id)
        ref = MessageRef(thread, seen.message_id)
        place = _place(seen.channel)
        press = ButtonPress(self._person(who), ref, button.action, button.value, place)
        answer = await self.product.door.press(press)
        return card_text(answer) if answer else ""

    async def fills(self, who: Actor, **inputs: str) -> str:
        raise NotImplementedError("there are no forms here, only words")

    async def commands(self, who: Actor, text: str, number: int, at: datetime) -> str:
        command = Command(self._person(who), self.key("help"), text, f"c{number}", at)
        return card_text(await self.product.door.command(command))

    def log(self) -> list[Seen]:
        return [seen(each) for each in self.chat.log]

    def start(self) -> None:
        self.product.worker._stopping = False
        self.worker = asyncio.create_task(self.product.worker.run())

    async def pause(self, grace: float = GRACE_SECONDS) -> None:
        await self.product.worker.stop(grace)
        if self.worker is not None:
            await self.worker

    async def settled(self) -> None:
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self.product.inbox.depth() or self.product.worker.busy:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.pause()
        await self.product.close()

    def _person(self, who: Actor) -> Person:
        key = AccountKey(who.workspace or HOME, who.name)
        return Person(key, who.called or who.name.title(), who.trust)


def furnish(folder: Path, furnished: Path, knowledge: Path) -> None:
    """Lay the furnished database into a folder, unless the story has documents of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    if knowledge == DEMO / "articles":
        shutil.copy(furnished, folder / "frontdesk.db")


@asynccontextmanager
async def in_process(
    folder: Path, furnished: Path, knowledge: Path, model: Model | None, *, url: str = ""
) -> AsyncIterator[InProcess]:
    """A stage in this process; ``furnished`` is a database file with the sample documents.

    Args:
        url: A database with the schema, when it is not to be that file.
    """
    if not url:
        furnish(folder, furnished, knowledge)
    chosen = {"data_dir": folder, "knowledge": knowledge}
    settings = Settings(FRONTDESK_DATABASE_URL=SecretStr(url) if url else None)
    storage = await open_storage(settings.model_copy(update=chosen))
    product = build(settings.model_copy(update=chosen), storage, model)
    await storage.peers.join(product.worker.wake)
    await product.librarian.sync()
    stage = InProcess(product)
    product.connections.plug(HOME, stage.chat, stage.directory)
    try:
        yield stage
    finally:
        await stage.close()


def _place(channel: str) -> Place:
    return Place.DIRECT if channel.startswith("dm-") else Place.CHANNEL


def seen(visible: Visible) -> Seen:
    """A line of the chat's log as the stories know it."""
    post, card = visible.post, visible.post.card
    return Seen(
        message_id=visible.message_id,
        channel=post.to.channel_id,
        thread=post.to.thread_id,
        text=visible.text,
        title=card.title,
        speaker=card.speaks_as,
        only_for=post.only_for.user_id if post.only_for else "",
        changed=visible.changed,
        buttons=tuple(b for each in card.blocks if isinstance(each, Buttons) for b in each.items),
        fields=tuple(f for each in card.blocks if isinstance(each, Fields) for f in each.items),
        links=frozenset(link for each in card.blocks for link in _links(each)),
    )


def _links(block: Block) -> list[str]:
    match block:
        case Prose():
            return hrefs(parse(block.text, block.links))
        case Sources():
            return [each.link for each in block.items]
        case _:
            return []
