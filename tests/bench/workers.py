"""How many more turns two workers carry than one, while the model takes its time.

``python -m tests.bench.workers`` lets an ingress take messages in, each in a thread of its
own, then starts one worker or two on the same PostgreSQL, in rounds that take turns. The
rate is that of the answers between the first tenth and the last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bot.settings import Role
from tests.chaos.backends import POSTGRES, backend
from tests.chaos.fleet import CHANNELS, Fleet, fleet
from tests.chaos.people import EMPLOYEES, QUESTIONS
from tests.fakes.claude import FakeClaude
from tests.fakes.claude_mind import Reply, offline_mind
from tests.fakes.slack_events import mention

WIDTH = 4  # threads that a worker works on at the same time
PATIENCE_SECONDS = 300.0
TEXTS = [each for each in QUESTIONS if each != "thanks"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.workers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=160)
    parser.add_argument("--seconds", type=float, default=0.3, help="that each model call takes")
    options = parser.parse_args()
    one, two = list[float](), list[float]()
    for number in range(options.rounds):
        for workers, rates in ((1, one), (2, two))[:: 1 if number % 2 else -1]:
            rates.append(asyncio.run(_rate(workers, options.messages, options.seconds)))
    ratios = [more / less for less, more in zip(one, two, strict=True)]
    report = {
        "turns_a_second": {"one": _rounded(one), "two": _rounded(two)},
        "ratios": _rounded(ratios),
        "median": round(median(ratios), 2),
    }
    sys.stdout.write(json.dumps(report) + "\n")


def _rounded(values: list[float]) -> list[float]:
    return [round(each, 2) for each in values]


async def _rate(workers: int, messages: int, seconds: float) -> float:
    """Answers a second."""

    async def slow(body: dict[str, Any]) -> Reply:
        reply = await offline_mind(body)
        await asyncio.sleep(seconds)
        return reply

    with TemporaryDirectory() as name, backend(POSTGRES, Path(name)) as chosen:
        async with (
            FakeClaude(slow) as claude,
            fleet(
                Path(name),
                chosen,
                1,
                Role.INGRESS,
                ANTHROPIC_API_KEY="key",
                ANTHROPIC_BASE_URL=claude.url,
                FRONTDESK_WORKERS=str(WIDTH),
            ) as members,
        ):
            await asyncio.gather(*(_asked(members, number) for number in range(messages)))
            await asyncio.gather(*(members.start(Role.WORKER) for _ in range(workers)))
            return await _measured(members, messages)


async def _asked(fleet: Fleet, number: int) -> None:
    channel, user = CHANNELS[number % len(CHANNELS)], EMPLOYEES[number]
    words, root = TEXTS[number % len(TEXTS)], f"{int(time.time())}.{number:06}"
    fleet.slack.person(user, user)
    fleet.slack.write(channel, root, user, words)
    await fleet.insist(mention(words, user=user, channel=channel, ts=root))


async def _measured(fleet: Fleet, messages: int) -> float:
    tenth, times = messages // 10, dict[int, float]()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (shown := sum(each.what == "post" for each in fleet.slack.log)) < messages:
            times.setdefault(shown, time.monotonic())
            await asyncio.sleep(0.01)
    began = next(at for shown, at in times.items() if shown >= tenth)
    first = next(shown for shown in times if shown >= tenth)
    last = max(shown for shown in times if shown <= messages - tenth)
    return (last - first) / (times[last] - began)


if __name__ == "__main__":
    main()
