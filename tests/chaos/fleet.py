"""Processes of the product on one backend, in a Slack workspace that outlives them."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from adapters.slack.endpoint import PATH
from adapters.storage.workspaces import SqlWorkspaceStore
from bot.settings import DEMO, Role
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.workspace import WorkspaceSettings
from tests.chaos.backends import Backend
from tests.fakes.slack import TEAM, TOKEN, FakeSlack, fake_slack
from tests.fakes.slack_events import SECRET, Sender

HOME = WorkspaceKey(Platform.SLACK, TEAM)
CHANNELS = [f"C{number:02}" for number in range(40)]  # one takes a post a second
SUPPORT = "CSUPPORT"
STAFF = [f"U9{number:02}" for number in range(50)]
START_SECONDS = 60.0
ACKNOWLEDGE_SECONDS = 3.0  # Slack's patience
AGAIN_SECONDS = 0.2  # between deliveries of what was not acknowledged; Slack takes longer


@dataclass
class Member:
    """One process; ``local`` is where its own pages are."""

    process: Process
    sender: Sender
    local: str
    role: Role

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, also when it is stopped; the status it ended with."""
        self.send(signal.SIGCONT)
        self.send(how)
        return await self.process.wait()


@dataclass
class Fleet:
    """The processes, what they share, and what people see of them."""

    folder: Path
    slack: FakeSlack
    backend: Backend
    session: aiohttp.ClientSession
    chance: random.Random
    settings: dict[str, str] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    started: int = 0
    refused: int = 0

    async def start(
        self,
        role: Role = Role.ALL,
        stage: str = "",
        nth: int = 1,
        how: signal.Signals = signal.SIGKILL,
    ) -> Member | None:
        """Start one more process, and wait until it serves.

        Args:
            stage: Where it is to kill itself, the ``nth`` time it gets there.
            how: With which signal.

        Returns:
            The process; None when it killed itself before it served.
        """
        self.started += 1
        log = self.folder / f"log{self.started}"
        module = "tests.chaos.stages" if stage else "bot"
        doom = {"CHAOS_STAGE": stage, "CHAOS_NTH": str(nth), "CHAOS_SIGNAL": str(int(how))}
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", module, "run"),
                env=self._environment(role) | (doom if stage else {}),
                stdout=DEVNULL,
                stderr=file,
            )
        async with asyncio.timeout(START_SECONDS):
            while (told := _started(log)) is None:
                if process.returncode is not None:
                    if stage and process.returncode == -signal.SIGKILL:
                        return None
                    raise RuntimeError(f"A process did not start; see {log}.")
                await asyncio.sleep(0.02)
        port, local = told
        sender = Sender(f"http://127.0.0.1:{port}{PATH}", self.session)
        self.members.append(Member(process, sender, f"http://127.0.0.1:{local}", role))
        return self.members[-1]

    def _environment(self, role: Role) -> dict[str, str]:
        kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")
        return {name: os.environ[name] for name in kept if name in os.environ} | {
            "FRONTDESK_DATA_DIR": str(self.folder),
            "FRONTDESK_KNOWLEDGE": str(DEMO / "articles"),
            "FRONTDESK_ADMINS": f"slack/{TEAM}/U0",
            "FRONTDESK_ROLE": role,
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_BASE_URL": self.slack.url,
            "PORT": "0",
            "FRONTDESK_LOCAL_PORT": "0",
            **self.backend.settings,
            **self.settings,
        }

    async def replace(self, old: Member, how: signal.Signals = signal.SIGTERM) -> int:
        """Start a process in the place of another, which is ended; returns its status."""
        await self.start(old.role)
        return await self.end(old, how)

    async def end(self, member: Member, how: signal.Signals = signal.SIGTERM) -> int:
        """Take a process out of the fleet and end it; the status it ended with."""
        if member in self.members:
            self.members.remove(member)
        return await member.end(how)

    async def deliver(self, body: dict[str, object]) -> bool:
        """Send an event to any ingress, as a load balancer does; whether it was acknowledged."""
        return await self._send(lambda sender: sender.event(body))

    async def press(self, body: dict[str, object]) -> bool:
        """Send a pressed button in the same way."""
        return await self._send(lambda sender: sender.interaction(body))

    async def insist(self, body: dict[str, object]) -> None:
        """Deliver an event until it is acknowledged, each time under a new id."""
        event_id, tries = body["event_id"], 0
        while not await self.deliver({**body, "event_id": f"{event_id}.{tries}"}):
            tries += 1
            await asyncio.sleep(AGAIN_SECONDS)

    async def _send(self, sent: Callable[[Sender], Awaitable[int]]) -> bool:
        open_ones = [each for each in self.members if each.role is not Role.WORKER]
        if open_ones:
            with suppress(TimeoutError, aiohttp.ClientError, OSError):
                async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                    if await sent(self.chance.choice(open_ones).sender) == 200:
                        return True
        self.refused += 1
        return False

    async def worked_off(self, seconds: float) -> None:
        """Wait until nothing waits any more."""
        async with asyncio.timeout(seconds):
            while await self._waiting():
                await asyncio.sleep(0.2)

    async def _waiting(self) -> float:
        return sum(await self.measured(self.members[0], r"^frontdesk_waiting (\S+)$"))

    async def measured(self, member: Member, pattern: str) -> list[float]:
        """What the metrics of a process say, by a pattern for their lines."""
        async with self.session.get(f"{member.local}/metrics") as response:
            text = await response.text()
        return [float(each) for each in re.findall(pattern, text, re.MULTILINE)]

    async def close(self) -> None:
        for each in self.members:
            await each.end(signal.SIGKILL)


@asynccontextmanager
async def fleet(
    folder: Path,
    backend: Backend,
    seed: int,
    *roles: Role,
    slack: FakeSlack | None = None,
    **settings: str,
) -> AsyncIterator[Fleet]:
    """A process at work in each of these roles; they end in order when all went well."""
    folder.mkdir(parents=True, exist_ok=True)
    await _furnish(folder, backend)
    async with fake_slack(fake=slack) as workspace, aiohttp.ClientSession() as session:
        for user in STAFF:
            workspace.person(user, f"Staff {user}")
        for channel in CHANNELS:
            workspace.channel(channel, channel.lower())
        workspace.channel(SUPPORT, "support", *STAFF, is_private=True)
        chance = random.Random(seed)
        made = Fleet(folder, workspace, backend, session, chance, settings)
        try:
            await asyncio.gather(*(made.start(role) for role in roles))
            yield made
            for each in tuple(made.members):
                if await made.end(each) != 0:
                    raise RuntimeError(f"A process did not end in order; see {folder}.")
        finally:
            await made.close()


async def _furnish(folder: Path, backend: Backend) -> None:
    """The schema, the support channel and its staff."""
    database = await backend.open(folder)
    staff = tuple(str(AccountKey(HOME, user)) for user in STAFF)
    settings = WorkspaceSettings(support_channel=str(ThreadKey(HOME, SUPPORT, "")), staff=staff)
    await SqlWorkspaceStore(database).change(HOME, settings, "test")
    await database.close()


def _started(log: Path) -> tuple[int, int] | None:
    """The ports that a process has, as soon as it says so."""
    for line in log.read_bytes().splitlines():
        if b'"frontdesk started"' in line:
            told = orjson.loads(line)
            return told["port"], told["local_port"]
    return None
