"""Kill the product again and again while people write; judge by what the platform shows.

The playground's own record (its ``playground.db``) is the platform's log. It never
sees our inbox or outbox, and we never look at them here.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import orjson

from core import wording
from tests.chaos.people import HANDED_OVER, Crowd, Page, Written
from tests.chaos.process import SENDS, Product
from tests.chaos.result import Result
from tests.chaos.stages import STAGES

ALIVE_MOST = 2.0  # seconds after readiness until the kill
STAGED_SECONDS = 5.0  # for a process that is to kill itself, until we do
APOLOGY = wording.GAVE_UP[:40]
QUIET_SECONDS = 60.0  # everything accepted is answered within, after the last start


@dataclass
class Report(Result):
    """What became of it all.

    Args:
        given_up: Messages that were being handled at three deaths; each got an apology and a
            person, as it should.
    """

    rounds: int
    accepted: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    misplaced: int = 0
    sent_twice: int = 0
    cards_missing: int = 0
    cards_doubled: int = 0
    given_up: int = 0
    stages: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(
            self.lost
            or self.duplicated
            or self.reordered
            or self.misplaced
            or self.sent_twice
            or self.cards_missing
            or self.cards_doubled
        )


async def kills(
    folder: Path,
    rounds: int,
    seed: int,
    alive_most: float = ALIVE_MOST,
    settings: Mapping[str, str] | None = None,
) -> Report:
    """Run the product through so many deaths, then let it finish, and count.

    Args:
        settings: What the product is started with, beyond what every run needs.
    """
    chance, crowd = random.Random(seed), Crowd()
    report, hit, began = Report(rounds), Counter[str](), time.monotonic()
    names = list(STAGES)
    chance.shuffle(names)
    for number in range(rounds):
        stage = names[(number // 2) % len(names)] if number % 2 else ""
        product = await Product.start(folder, stage, chance.randint(1, 3), environment=settings)
        if product is None:
            hit[stage] += 1
            continue
        try:
            by_itself = await _a_life(
                product, crowd, STAGED_SECONDS if stage else chance.uniform(0, alive_most)
            )
            hit[stage if by_itself else "from outside"] += 1
        finally:
            await product.kill()
    await _the_end(folder, crowd, settings)
    report.stages = dict(sorted(hit.items()))
    report.accepted = sum(each.accepted for each in crowd.written)
    judge(report, crowd, folder / "playground.db")
    report.sent_twice = sent_twice(folder)
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _a_life(product: Product, crowd: Crowd, seconds: float) -> bool:
    """People write to a process until it dies; whether it died by itself."""
    async with aiohttp.ClientSession() as session:
        writing = asyncio.create_task(_write(session, product, crowd, fresh=True))
        dying = asyncio.create_task(product.process.wait())
        await asyncio.wait({dying}, timeout=seconds)
        by_itself = dying.done()
        if not dying.done():
            product.process.kill()
        await dying
        writing.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError, ConnectionError):
            await writing
    return by_itself


async def _write(
    session: aiohttp.ClientSession, product: Product, crowd: Crowd, *, fresh: bool
) -> None:
    """Send again what was not accepted; then, where ``fresh``, new threads one after another."""
    async with session.ws_connect(f"{product.origin}/playground/socket") as socket:
        page = Page(socket, crowd)
        listening = asyncio.create_task(page.listen())
        try:
            seen = asyncio.create_task(page.shown.wait())
            await asyncio.wait({seen, listening}, return_when=asyncio.FIRST_COMPLETED)
            seen.cancel()
            for message in crowd.waiting:
                await page.write(message)
            while fresh:
                for message in crowd.thread():
                    await page.write(message)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, aiohttp.ClientError, ConnectionError):
                await listening


async def _the_end(folder: Path, crowd: Crowd, settings: Mapping[str, str] | None) -> None:
    """A last life without a death, until nothing waits any more."""
    product = await Product.start(folder, plain=True, environment=settings)
    assert product is not None
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(QUIET_SECONDS):
            await _write(session, product, crowd, fresh=False)
            while await waiting(session, product):
                await asyncio.sleep(0.1)
        if await product.terminate() != 0:
            raise RuntimeError(f"The product did not end in order; see {folder / 'log'}.")
    finally:
        await product.kill()


async def waiting(session: aiohttp.ClientSession, product: Product) -> float:
    """How much work waits, as the metrics say."""
    async with session.get(f"{product.origin}/metrics") as response:
        lines = (await response.text()).splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("frontdesk_waiting "))


@dataclass(frozen=True)
class Shown:
    """A message of the bot, as the room keeps it."""

    channel: str
    thread: str
    words: str
    given_up: bool = False


def sent_twice(folder: Path) -> int:
    """How many posts were sent more than once, by the lines of the room."""
    sent = (folder / SENDS).read_text().split()
    return len(sent) - len(set(sent))


def judge(report: Report, crowd: Crowd, room: Path) -> None:
    """Count broken promises: exactly one answer a message, in its thread, in order; one card."""
    shown = _shown(room)
    in_help = [each for each in shown if each.channel == "help"]
    threads: dict[str, list[Written]] = {}
    wanted = 0
    for each in crowd.written:
        if each.accepted:
            threads.setdefault((each.root or each).id, []).append(each)
    for root, messages in threads.items():
        replies = _endings([each for each in in_help if each.thread == root])
        report.given_up += sum(each.given_up for each in replies)
        wishes = any(each.expects == HANDED_OVER for each in messages)
        wanted += wishes or any(each.given_up for each in replies)  # one open case a thread
        report.lost += max(0, len(messages) - len(replies))
        report.duplicated += max(0, len(replies) - len(messages))
        if len(messages) == len(replies):
            pairs = zip(messages, replies, strict=True)
            report.reordered += sum(
                each.expects not in reply.words and not reply.given_up for each, reply in pairs
            )
    report.misplaced = sum(each.thread not in threads for each in in_help)
    cards = Counter(each.words for each in shown if each.channel == "support")
    report.cards_missing = max(0, wanted - len(cards))
    report.cards_doubled = sum(cards.values()) - len(cards) + max(0, len(cards) - wanted)


def _endings(replies: list[Shown]) -> list[Shown]:
    """One a message: the apology for a message given up and the word about its card are one."""
    endings: list[Shown] = []
    for reply in replies:
        if endings and endings[-1].given_up and endings[-1].words == APOLOGY:
            endings[-1] = replace(reply, given_up=True)
        elif APOLOGY in reply.words:
            endings.append(replace(reply, words=APOLOGY, given_up=True))
        else:
            endings.append(reply)
    return endings


def _shown(room: Path) -> list[Shown]:
    with closing(sqlite3.connect(room)) as connection:
        rows = connection.execute(
            "SELECT channel, thread, body FROM message WHERE kind = 'bot' ORDER BY seq"
        ).fetchall()
    return [Shown(channel, thread, _words(channel, body)) for channel, thread, body in rows]


def _words(channel: str, body: str) -> str:
    """What tells a message apart: a card's title, else the documents it cites or what it says."""
    content = orjson.loads(body)
    if channel == "support":
        return str(content["title"])
    sources = [
        source["title"]
        for block in content["blocks"]
        if block["kind"] == "sources"
        for source in block["items"]
    ]
    return " · ".join(sources) if sources else body.replace("asked the support team", HANDED_OVER)
