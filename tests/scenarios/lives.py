"""One installation through the lives of several processes.

The database file and the chat platform outlive them. ``end`` is abrupt, as
``kill -9``: nothing is given back, nothing is closed in order; only what a kernel
does for a dead process is done, which is to drop its lock.
"""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.llm.offline import OfflineModel
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from bot.settings import Settings
from bot.storage import Storage
from bot.wiring import build
from core.ids import AccountKey, ThreadKey
from core.messages import InboundMessage, Person, Place
from core.ports import Model
from tests.fakes.chat import HOME, FakeChat, FakeDirectory
from tests.fakes.fate import Crash, Fate, MortalDatabase, MortalModel, MortalPoster
from tests.scenarios.in_process import InProcess, seen
from tests.scenarios.office import Office
from tests.scenarios.stage import Seen

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAM = Person(AccountKey(HOME, "sam"), "Sam")


@dataclass
class Lives:
    """The lives of an installation in ``folder``; ``furnished`` is the file it starts with."""

    folder: Path
    furnished: Path
    chat: FakeChat = field(default_factory=FakeChat)
    directory: FakeDirectory = field(default_factory=FakeDirectory)
    model: Model = field(default_factory=OfflineModel)
    _open: list[SqliteDatabase] = field(default_factory=list)
    _living: list[Office] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.furnished, self.folder / "frontdesk.db")
        self.directory.add("sam")
        self.directory.add("maya")
        self.directory.members |= {"help": ["sam", "maya"], "support": ["maya"]}

    async def begin(self, fate: Fate | None = None, *, works: bool = True) -> Office:
        """Start a process; ``works`` says whether its worker does."""
        fate = fate or Fate()
        real = SqliteDatabase(self.folder / "frontdesk.db", prepare=upgrade_sqlite)
        self._open.append(real)
        product = build(
            Settings(),
            Storage.alone(MortalDatabase(real, fate)),
            MortalModel(self.model, fate),
        )
        product.connections.plug(HOME, MortalPoster(self.chat, fate), self.directory)
        stage = InProcess(product, self.chat, self.directory)
        office = Office(stage)
        self._living.append(office)
        if works:
            stage.start()
            async with asyncio.timeout(10):
                while not (product.worker._open or fate.dead):
                    await asyncio.sleep(0.001)
        return office

    async def end(self, office: Office, fate: Fate) -> None:
        """Let a process be dead."""
        fate.dead = True
        self._living.remove(office)
        stage = _stage(office)
        tasks = [*stage.product.worker._held.values()]
        if stage.worker is not None:
            tasks.append(stage.worker)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        real = self._open[-1]
        os.close(real._lock)
        real._lock = os.open(os.devnull, os.O_RDONLY)  # so that it can be closed once more

    async def retire(self, office: Office, grace: float) -> None:
        """End a process as SIGTERM does, with so many seconds of patience."""
        self._living.remove(office)
        await _stage(office).pause(grace)
        await self._open.pop().close()

    async def close(self) -> None:
        for office in self._living:
            await office.stage.pause()
        for real in self._open:
            await real.close()
        gc.collect()  # what died half-way ends here, and not while pytest reads a test's source

    async def survive(self, fate: Fate, *messages: InboundMessage) -> Office:
        """Let a process die on these messages, then another live, as the platform sees it.

        What was not acknowledged is delivered again; the first unacknowledged one also
        when it was stored, as after an acknowledgement that got lost.
        """
        office = await self.begin(fate)
        waiting = list(messages)
        with suppress(Crash):
            while waiting:
                await office.product.door.message(waiting[0])
                waiting.pop(0)
            await self._ended(office, fate)
        assert fate.dead, f"it never came to {fate.when} {fate.step}; steps: {fate.steps}"
        await self.end(office, fate)
        office = await self.begin()
        for each in waiting:
            await office.product.door.message(each)
        await office.settled()
        return office

    async def _ended(self, office: Office, fate: Fate) -> None:
        """Wait until a process is dead, or has nothing left to die of."""
        product = office.product
        async with asyncio.timeout(10):
            while not fate.dead and (product.worker._held or await product.inbox.depth()):
                await asyncio.sleep(0.005)

    def replies(self, thread: str, channel: str = "help") -> list[Seen]:
        """What the bot made visible in a thread: new messages, not redrawn ones."""
        return [
            seen(each)
            for each in self.chat.log
            if each.post.to.channel_id == channel
            and each.post.to.thread_id == thread
            and not each.changed
        ]


def _stage(office: Office) -> InProcess:
    assert isinstance(office.stage, InProcess)
    return office.stage


def asks(text: str, number: int, thread: str = "") -> InboundMessage:
    """Sam mentions the bot in a thread of #help, or starts one: the n-th message written."""
    key = ThreadKey(HOME, "help", thread or f"m{number}")
    sent_at = START + timedelta(seconds=number)
    return InboundMessage(f"m{number}", key, SAM, text, sent_at, Place.CHANNEL, mentions_bot=True)
