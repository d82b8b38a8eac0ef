"""Many of the staff press Claim on one card at the same moment, through several processes."""

from __future__ import annotations

import asyncio
import re
import time
from pathlib import Path
from typing import Any

from bot.settings import Role
from tests.chaos.fleet import CHANNELS, EMPLOYEES, STAFF, SUPPORT, Fleet, fleet
from tests.chaos.people import PERSON
from tests.chaos.traffic import Report
from tests.fakes.slack import texts
from tests.fakes.slack_events import mention, press
from tests.servers.postgres import PostgresServer

AGREED_SECONDS = 60.0  # until the card shows whose case it is
TAKEN = re.compile(r"(Staff U\d+) has taken your request")
OWNED = re.compile(r"(Staff U\d+) has this")


async def claim_race(
    folder: Path, server: PostgresServer, rounds: int, seed: int, clicks: int
) -> Report:
    """Open a case and race for it, so many times; each must end with one owner.

    A requester who is told of no owner counts as lost, of a second one as duplicated, a card
    that shows another as reordered.
    """
    report, began = Report("claim-race", rounds), time.monotonic()
    async with fleet(folder, server, seed, *[Role.ALL] * 3) as members:
        for number in range(1, rounds + 1):
            await _race(members, number, clicks, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _race(fleet: Fleet, number: int, clicks: int, report: Report) -> None:
    channel, root = CHANNELS[number % len(CHANNELS)], f"{int(time.time())}.{number:06}"
    user = EMPLOYEES[number % len(EMPLOYEES)]
    fleet.slack.write(channel, root, user, PERSON)
    while not await fleet.deliver(mention(PERSON, user=user, channel=channel, ts=root)):
        await asyncio.sleep(0.2)
    card = await _card(fleet, number)
    button = next(each for each in _buttons(card) if "Claim" in texts(each))
    pressing = [
        fleet.chance.choice(fleet.members).sender.interaction(
            press(button["action_id"], button["value"], user=user, channel=SUPPORT, ts=card["ts"])
        )
        for user in fleet.chance.sample(STAFF, clicks)
    ]
    statuses = await asyncio.gather(*pressing)
    report.acked += statuses.count(200)
    ends = time.monotonic() + AGREED_SECONDS
    while time.monotonic() < ends and not (told := _owners(fleet, channel, root, TAKEN)):
        await asyncio.sleep(0.05)
    while time.monotonic() < ends and OWNED.findall(_words(card)) != told:
        await asyncio.sleep(0.05)
    told = _owners(fleet, channel, root, TAKEN)
    report.lost += not told
    report.duplicated += max(0, len(told) - 1)
    report.reordered += OWNED.findall(_words(card)) != told


async def _card(fleet: Fleet, number: int) -> dict[str, Any]:
    """The n-th card in the support channel, as it stands."""
    async with asyncio.timeout(AGREED_SECONDS):
        while len(cards := fleet.slack.visible(SUPPORT)) < number:
            await asyncio.sleep(0.05)
    return [each for each in cards if "thread_ts" not in each][number - 1]


def _buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        element
        for block in message["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def _owners(fleet: Fleet, channel: str, root: str, pattern: re.Pattern[str]) -> list[str]:
    """Whom the requester was told of."""
    replies = [each for each in fleet.slack.visible(channel) if each.get("thread_ts") == root]
    return [name for each in replies for name in pattern.findall(_words(each))]


def _words(message: dict[str, Any]) -> str:
    return " ".join(texts(message.get("blocks") or [])) or str(message.get("text"))
