"""A small office to tell stories in: people who ask, press and command; the product answers.

The same stories play on every stage: in this process, and on the platforms' fakes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.wiring import Product
from core.cards import Button
from core.ids import AccountKey, ThreadKey
from core.messages import Trust
from core.workspace import WorkspaceSettings
from tests.scenarios.stage import Actor, Said, Seen, Stage, Written


@dataclass
class Office:
    """The product on a stage, and its people."""

    stage: Stage
    commanded: int = 0
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def product(self) -> Product:
        return self.stage.product

    async def people(self) -> None:
        """Sam and Priya ask, Maya and Tom help them, Alex is in charge."""
        stage = self.stage
        await stage.person("sam", facts={"annual leave left": "11 days", "laptop": "Kestrel 14"})
        await stage.person("priya", "managers", facts={"annual leave left": "3 days"})
        await stage.person("maya", "it")
        await stage.person("tom")
        await stage.person("alex", admin=True)
        await stage.channel("help", "sam", "priya", "maya", "tom", "alex")
        await stage.channel("support", "maya", "tom")

    async def staff(self, *names: str, channel: str = "support") -> None:
        """Configure the support channel and who may claim there."""
        keys = tuple(str(self.stage.account(name)) for name in names)
        await self.configure(staff=keys, support_channel=str(self.stage.key(channel)))

    async def configure(self, **changes: object) -> None:
        """Change settings of the workspace."""
        changed = (await self.settings()).model_copy(update=changes)
        await self.product.workspaces.change(self.stage.home, changed, "test")

    async def settings(self) -> WorkspaceSettings:
        return await self.product.workspaces.settings(self.stage.home)

    def start(self) -> None:
        """Let the worker work."""
        self.stage.start()

    async def settled(self) -> None:
        """Wait until nothing is left to do."""
        await self.stage.settled()

    def person(self, name: str, trust: Trust = Trust.MEMBER, *, called: str = "") -> Someone:
        return Someone(self, Actor(name, trust, called))

    @property
    def log(self) -> list[Seen]:
        """Everything that became visible, oldest first."""
        return self.stage.log()

    def seen_in(self, channel: str, thread: str | None = None) -> list[Seen]:
        """What became visible in a channel, or in one of its threads, oldest first."""
        return [
            each
            for each in self.log
            if each.channel == channel and (thread is None or each.thread == thread)
        ]

    def card(self, number: str = "H-") -> Seen:
        """The handoff card that was drawn last, or that of one request, as it stands."""
        return [each for each in self.log if f"Request {number}" in each.title][-1]

    def card_thread(self, number: str = "H-") -> Thread:
        """The thread under that card."""
        card = self.card(number)
        return Thread(self, card.channel, card.thread or card.message_id)

    def tick(self) -> datetime:
        """A second later."""
        self.at += timedelta(seconds=1)
        return self.at


@dataclass
class Thread:
    """A thread as its readers see it."""

    office: Office
    channel: str
    thread_id: str

    @property
    def key(self) -> ThreadKey:
        return self.office.stage.key(self.channel, self.thread_id)

    @property
    def posts(self) -> list[Seen]:
        return self.office.seen_in(self.channel, self.thread_id)

    @property
    def last(self) -> str:
        """The newest thing the bot said here."""
        return self.posts[-1].text if self.posts else ""

    def public(self) -> list[str]:
        """What everyone in the thread can read."""
        return [each.text for each in self.posts if not each.only_for]

    def private(self, name: str) -> list[str]:
        """What only one person can read."""
        return [each.text for each in self.posts if each.only_for == name]


@dataclass
class Someone:
    """A person in the office."""

    office: Office
    actor: Actor
    written: list[Written] = field(default_factory=list)

    @property
    def key(self) -> AccountKey:
        return self.office.stage.account(self.actor.name)

    async def asks(self, text: str, channel: str = "help", *, wait: bool = True) -> Thread:
        """Mention the bot in a new thread."""
        return await self._says(Said(self.actor, text, channel, mention=True), wait=wait)

    async def remarks(self, text: str, channel: str = "help") -> Thread:
        """Say something in a channel to whom it may concern."""
        return await self._says(Said(self.actor, text, channel), wait=True)

    async def writes(self, text: str, *, wait: bool = True) -> Thread:
        """Write to the bot directly."""
        return await self._says(Said(self.actor, text, f"dm-{self.actor.name}"), wait=wait)

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
        said = Said(
            self.actor,
            text,
            thread.channel,
            thread.thread_id,
            mention=mention,
            others=others,
            files=files,
        )
        return await self._says(said, wait=wait)

    async def _says(self, said: Said, *, wait: bool) -> Thread:
        written = await self.office.stage.says(said, self.office.tick())
        self.written.append(written)
        if wait:
            await self.office.settled()
        return Thread(self.office, said.channel, written.thread)

    async def repeats(self) -> None:
        """The platform delivers the last message once more."""
        await self.office.stage.repeats(self.written[-1])
        await self.office.settled()

    async def edits(self, text: str) -> None:
        """Change the last message."""
        await self.office.stage.edits(self.written[-1], text)

    async def deletes(self) -> None:
        """Take the last message back."""
        await self.office.stage.deletes(self.written[-1])

    async def presses(self, seen: Seen, label: str) -> str:
        """Press a button of a message as this drawing of it shows; returns the private answer."""
        button = next(each for each in seen.buttons if each.label == label)
        answer = await self.office.stage.presses(self.actor, seen, button)
        await self.office.settled()
        return answer

    async def fills(self, **inputs: str) -> str:
        """Send the form that was opened last; returns the private answer."""
        answer = await self.office.stage.fills(self.actor, **inputs)
        await self.office.settled()
        return answer

    async def forges(self, seen: Seen, action: str, value: str, channel: str = "") -> str:
        """Press a button whose action, value or channel somebody edited; the private answer."""
        button = Button("", action, value)
        answer = await self.office.stage.presses(self.actor, seen, button, channel)
        await self.office.settled()
        return answer

    async def commands(self, text: str, *, again: bool = False) -> str:
        """Give a ``/desk`` command; returns the private reply.

        Args:
            again: The platform delivers the command before once more.
        """
        self.office.commanded += not again
        at = self.office.tick()
        answer = await self.office.stage.commands(self.actor, text, self.office.commanded, at)
        await self.office.settled()
        return answer

    def called(self, name: str) -> Someone:
        """The same person under another name."""
        return Someone(self.office, replace(self.actor, called=name))
