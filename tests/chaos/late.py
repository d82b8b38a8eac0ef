"""Let Slack take posts without saying so and show them late; count what stands there in the end."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.singles import Singles, write
from tests.chaos.unsure import LateSlack
from tests.fakes.slack_events import own

LATE_SHARE = 0.2  # of the posts
PACE = 0.025  # seconds between messages
QUIET_SECONDS = 60.0  # after the last event nothing is there twice


@dataclass
class Late(Singles):
    """What stands there: in every thread one answer."""

    honoured: bool = False
    posts: int = 0
    late: int = 0

    @property
    def broken(self) -> bool:
        return super().broken or not self.late


async def late(
    folder: Path,
    backend: Backend,
    messages: int,
    seed: int,
    *,
    honours: bool,
    most: float,
    quiet: float,
) -> Late:
    """Let so many people ask, then wait until the last event is ``quiet`` seconds ago."""
    began, chance = time.monotonic(), random.Random(seed)
    slack = LateSlack(chance=chance, share=LATE_SHARE, most=most, honours=honours)
    written = write(slack, messages)
    async with fleet(folder, backend, seed, Role.ALL, slack=slack) as one:
        telling = asyncio.create_task(_tell(one, slack))
        for each in written:
            await one.insist(each.event())
            await asyncio.sleep(PACE)
        await one.worked_off(quiet + 60.0)
        await asyncio.sleep(most + quiet)
        telling.cancel()
    report = Late(messages, honoured=honours, posts=len(slack.shown), late=slack.unsure)
    report.count(slack, written)
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _tell(fleet: Fleet, slack: LateSlack) -> None:
    """Deliver the events of the bot's own messages, as Slack does."""
    told = 0
    while True:
        for message in slack.shown[told:]:
            told += 1
            post_id = ((message.get("metadata") or {}).get("event_payload") or {}).get("post", "")
            event = own("", str(post_id), channel=message["channel"], ts=message["ts"])
            event["event"]["thread_ts"] = message.get("thread_ts", message["ts"])
            await fleet.insist(event)
        await asyncio.sleep(0.05)
