"""Teams' adapter in the whole product, plugged into the fake tenant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from bot.run import Running
from bot.settings import DEMO, Settings
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.ports import Model
from tests.fakes.teams import SUPPORT, TENANT, FakeTeams, Person, Seen, buttons, chat
from tests.fakes.teams_activities import asks, installed, presses, writes

HOME = WorkspaceKey(Platform.TEAMS, TENANT)
SETTLE_SECONDS = 10.0


@dataclass
class Ticks:
    """A clock that moves only when it is told to, or when somebody waits."""

    now: float = 1_000_000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@dataclass
class Tenant:
    """The product with Teams, its people and what they see."""

    teams: FakeTeams
    running: Running
    http: aiohttp.ClientSession

    async def post(
        self,
        activity: Any,
        token: str | None = "",
        path: str = "/teams/messages",
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Send an activity as Teams does; an empty token is a good one, None is none at all."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.teams.sign()}"
        body = activity if isinstance(activity, bytes) else orjson.dumps(activity)
        url = f"http://127.0.0.1:{self.running.port}{path}"
        async with self.http.post(url, data=body, headers=sent) as response:
            raw = await response.read()
            return response.status, orjson.loads(raw) if raw else None

    async def settled(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self.running.product.inbox.depth():
                await asyncio.sleep(0.01)

    async def asks(self, who: Person, text: str, **more: Any) -> str:
        """Mention the bot in a channel; returns the thread's conversation."""
        sent = asks(self.teams, who, text, **more)
        assert await self.post(sent) == (200, None)
        await self.settled()
        return str(sent["conversation"]["id"])

    async def writes(self, who: Person, text: str, **more: Any) -> str:
        """Write to the bot directly; returns the chat."""
        assert await self.post(writes(self.teams, who, text, **more)) == (200, None)
        await self.settled()
        return chat(who)

    async def presses(self, who: Person, seen: Seen, title: str, **inputs: str) -> str:
        """Press a button of a message; returns what the response says."""
        button = buttons(seen.activity)[title]
        sent = presses(self.teams, who, seen.conversation, seen.activity_id, button, **inputs)
        status, body = await self.post(sent)
        assert status == 200, body
        await self.settled()
        return str(body["value"])

    def in_(self, conversation: str) -> list[Seen]:
        """The bot's messages in a conversation as they stand."""
        return list(self.teams.visible(conversation).values())

    def last(self, conversation: str) -> Seen:
        return self.in_(conversation)[-1]

    def cards(self) -> list[Seen]:
        """The handoff cards as they stand."""
        started = [e for e in self.teams.log if e.did == "thread" and SUPPORT in e.conversation]
        found = [self.in_(each.conversation)[0] for each in started]
        return [each for each in found if "Request H-" in each.text]

    async def staff(self, *people: Person) -> None:
        """Configure the support channel and who may claim there."""
        workspaces = self.running.product.workspaces
        settings = await workspaces.settings(HOME)
        keys = tuple(str(AccountKey(HOME, each.user)) for each in people)
        channel = str(ThreadKey(HOME, SUPPORT, ""))
        changed = settings.model_copy(update={"staff": keys, "support_channel": channel})
        await workspaces.change(HOME, changed, "test")


@asynccontextmanager
async def tenant(
    folder: Path,
    teams: FakeTeams | None = None,
    model: Model | None = None,
    *,
    greeted: bool = True,
    **settings: object,
) -> AsyncIterator[Tenant]:
    """A product with Teams plugged in; Sam, Priya, Maya and Tom work there.

    Args:
        greeted: The bot was added to the support channel and has said hello.
    """
    fake = teams or FakeTeams()
    if teams is None:
        await fake.start()
        for name in ("sam", "priya", "maya", "tom"):
            fake.add(name)
    folder.mkdir(parents=True, exist_ok=True)
    given: dict[str, Any] = {
        "FRONTDESK_DATA_DIR": folder,
        "FRONTDESK_KNOWLEDGE": DEMO / "articles",
        "PORT": 0,
        "FRONTDESK_LOCAL_PORT": 0,
        **fake.settings,
    }
    chosen = Settings(**given).model_copy(update=settings)
    running = await Running.start(chosen, with_playground=False, model=model)
    try:
        async with aiohttp.ClientSession() as http:
            home = Tenant(fake, running, http)
            if teams is None and greeted:
                await home.post(installed(fake, fake.people["sam"], SUPPORT))
                await home.settled()
            yield home
    finally:
        await running.stop()
        if teams is None:
            await fake.stop()
