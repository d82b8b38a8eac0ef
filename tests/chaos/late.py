"""Let Slack take posts without saying so and show them late; count what stands there in the end."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.chaos.dups import Message
from tests.chaos.result import Result
from tests.chaos.slack import OnSlack, on_slack
from tests.fakes.slack import Answer, FakeSlack, Fault
from tests.fakes.slack_events import mention, own

LATE_SHARE = 0.2  # of the posts
PACE = 0.025  # seconds between messages
QUIET_SECONDS = 60.0  # after the last event nothing is there twice


@dataclass
class Late(Result):
    """What stands there: in every thread one answer."""

    messages: int
    honoured: bool
    posts: int = 0
    late: int = 0
    lost: int = 0
    duplicated: int = 0
    misplaced: int = 0
    seconds: float = 0.0

    @property
    def broken(self) -> bool:
        return bool(self.lost or self.duplicated or self.misplaced or not self.late)


@dataclass(eq=False)
class LateSlack(FakeSlack):
    """Shows a share of the posts up to ``most`` seconds after it broke off their request.

    Args:
        honours: Whether a second post with a ``client_msg_id`` that stands there is not shown.
    """

    chance: random.Random = field(default_factory=random.Random)
    most: float = 10.0
    honours: bool = False
    late: int = 0
    shown: list[dict[str, Any]] = field(default_factory=list)

    def _fault(self, method: str) -> Fault | None:
        if method == "chat.postMessage" and self.chance.random() < LATE_SHARE:
            return Fault(reset=True)
        return None

    async def _fail(
        self, request: web.Request, fault: Fault, arguments: dict[str, Any]
    ) -> web.StreamResponse:
        self.late += 1
        wait = self.chance.uniform(0, self.most)
        asyncio.get_running_loop().call_later(wait, self._post, arguments)
        return await super()._fail(request, fault, arguments)

    def _post(self, arguments: dict[str, Any]) -> Answer:
        wanted = arguments.get("client_msg_id")
        if self.honours and wanted:
            for each in self.messages.get(arguments["channel"], []):
                if each.get("client_msg_id") == wanted:
                    return {"ok": True, "channel": arguments["channel"], "ts": each["ts"]}
        return super()._post(arguments)

    def _show(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = super()._show(arguments)
        message["client_msg_id"] = arguments.get("client_msg_id", "")
        self.shown.append({"channel": arguments["channel"], **message})
        return message


async def late(
    folder: Path, messages: int, seed: int, *, honours: bool, most: float, quiet: float
) -> Late:
    """Let so many people ask, then wait until the last event is ``quiet`` seconds ago."""
    began = time.monotonic()
    slack = LateSlack(chance=random.Random(seed), most=most, honours=honours)
    written = [Message(n, f"{time.time() - 60 + n / 1_000:.6f}") for n in range(messages)]
    for each in written:
        slack.person(each.user, f"Person {each.user}")
        slack.channel(each.channel, f"help-{each.channel}", each.user)
        slack.write(each.channel, each.stamp, each.user, each.text)
    async with on_slack(folder, slack) as running:
        telling = asyncio.create_task(_tell(running, slack))
        for each in written:
            where = {"user": each.user, "channel": each.channel, "ts": each.stamp}
            await running.deliver(mention(each.text, **where))
            await asyncio.sleep(PACE)
        await running.worked_off(quiet + 60.0)
        await asyncio.sleep(most + quiet)
        telling.cancel()
        replies = running.replies()
    answers = [replies.pop(each.stamp, 0) for each in written]
    report = Late(messages, honours, len(slack.shown), slack.late)
    report.lost = answers.count(0)
    report.duplicated = sum(each - 1 for each in answers if each > 1)
    report.misplaced = replies.total()
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _tell(running: OnSlack, slack: LateSlack) -> None:
    """Deliver the events of the bot's own messages, as Slack does."""
    told = 0
    while True:
        for message in slack.shown[told:]:
            told += 1
            post_id = ((message.get("metadata") or {}).get("event_payload") or {}).get("post", "")
            event = own("", str(post_id), channel=message["channel"], ts=message["ts"])
            event["event"]["thread_ts"] = message.get("thread_ts", message["ts"])
            await running.deliver(event)
        await asyncio.sleep(0.05)
