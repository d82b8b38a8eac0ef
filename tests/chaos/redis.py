"""Let Redis fail again and again while people write; judge by what Slack shows.

The processes live through it all. What is asked in most threads can only be understood
with the session of the thread, which is what Redis holds copies of.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.people import ABOUT_THE_ONE_BEFORE, QUESTIONS, VPN, Words
from tests.chaos.traffic import traffic
from tests.chaos.verdict import Report, judge
from tests.servers.redis import RedisServer

DOWN_MOST = 1.5  # seconds
UP_MOST = 8.0  # long enough for the product to come back to it
ASKED = (VPN, ABOUT_THE_ONE_BEFORE, "When is a laptop replaced?", "How many devices use the VPN?")
AT_ONCE = 4  # threads, so that a session is needed again soon
ENDS = ("hit", "stale", "missing", "failed")


@dataclass
class RedisReport(Report):
    """What became of it all.

    Args:
        looks: How the processes' looks for a copy ended; without hits nothing was tried out.
    """

    failures: dict[str, int] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)

    @property
    def broken(self) -> bool:
        return super().broken or not self.looks.get("hit")


async def redis_failures(
    folder: Path, backend: Backend, rounds: int, seed: int, up_most: float = UP_MOST
) -> RedisReport:
    """Let Redis fail so many times, then let the product finish, and count."""
    began, server = time.monotonic(), backend.redis
    assert server is not None
    report = RedisReport(f"redis on {backend.name}", rounds)
    roles = [Role.ALL] * (3 if backend.postgres else 1)
    async with fleet(folder, backend, seed, *roles) as several:
        async with traffic(several, at_once=AT_ONCE, plan=_talk) as written:
            report.failures = await _fail(server, rounds, several.chance, up_most)
        judge(written, report)
        report.looks = await _looks(several)
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _talk(_: random.Random) -> tuple[Words, ...]:
    return tuple((each, QUESTIONS.get(each, QUESTIONS[VPN])) for each in ASKED)


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


async def _looks(fleet: Fleet) -> dict[str, int]:
    counted = Counter[str]()
    for result in ENDS:
        line = rf'^frontdesk_session_copies_total{{result="{result}"}} (\S+)$'
        for each in fleet.members:
            counted[result] += int(sum(await fleet.measured(each, line)))
    return dict(counted)
