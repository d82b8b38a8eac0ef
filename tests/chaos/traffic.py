"""People who write to a fleet, and what became visible of the answers; judged from Slack's log."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core import wording
from tests.chaos.fleet import CHANNELS, EMPLOYEES, Fleet
from tests.chaos.people import QUESTIONS
from tests.chaos.result import Result
from tests.fakes.slack import texts
from tests.fakes.slack_events import mention

AGAIN_SECONDS = 0.2  # between deliveries of an event that was not acknowledged
DUPLICATED = 0.2  # of the events come once more, under a new id
QUIET_SECONDS = 90.0  # everything acknowledged is answered within
SETTLED_SECONDS = 6.0  # what turns up late has turned up
AT_ONCE = 12  # threads that are written in at the same time
RATE = 10.0  # messages a second, together


@dataclass
class Asked:
    """A thread: its root, and the title that each of its answers cites, in order."""

    channel: str
    root: str
    by: str
    titles: list[str] = field(default_factory=list)


@dataclass
class Report(Result):
    """What became of it all.

    Args:
        apologised: Messages given up after three deaths; their writers were told.
    """

    run: str
    rounds: int
    acked: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    apologised: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(self.lost or self.duplicated or self.reordered)


@dataclass
class Traffic:
    """Everything that was written and acknowledged."""

    fleet: Fleet
    threads: list[Asked] = field(default_factory=list)
    stopping: bool = False
    _stamp: int = field(default_factory=lambda: int(time.time()))
    _number: int = 0

    async def write(self) -> None:
        """One thread after another, until it is enough."""
        while not self.stopping:
            chance = self.fleet.chance
            asked = Asked(chance.choice(CHANNELS), "", chance.choice(EMPLOYEES))
            self.threads.append(asked)
            first = self.fleet.chance.randrange(len(QUESTIONS))
            for step in range(self.fleet.chance.randint(1, 3)):
                await self._say(asked, *list(QUESTIONS.items())[(first + step) % len(QUESTIONS)])
                await asyncio.sleep(AT_ONCE / RATE)

    async def _say(self, asked: Asked, question: str, title: str) -> None:
        self._number += 1
        ts = f"{self._stamp + self._number // 100_000}.{self._number % 100_000:06}"
        self.fleet.slack.write(asked.channel, ts, asked.by, question, asked.root)
        more = {"thread_ts": asked.root} if asked.root else {}
        body = mention(question, user=asked.by, channel=asked.channel, ts=ts, **more)
        asked.root = asked.root or ts
        tries = 0
        while not await self.fleet.deliver({**body, "event_id": f"Ev{ts}.{tries}"}):
            tries += 1
            await asyncio.sleep(AGAIN_SECONDS)
        asked.titles.append(title)
        if self.fleet.chance.random() < DUPLICATED:
            await self.fleet.deliver({**body, "event_id": f"Ev{ts}.again"})

    def replies(self, asked: Asked) -> list[str]:
        """What stands in a thread now, in order."""
        return [
            " ".join(texts(each.get("blocks") or [])) + str(each.get("text"))
            for each in self.fleet.slack.visible(asked.channel)
            if each.get("thread_ts") == asked.root
        ]

    @property
    def answered(self) -> bool:
        return all(len(self.replies(each)) >= len(each.titles) for each in self.threads)

    def judge(self, report: Report) -> None:
        """Exactly one answer a message, in its thread, in order."""
        report.acked = sum(len(each.titles) for each in self.threads)
        for asked in self.threads:
            replies = [each for each in self.replies(asked) if wording.GAVE_UP[:40] not in each]
            apologies = len(self.replies(asked)) - len(replies)
            report.apologised += apologies
            missing = len(asked.titles) - len(replies) - apologies
            report.lost += max(0, missing)
            report.duplicated += max(0, -missing)
            if missing == 0 and not apologies:
                pairs = zip(asked.titles, replies, strict=True)
                report.reordered += sum(title not in reply for title, reply in pairs)
        roots = Counter(each.root for each in self.threads)
        stray = [
            each
            for channel in CHANNELS
            for each in self.fleet.slack.visible(channel)
            if each.get("thread_ts") not in roots
        ]
        report.duplicated += len(stray)


@asynccontextmanager
async def traffic(fleet: Fleet) -> AsyncIterator[Traffic]:
    """People write while something happens; then everything is answered, or it is too late."""
    made = Traffic(fleet)
    writing = [asyncio.create_task(made.write()) for _ in range(AT_ONCE)]
    try:
        yield made
        made.stopping = True
        await asyncio.gather(*writing)
        ends = time.monotonic() + QUIET_SECONDS
        while not made.answered and time.monotonic() < ends:
            await asyncio.sleep(0.2)
        await asyncio.sleep(SETTLED_SECONDS)
    finally:
        for each in writing:
            each.cancel()
        await asyncio.gather(*writing, return_exceptions=True)
