"""Slack's adapter by itself, and the whole product plugged into the fake workspace."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from adapters.pace import Pace
from adapters.slack import limits, listeners
from adapters.slack.api import SlackApi
from adapters.slack.directory import SlackDirectory
from adapters.slack.endpoint import PATH, Endpoint
from adapters.slack.gate import Gate
from adapters.slack.home import Home
from adapters.slack.installation import Installation
from adapters.slack.listeners import Dispatcher
from adapters.slack.memory import Memory
from adapters.slack.poster import SlackPoster
from adapters.slack.receiver import Receiver
from adapters.slack.status import Status
from bot.run import Running
from bot.server import Listener, public
from bot.settings import Settings
from core.cards import Button, Buttons, Card, Prose
from core.errors import StoreUnavailable
from core.forms import Form, Problems, Submission
from core.ids import MessageRef, ThreadKey
from core.messages import ButtonPress, Command, InboundMessage
from core.outcome import Post
from tests.fakes.slack import APP, BOT, BOT_USER, TEAM, TOKEN, FakeSlack, fake_slack
from tests.fakes.slack_events import SECRET, Sender, mention

US = Installation(TEAM, BOT_USER, BOT, APP, "https://acme.slack.com/")
ROOT = "1700000000.000100"


@dataclass
class Ticks:
    """A clock that moves only when somebody waits."""

    now: float = 1_000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass
class Door:
    """Implements ``FrontDoor``: notes what comes."""

    messages: list[InboundMessage] = field(default_factory=list)
    edits: list[InboundMessage] = field(default_factory=list)
    deletions: list[MessageRef] = field(default_factory=list)
    presses: list[ButtonPress] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    full: bool = False

    async def message(self, message: InboundMessage) -> bool:
        if self.full:
            raise StoreUnavailable("The disk is full.")
        self.messages.append(message)
        return True

    async def edited(self, message: InboundMessage) -> bool:
        self.edits.append(message)
        return True

    async def deleted(self, message: MessageRef) -> bool:
        self.deletions.append(message)
        return True

    async def stop(self, thread: ThreadKey, at: datetime) -> bool:
        return False

    async def press(self, press: ButtonPress) -> Card | None:
        self.presses.append(press)
        return Card((Prose("Done."),))

    async def opens(self, press: ButtonPress) -> Form | None:
        return None

    async def command(self, command: Command) -> Card:
        self.commands.append(command)
        return Card((Prose("Sure?"), Buttons((Button("Yes", "sure", "v"),))))

    async def form(self, command: Command) -> Form | None:
        return None

    async def submit(self, submission: Submission) -> Card | Problems:
        return Problems({})


@dataclass
class Adapter:
    """The adapter on the fake workspace, with a door that only notes."""

    slack: FakeSlack
    api: SlackApi
    memory: Memory
    poster: SlackPoster
    directory: SlackDirectory
    receiver: Receiver
    dispatch: Dispatcher
    door: Door
    ticks: Ticks
    alerts: list[str]

    def post(self, text: str = "Here you are.", root: str = ROOT, channel: str = "C1") -> Post:
        return Post(self.thread(root, channel), Card((Prose(text),)))

    def thread(self, root: str = ROOT, channel: str = "C1") -> ThreadKey:
        return ThreadKey(US.workspace, channel, root)


@asynccontextmanager
async def adapter() -> AsyncIterator[Adapter]:
    """An adapter for channel C1, in which U1 has started a thread."""
    async with fake_slack() as slack:
        slack.person("U1", "Ana")
        slack.person("U2", "Ben")
        slack.channel("C1", "help", "U1", "U2")
        slack.write("C1", ROOT, "U1", "hello")
        ticks, door = Ticks(), Door()
        alerts: list[str] = []
        api = SlackApi(TOKEN, slack.url, alert=alerts.append, sleep=ticks.sleep)
        memory = Memory(ticks)
        posts = Pace(limits.POSTS, clock=ticks, sleep=ticks.sleep)
        status = Status(api, show_after=0.01)
        made = SlackPoster(api, US, memory, posts=posts, status=status)
        directory = SlackDirectory(api, US, memory, made.private, ticks)
        receiver = Receiver(
            US, door, directory, made, memory, Home(api), alert=alerts.append, command_seconds=0.5
        )
        dispatch = Dispatcher(listeners.build(US, receiver, api.client))
        made_all = Adapter(
            slack, api, memory, made, directory, receiver, dispatch, door, ticks, alerts
        )
        try:
            yield made_all
        finally:
            await receiver.stop()
            await made.stop()
            await api.close()


@dataclass
class Listening:
    """An endpoint that listens."""

    port: int
    counted: list[str]
    sender: Sender


@asynccontextmanager
async def endpoint(
    dispatch: Any, *, read_seconds: float = 5.0, installation: Installation = US
) -> AsyncIterator[Listening]:
    """The public listener with Slack's endpoint."""
    counted: list[str] = []
    gate = Gate(SECRET, installation, counted.append)
    made = Endpoint(gate, dispatch, read_seconds=read_seconds)

    async def ready() -> bool:
        return True

    listener = await Listener.start(public(ready, made.routes()), "127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            url = f"http://127.0.0.1:{listener.port}{PATH}"
            yield Listening(listener.port, counted, Sender(url, session))
    finally:
        await listener.stop()


def settings(folder: Path, slack: FakeSlack, **more: Any) -> Settings:
    """The settings of a product in the fake workspace, with U2 as its admin."""
    values: dict[str, Any] = {
        "FRONTDESK_DATA_DIR": folder,
        "FRONTDESK_KNOWLEDGE": Path("bot/demo/articles").resolve(),
        "FRONTDESK_ADMINS": f"slack/{TEAM}/U2",
        "PORT": 0,
        "FRONTDESK_LOCAL_PORT": 0,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_BASE_URL": slack.url,
    }
    return Settings(**{**values, **more})


@dataclass
class Whole:
    """The whole product in the fake workspace."""

    slack: FakeSlack
    running: Running
    sender: Sender

    async def ask(self, text: str, **more: Any) -> str:
        """Somebody writes a mention in #help now; returns its time stamp."""
        stamp = f"{time.time():.6f}"
        self.slack.write("C1", stamp, str(more.get("user", "U1")), text)
        assert await self.sender.event(mention(text, ts=stamp, **more)) == 200
        return stamp


@asynccontextmanager
async def life(slack: FakeSlack, folder: Path, **more: Any) -> AsyncIterator[Whole]:
    """One process of the product in a workspace that outlives it."""
    async with aiohttp.ClientSession() as session:
        running = await Running.start(settings(folder, slack, **more), with_playground=False)
        sender = Sender(f"http://127.0.0.1:{running.port}{PATH}", session)
        try:
            yield Whole(slack, running, sender)
        finally:
            await running.stop()


@asynccontextmanager
async def workspace() -> AsyncIterator[FakeSlack]:
    """#help (C1) for everyone, #support (C2) for U2, who is its staff."""
    async with fake_slack() as slack:
        slack.person("U1", "Ana")
        slack.person("U2", "Ben")
        slack.channel("C1", "help", "U1", "U2")
        slack.channel("C2", "support", "U2", is_private=True)
        yield slack


@asynccontextmanager
async def product(folder: Path, **more: Any) -> AsyncIterator[Whole]:
    """A running product in a workspace of its own."""
    async with workspace() as slack, life(slack, folder, **more) as made:
        yield made
