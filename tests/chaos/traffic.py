"""People who write to a fleet, and staff who take over; what was acknowledged is kept."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.fleet import CHANNELS, STAFF, SUPPORT, Fleet
from tests.chaos.people import EMPLOYEES, LONG, MANAGERS, PRIVATE, Talk, Words, talk
from tests.chaos.shown import Shown, claim_button, owner_of, owners_told, place_of, replies
from tests.fakes.slack_events import mention, press

DUPLICATED = 0.2  # of the messages come once more, under a new event id
STUCK_SECONDS = 60.0  # without anything new, after which it is too late for an answer
SETTLED_SECONDS = 6.0  # what turns up late has turned up
LOOK_SECONDS = 0.5  # between looks of the staff at their channel
EVENTS = 12.0  # a second, duplicates included
AT_ONCE = 12  # threads that are written in at the same time
BEHIND_MOST = 400  # messages without an answer, above which people wait with the next


@dataclass
class Traffic:
    """Everything that was written; ``events`` counts each delivery that was meant to be made."""

    fleet: Fleet
    rate: float = EVENTS
    at_once: int = AT_ONCE
    plan: Callable[[random.Random], tuple[Words, ...]] = talk
    talks: list[Talk] = field(default_factory=list)
    events: int = 0
    behind: int = 0
    stopping: bool = False
    _stamp: int = field(default_factory=lambda: int(time.time()))
    _number: int = 0

    def __post_init__(self) -> None:
        self.fleet.slack.groups = [{"handle": "managers", "users": MANAGERS}]
        for user in EMPLOYEES:
            self.fleet.slack.person(user, user)

    async def write(self) -> None:
        """One thread after another, until it is enough."""
        clock, chance = time.monotonic, self.fleet.chance
        between = self.at_once * (1 + DUPLICATED) / self.rate
        due = clock() + chance.uniform(0, between)
        while True:
            says = self.plan(chance)
            one = Talk(chance.choice(CHANNELS), self._people(says), says)
            self.talks.append(one)
            for number, (words, _) in enumerate(says):
                await asyncio.sleep(due - clock())
                while self.behind > BEHIND_MOST and not self.stopping:
                    await asyncio.sleep(LOOK_SECONDS)
                due = max(due, clock() - between) + between
                if self.stopping:
                    return
                await self._say(one, one.people[number % len(one.people)], words)

    def _people(self, says: tuple[Words, ...]) -> tuple[str, ...]:
        """Who write in the next thread: two in turn in a long one, so that none has too much."""
        number = len(self.talks)
        if says[0][0] == PRIVATE:
            return (MANAGERS[number % len(MANAGERS)],)
        both = (EMPLOYEES[number % len(EMPLOYEES)], EMPLOYEES[-1 - number % len(EMPLOYEES)])
        return both if len(says) == LONG else both[:1]

    async def _say(self, one: Talk, by: str, words: str) -> None:
        self._number += 1
        ts = f"{self._stamp + self._number // 100_000}.{self._number % 100_000:06}"
        self.fleet.slack.write(one.channel, ts, by, words, one.root)
        more = {"thread_ts": one.root} if one.root else {}
        body = mention(words, user=by, channel=one.channel, ts=ts, **more)
        one.root = one.root or ts
        self.events += 1
        await self.fleet.insist(body)
        one.taken += 1
        if self.fleet.chance.random() < DUPLICATED:
            self.events += 1
            await self.fleet.deliver({**body, "event_id": f"{body['event_id']}.again"})

    async def take_over(self) -> None:
        """Staff press Claim on what waits for them until the card has an owner."""
        seen, waiting = 0, list[dict[str, Any]]()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            shown = replies(self.fleet.slack)
            self.behind = sum(max(0, one.taken - len(shown[one.place])) for one in self.talks)
            there = self.fleet.slack.messages.get(SUPPORT, [])
            waiting += there[seen:]
            seen = len(there)
            wishes = {one.place for one in self.talks if one.wants_person}
            waiting = [each for each in waiting if claim_button(each)]
            for card in waiting:
                if place_of(card) in wishes:
                    await self._claim(card)

    async def _claim(self, card: dict[str, Any]) -> None:
        if button := claim_button(card):
            user = self.fleet.chance.choice(STAFF)
            action, value = button["action_id"], button["value"]
            await self.fleet.press(press(action, value, user=user, channel=SUPPORT, ts=card["ts"]))

    async def settled(self) -> None:
        """Wait until everything is answered and claimed, as long as answers come."""
        seen, ends = -1, 0.0
        while True:
            shown = Shown.of(self.fleet.slack)
            if all(_is_done(one, shown) for one in self.talks):
                break
            count, now = sum(map(len, shown.replies.values())), time.monotonic()
            if count > seen:
                seen, ends = count, now + STUCK_SECONDS
            elif now > ends:
                break
            await asyncio.sleep(1.0)
        await asyncio.sleep(SETTLED_SECONDS)


def _is_done(one: Talk, shown: Shown) -> bool:
    there = shown.replies[one.place]
    owners = [name for each in there for name in owners_told(each)]
    drawn = [owner_of(each) for each in shown.cards[one.place]]
    claimed = not one.wants_person or (bool(owners) and drawn == [owners])
    return claimed and len(there) >= one.taken


@asynccontextmanager
async def traffic(fleet: Fleet, **more: Any) -> AsyncIterator[Traffic]:
    """People write while something happens; then everything is answered, or it is too late."""
    made = Traffic(fleet, **more)
    writing = [asyncio.create_task(made.write()) for _ in range(made.at_once)]
    working = asyncio.create_task(made.take_over())
    try:
        yield made
        made.stopping = True
        await asyncio.gather(*writing)
        await made.settled()
    finally:
        for each in (*writing, working):
            each.cancel()
        await asyncio.gather(*writing, working, return_exceptions=True)
