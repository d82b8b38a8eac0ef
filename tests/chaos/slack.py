"""The product as a process of its own, plugged into the fake Slack that this process holds."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from adapters.slack.endpoint import PATH
from bot.settings import DEMO
from tests.chaos.kills import waiting
from tests.chaos.process import Product
from tests.fakes.slack import TEAM, TOKEN, FakeSlack, fake_slack
from tests.fakes.slack_events import SECRET, Sender

START_SECONDS = 60.0
REFUSED_SECONDS = 0.2  # until what was not acknowledged is delivered again; Slack takes longer


@dataclass
class OnSlack:
    """The workspace, the product, and the way in."""

    slack: FakeSlack
    product: Product
    session: aiohttp.ClientSession
    sender: Sender
    retried: int = 0

    async def deliver(self, event: dict[str, object]) -> None:
        """Deliver an event until it is acknowledged."""
        while await self.sender.event(event) != 200:
            self.retried += 1
            await asyncio.sleep(REFUSED_SECONDS)

    async def worked_off(self, seconds: float) -> None:
        """Wait until nothing waits any more."""
        async with asyncio.timeout(seconds):
            while await waiting(self.session, self.product):
                await asyncio.sleep(0.2)

    def replies(self) -> Counter[str]:
        """How many messages of the bot stand in each thread."""
        return Counter(str(each.get("thread_ts", "")) for each in self.slack.visible())


@asynccontextmanager
async def on_slack(folder: Path, slack: FakeSlack) -> AsyncIterator[OnSlack]:
    """Start the product in a workspace; it ends in order."""
    folder.mkdir(parents=True, exist_ok=True)
    async with fake_slack(fake=slack), aiohttp.ClientSession() as session:
        port, local_port = _free_ports()
        product = await _start(folder, slack, port, local_port)
        try:
            await _ready(session, product, port)
            sender = Sender(f"http://127.0.0.1:{port}{PATH}", session)
            yield OnSlack(slack, product, session, sender)
            if await product.terminate() != 0:
                raise RuntimeError(f"The product did not end in order; see {folder / 'log'}.")
        finally:
            await product.kill()


async def _start(folder: Path, slack: FakeSlack, port: int, local_port: int) -> Product:
    kept = ("PATH", "HOME", "PYTHONPATH")
    settings = {name: os.environ[name] for name in kept if name in os.environ} | {
        "FRONTDESK_DATA_DIR": str(folder),
        "FRONTDESK_KNOWLEDGE": str(DEMO / "articles"),
        "FRONTDESK_ADMINS": f"slack/{TEAM}/U0",
        "PORT": str(port),
        "FRONTDESK_LOCAL_PORT": str(local_port),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_BASE_URL": slack.url,
    }
    with (folder / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "run", env=settings, stdout=log, stderr=log
        )
    return Product(process, f"http://127.0.0.1:{local_port}")


async def _ready(session: aiohttp.ClientSession, product: Product, port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while product.process.returncode is None and time.monotonic() < ends:
        with suppress(aiohttp.ClientError):
            async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(0.1)
    raise RuntimeError("The product did not get ready.")


def _free_ports() -> tuple[int, int]:
    with closing(socket.socket()) as one, closing(socket.socket()) as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])
