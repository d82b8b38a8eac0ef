"""Deliver every message many times, under other names and out of order; count what is answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.singles import Single, Singles, write
from tests.fakes.slack import FakeSlack

COPIES_MOST = 11  # the most that one message was seen under
LATE_MOST = 500  # how many messages a copy may come after the first
SENDERS = 32
QUIET_SECONDS = 600.0
AFTERMATH_SECONDS = 3.0


@dataclass
class Duplicates(Singles):
    """What became of it all: a turn is an answer in the thread that the message started."""

    delivered: int = 0
    refused: int = 0
    turns: int = 0

    @property
    def broken(self) -> bool:
        return super().broken or self.turns != self.messages


async def dups(folder: Path, backend: Backend, messages: int, seed: int) -> Duplicates:
    """Let so many messages come, each between once and eleven times."""
    chance, began, report = random.Random(seed), time.monotonic(), Duplicates(messages)
    slack = FakeSlack()
    written = write(slack, messages)
    async with fleet(folder, backend, seed, Role.ALL, slack=slack) as one:
        events = _shuffled(written, chance)
        senders = [_send(one, events) for _ in range(SENDERS)]
        report.delivered = sum(await asyncio.gather(*senders))
        await one.worked_off(QUIET_SECONDS)
        await asyncio.sleep(AFTERMATH_SECONDS)
        report.refused = one.refused
        report.count(slack, written)
    report.turns = messages - report.lost + report.duplicated
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _shuffled(written: list[Single], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Every copy of every message; copies come up to some hundred messages later."""
    copies = [
        (each.number + chance.uniform(0, LATE_MOST), each, copy)
        for each in written
        for copy in range(chance.randint(1, COPIES_MOST))
    ]
    for _, each, copy in sorted(copies, key=lambda entry: entry[0]):
        yield each.event(copy)


async def _send(fleet: Fleet, events: Iterator[dict[str, Any]]) -> int:
    sent = 0
    for event in events:
        await fleet.insist(event)
        sent += 1
    return sent
