"""Deliver every message many times, under other names and out of order; count what is answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.people import QUESTIONS
from tests.chaos.result import Result
from tests.chaos.slack import OnSlack, on_slack
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_events import mention, said

COPIES_MOST = 11  # the most that one message was seen under
PER_PERSON = 10  # messages, so that nobody has too many waiting
LATE_MOST = 500  # how many messages a copy may come after the first
SENDERS = 32
QUIET_SECONDS = 600.0
AFTERMATH_SECONDS = 3.0


@dataclass
class Duplicates(Result):
    """What became of it all: a turn is an answer in the thread that the message started."""

    messages: int
    delivered: int = 0
    retried: int = 0
    turns: int = 0
    lost: int = 0
    duplicated: int = 0
    misplaced: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(self.lost or self.duplicated or self.misplaced or self.turns != self.messages)


@dataclass(frozen=True)
class Message:
    """Somebody's question, in a thread of its own."""

    number: int
    stamp: str

    @property
    def user(self) -> str:
        return f"U{self.number // PER_PERSON}"

    @property
    def channel(self) -> str:
        return f"C{self.number // PER_PERSON}"

    @property
    def text(self) -> str:
        return list(QUESTIONS)[self.number % len(QUESTIONS)]

    def event(self, copy: int) -> dict[str, Any]:
        """A copy: each has an event id of its own, and half of them are the twin event."""
        where = {"user": self.user, "channel": self.channel, "ts": self.stamp}
        body = said(f"<@U0BOT> {self.text}", **where) if copy % 2 else mention(self.text, **where)
        return {**body, "event_id": f"Ev{self.number}x{copy}"}


async def dups(folder: Path, messages: int, seed: int) -> Duplicates:
    """Let so many messages come, each between once and eleven times."""
    chance, began, report = random.Random(seed), time.monotonic(), Duplicates(messages)
    written = [Message(n, f"{time.time() - 60 + n / 1_000:.6f}") for n in range(messages)]
    async with on_slack(folder, _workspace(written)) as running:
        events = _shuffled(written, chance)
        senders = [_send(running, events) for _ in range(SENDERS)]
        report.delivered = sum(await asyncio.gather(*senders))
        await running.worked_off(QUIET_SECONDS)
        await asyncio.sleep(AFTERMATH_SECONDS)
        replies, report.retried = running.replies(), running.retried
    answers = [replies.pop(each.stamp, 0) for each in written]
    report.turns = sum(answers)
    report.lost = answers.count(0)
    report.duplicated = sum(each - 1 for each in answers if each > 1)
    report.misplaced = replies.total()
    report.seconds = round(time.monotonic() - began, 1)
    return report


def _workspace(written: list[Message]) -> FakeSlack:
    slack = FakeSlack()
    for each in written:
        if each.number % PER_PERSON == 0:
            slack.person(each.user, f"Person {each.user}")
            slack.channel(each.channel, f"help-{each.channel}", each.user)
        slack.write(each.channel, each.stamp, each.user, each.text)
    return slack


def _shuffled(written: list[Message], chance: random.Random) -> Iterator[dict[str, Any]]:
    """Every copy of every message; copies come up to some hundred messages later."""
    copies = [
        (each.number + chance.uniform(0, LATE_MOST), each, copy)
        for each in written
        for copy in range(chance.randint(1, COPIES_MOST))
    ]
    for _, each, copy in sorted(copies, key=lambda entry: entry[0]):
        yield each.event(copy)


async def _send(running: OnSlack, events: Iterator[dict[str, Any]]) -> int:
    sent = 0
    for event in events:
        await running.deliver(event)
        sent += 1
    return sent
