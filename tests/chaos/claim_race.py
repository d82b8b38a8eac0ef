"""Many of the staff press Claim on one card at the same moment, through several processes."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import CHANNELS, STAFF, SUPPORT, Fleet, fleet
from tests.chaos.people import EMPLOYEES, PERSON
from tests.chaos.shown import Message, claim_button, owner_of, owners_told, place_of
from tests.chaos.verdict import Report
from tests.fakes.slack_events import mention, press

AGREED_SECONDS = 60.0  # until the card shows whose case it is


async def claim_race(folder: Path, backend: Backend, rounds: int, seed: int, clicks: int) -> Report:
    """Open a case and race for it, so many times; each must end with one owner.

    A requester who is told of no owner counts as lost, of a second one as duplicated, a card
    that shows another as a wrong card.
    """
    size = 3 if backend.postgres else 1  # processes
    report, began = Report(f"claim-race on {backend.name}", rounds), time.monotonic()
    async with fleet(folder, backend, seed, *[Role.ALL] * size) as members:
        for number in range(1, rounds + 1):
            await _race(members, number, clicks, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report


async def _race(fleet: Fleet, number: int, clicks: int, report: Report) -> None:
    channel, root = CHANNELS[number % len(CHANNELS)], f"{int(time.time())}.{number:06}"
    user = fleet.slack.person(EMPLOYEES[number % len(EMPLOYEES)], "Sam")
    fleet.slack.write(channel, root, user, PERSON)
    await fleet.insist(mention(PERSON, user=user, channel=channel, ts=root))
    card = await _card(fleet, channel, root)
    button = claim_button(card)
    assert button is not None
    pressing = [
        fleet.press(
            press(button["action_id"], button["value"], user=user, channel=SUPPORT, ts=card["ts"])
        )
        for user in fleet.chance.sample(STAFF, clicks)
    ]
    report.acked += sum(await asyncio.gather(*pressing))
    ends = time.monotonic() + AGREED_SECONDS
    while time.monotonic() < ends and not (told := _told(fleet, channel, root)):
        await asyncio.sleep(0.02)
    while time.monotonic() < ends and owner_of(card) != told:
        await asyncio.sleep(0.02)
    told = _told(fleet, channel, root)
    report.claims += 1
    report.lost += not told
    report.duplicated += max(0, len(told) - 1)
    report.cards += owner_of(card) != told


async def _card(fleet: Fleet, channel: str, root: str) -> Message:
    """The card that leads to a thread."""
    async with asyncio.timeout(AGREED_SECONDS):
        while True:
            there = fleet.slack.visible(SUPPORT)
            if found := [each for each in there if place_of(each) == (channel, root)]:
                return found[0]
            await asyncio.sleep(0.02)


def _told(fleet: Fleet, channel: str, root: str) -> list[str]:
    """Whom the requester was told of."""
    replies = [each for each in fleet.slack.visible(channel) if each.get("thread_ts") == root]
    return [name for each in replies for name in owners_told(each)]
