"""Questions that start a thread each, written a moment ago; every thread is to have one answer."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.chaos.people import ABOUT_THE_ONE_BEFORE, QUESTIONS
from tests.chaos.result import Result
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_events import mention, said

PER_PERSON = 10  # messages, so that nobody has too many waiting
TEXTS = [each for each in QUESTIONS if each != ABOUT_THE_ONE_BEFORE]


@dataclass(frozen=True)
class Single:
    """Somebody's question, in a thread of its own."""

    number: int
    stamp: str

    @property
    def user(self) -> str:
        return f"U{self.number // PER_PERSON}"

    @property
    def channel(self) -> str:
        return f"C{self.number // PER_PERSON}"

    def event(self, copy: int = 0) -> dict[str, Any]:
        """A copy: each has an event id of its own, and half of them are the twin event."""
        text = TEXTS[self.number % len(TEXTS)]
        where = {"user": self.user, "channel": self.channel, "ts": self.stamp}
        body = said(f"<@U0BOT> {text}", **where) if copy % 2 else mention(text, **where)
        return {**body, "event_id": f"Ev{self.number}x{copy}"}


@dataclass
class Singles(Result):
    """What stands there: ``misplaced`` in no thread of these."""

    messages: int
    lost: int = 0
    duplicated: int = 0
    misplaced: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(self.lost or self.duplicated or self.misplaced)

    def count(self, slack: FakeSlack, written: list[Single]) -> None:
        replies = Counter(str(each.get("thread_ts", "")) for each in slack.visible())
        answers = [replies.pop(each.stamp, 0) for each in written]
        self.lost = answers.count(0)
        self.duplicated = sum(each - 1 for each in answers if each > 1)
        self.misplaced = replies.total()


def write(slack: FakeSlack, messages: int) -> list[Single]:
    """So many questions stand in the workspace."""
    written = [Single(n, f"{time.time() - 60 + n / 1_000:.6f}") for n in range(messages)]
    for each in written:
        if each.number % PER_PERSON == 0:
            slack.person(each.user, f"Person {each.user}")
            slack.channel(each.channel, f"help-{each.channel}", each.user)
        slack.write(each.channel, each.stamp, each.user, each.event()["event"]["text"])
    return written
