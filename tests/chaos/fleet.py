"""Several processes of the product on one PostgreSQL, in a Slack workspace that outlives them."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from adapters.slack.endpoint import PATH
from adapters.storage.migrate import upgrade
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.workspaces import SqlWorkspaceStore
from bot.settings import DEMO, Role
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.workspace import WorkspaceSettings
from tests.fakes.slack import TEAM, TOKEN, FakeSlack, fake_slack
from tests.fakes.slack_events import SECRET, Sender
from tests.servers.postgres import PostgresServer

HOME = WorkspaceKey(Platform.SLACK, TEAM)
CHANNELS = [f"C{number:02}" for number in range(40)]  # one takes a post a second
SUPPORT = "CSUPPORT"
EMPLOYEES = [f"U1{number:02}" for number in range(60)]  # 20 messages of one may wait
STAFF = [f"U9{number:02}" for number in range(50)]
START_SECONDS = 60.0
ACKNOWLEDGE_SECONDS = 3.0  # Slack's patience


@dataclass
class Member:
    """One process."""

    process: Process
    sender: Sender
    role: Role
    paused: bool = False

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    def pause(self) -> None:
        self.paused = True
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        self.paused = False
        self.send(signal.SIGCONT)

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it; the status it ended with."""
        self.go_on()
        self.send(how)
        return await self.process.wait()


@dataclass
class Fleet:
    """The processes, what they share, and what people see of them."""

    folder: Path
    slack: FakeSlack
    server: PostgresServer
    session: aiohttp.ClientSession
    settings: dict[str, str]
    chance: random.Random
    members: list[Member] = field(default_factory=list)
    started: int = 0

    async def start(self, role: Role = Role.ALL) -> Member:
        """Start one more process, and wait until it serves."""
        self.started += 1
        log = self.folder / f"log{self.started}"
        keep = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")
        environment = {name: os.environ[name] for name in keep if name in os.environ}
        environment |= self.settings | {
            "FRONTDESK_DATA_DIR": str(self.folder),
            "FRONTDESK_DATABASE_URL": self.server.url(),
            "FRONTDESK_KNOWLEDGE": str(DEMO / "articles"),
            "FRONTDESK_ROLE": role,
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_BASE_URL": self.slack.url,
            "PORT": "0",
            "FRONTDESK_LOCAL_PORT": "0",
        }
        with log.open("ab") as file:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=environment, stdout=DEVNULL, stderr=file
            )
        async with asyncio.timeout(START_SECONDS):
            while (port := _port(log)) is None:
                if process.returncode is not None:
                    raise RuntimeError(f"A process did not start; see {log}.")
                await asyncio.sleep(0.05)
        member = Member(process, Sender(f"http://127.0.0.1:{port}{PATH}", self.session), role)
        self.members.append(member)
        return member

    async def replace(self, old: Member, how: signal.Signals = signal.SIGTERM) -> int:
        """Start a process in the place of another, which is ended; returns its status."""
        await self.start(old.role)
        self.members.remove(old)
        return await old.end(how)

    async def deliver(self, body: dict[str, object]) -> bool:
        """Send an event to any ingress, as a load balancer does; whether it was acknowledged."""
        member = self.chance.choice([each for each in self.members if each.role is not Role.WORKER])
        try:
            async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                return await member.sender.event(body) == 200
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False

    async def close(self) -> None:
        for each in self.members:
            await each.end(signal.SIGKILL)


@asynccontextmanager
async def fleet(
    folder: Path, server: PostgresServer, seed: int, *roles: Role, **settings: str
) -> AsyncIterator[Fleet]:
    """A process at work in each of these roles."""
    folder.mkdir(parents=True, exist_ok=True)
    await _furnish(server)
    async with fake_slack() as slack, aiohttp.ClientSession() as session:
        for user in STAFF:
            slack.person(user, f"Staff {user}")
        for user in EMPLOYEES:
            slack.person(user, user)
        for channel in CHANNELS:
            slack.channel(channel, channel.lower(), *EMPLOYEES)
        slack.channel(SUPPORT, "support", *STAFF, is_private=True)
        made = Fleet(folder, slack, server, session, settings, random.Random(seed))
        try:
            await asyncio.gather(*(made.start(role) for role in roles))
            yield made
        finally:
            await made.close()


async def _furnish(server: PostgresServer) -> None:
    """The schema, the support channel and its staff."""
    await asyncio.to_thread(upgrade, server.url())
    database = await PostgresDatabase.open(server.url())
    staff = tuple(str(AccountKey(HOME, user)) for user in STAFF)
    settings = WorkspaceSettings(support_channel=str(ThreadKey(HOME, SUPPORT, "")), staff=staff)
    await SqlWorkspaceStore(database).change(HOME, settings, "test")
    await database.close()


def _port(log: Path) -> int | None:
    for line in log.read_bytes().splitlines():
        if b'"frontdesk started"' in line:
            port: int = orjson.loads(line)["port"]
            return port
    return None
