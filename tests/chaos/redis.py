"""Let Redis fail again and again while people write; judge by what the platform shows.

One process of the product lives through it all. A quarter of what people ask can only be
understood with the session of its thread, which is what Redis holds copies of.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.chaos.kills import Report, judge, sent_twice, waiting
from tests.chaos.people import EMPLOYEES, Crowd, Page, Written
from tests.chaos.process import Product
from tests.servers.redis import RedisServer

TALK = {
    "How long does the VPN stay connected?": "VPN on your laptop",
    "How many devices can use it?": "VPN on your laptop",
    "When is a laptop replaced?": "Laptops and the new-starter kit",
    "How many devices can use the VPN?": "VPN on your laptop",
}
PACE = 0.05  # seconds between messages: nobody has too many waiting
DOWN_MOST = 1.5  # seconds
UP_MOST = 8.0  # long enough for the product to come back to it
QUIET_SECONDS = 60.0
LOOKS = re.compile(r'frontdesk_session_copies_total\{result="(\w+)"\} (\d+)')


@dataclass
class RedisReport(Report):
    """What became of it all.

    Args:
        looks: How the product's looks for a copy ended; without hits nothing was tried out.
    """

    failures: dict[str, int] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)

    @property
    def broken(self) -> bool:
        return super().broken or not self.looks.get("hit")


class Talkers(Crowd):
    """People whose second question only makes sense after the first."""

    def thread(self) -> Iterator[Written]:
        self._threads += 1
        number, by = self._threads, EMPLOYEES[self._threads % len(EMPLOYEES)]
        root: Written | None = None
        for step, (question, title) in enumerate(TALK.items()):
            written = self._add(f"t{number}.{step}", by, question, title, root)
            root = root or written
            yield written


async def redis_failures(
    folder: Path, failures: int, seed: int, up_most: float = UP_MOST
) -> RedisReport:
    """Let Redis fail so many times, then let the product finish, and count."""
    chance, crowd, began = random.Random(seed), Talkers(), time.monotonic()
    report = RedisReport(failures)
    folder.mkdir(parents=True, exist_ok=True)
    server = RedisServer(folder).start()
    product = await Product.start(folder, environment={"FRONTDESK_REDIS_URL": server.url})
    assert product is not None
    try:
        async with aiohttp.ClientSession() as session:
            enough = asyncio.Event()
            writing = asyncio.create_task(_write(session, product, crowd, enough))
            report.failures = await _fail(server, failures, chance, up_most)
            enough.set()
            await writing
            async with asyncio.timeout(QUIET_SECONDS):
                while await waiting(session, product):
                    await asyncio.sleep(0.1)
            report.looks = await _looks(session, product)
        if await product.terminate() != 0:
            raise RuntimeError(f"The product did not end in order; see {folder / 'log'}.")
    finally:
        await product.kill()
        server.stop()
    report.accepted = sum(each.accepted for each in crowd.written)
    judge(report, crowd, folder / "playground.db")
    report.sent_twice = sent_twice(folder)
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _fail(
    server: RedisServer, failures: int, chance: random.Random, up_most: float
) -> dict[str, int]:
    """Fail in every way there is, as long as it takes a client to notice or longer."""
    ways = {"killed": (server.kill, server.start), "hung": (server.pause, server.resume)}
    counted = Counter[str]()
    for number in range(failures):
        await asyncio.sleep(chance.uniform(0.1, up_most))
        way = ("killed", "hung", "flushed")[number % 3]
        if way == "flushed":
            server.flush()
        else:
            strike, heal = ways[way]
            strike()
            await asyncio.sleep(chance.uniform(0.05, DOWN_MOST))
            heal()
        counted[way] += 1
    return dict(counted)


async def _write(
    session: aiohttp.ClientSession, product: Product, crowd: Crowd, enough: asyncio.Event
) -> None:
    """One thread after another until it is enough; each message is waited for."""
    async with session.ws_connect(f"{product.origin}/playground/socket") as socket:
        page = Page(socket, crowd)
        listening = asyncio.create_task(page.listen())
        try:
            await page.shown.wait()
            while not enough.is_set():
                for message in crowd.thread():
                    await page.write(message)
                    await asyncio.sleep(PACE)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening


async def _looks(session: aiohttp.ClientSession, product: Product) -> dict[str, int]:
    async with session.get(f"{product.origin}/metrics") as response:
        found = LOOKS.findall(await response.text())
    return {result: int(number) for result, number in found}
