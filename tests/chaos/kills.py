"""Kill the product again and again while people write; judge by what Slack shows.

Kills come at random, or at a step where the process kills itself; the step that has
been hit least often is next, so that each gets its turn.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGKILL

from tests.chaos.backends import Backend
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.stages import STAGES
from tests.chaos.traffic import traffic
from tests.chaos.unsure import UnsureSlack
from tests.chaos.verdict import Report, judge

ALIVE_MOST = 2.0
STAGED_SECONDS = 15.0  # for a process that is to kill itself, until we do; a busy machine is slow
NTH_MOST = 12  # times that a frequent step is passed unharmed, less one
OUTSIDE = "from outside"
OUTSIDE_EVERY = 10  # rounds
EVENTS = 40.0
HANGS_EVERY, HANGS_SECONDS = 5, 1.0  # rounds that begin with a failure of Redis


@dataclass
class KillsReport(Report):
    """What became of it all.

    Args:
        stages: Where the processes died, and how often.
        unsure: Posts that Slack took without saying so.
        refused: Deliveries that were not acknowledged; each was made again.
        rate: Events a second, over all.
    """

    stages: dict[str, int] = field(default_factory=dict)
    unsure: int = 0
    refused: int = 0
    rate: float = 0.0


async def kills(
    folder: Path,
    backend: Backend,
    rounds: int,
    seed: int,
    *,
    alive_most: float = ALIVE_MOST,
    events: float = EVENTS,
) -> KillsReport:
    """Run the product through so many deaths, then let it finish, and count.

    Args:
        alive_most: Seconds after readiness until a kill from outside.
        events: A second, in as many threads at the same time.
    """
    report = KillsReport(f"kills on {backend.name}", rounds)
    hit, began = Counter[str](), time.monotonic()
    slack = UnsureSlack(chance=random.Random(seed))
    async with fleet(folder, backend, seed, slack=slack) as one:
        async with traffic(one, rate=events, at_once=int(events)) as written:
            for number in range(rounds):
                if backend.redis is not None and number % HANGS_EVERY == 0:
                    _lose(backend, number // HANGS_EVERY)
                hit[await _a_life(one, _stage(one, hit, number), alive_most)] += 1
            await one.start()
        judge(written, report)
        report.refused = one.refused
    report.stages, report.unsure = dict(sorted(hit.items())), slack.unsure
    report.seconds = round(time.monotonic() - began, 1)
    report.rate = round(report.events / report.seconds, 1)
    return report


def _stage(fleet: Fleet, hit: Counter[str], number: int) -> str:
    """Where the next process is to kill itself; empty when we are to do it."""
    if number % OUTSIDE_EVERY == 0:
        return ""
    least = min(hit[each] for each in STAGES)
    return fleet.chance.choice([each for each in STAGES if hit[each] == least])


async def _a_life(fleet: Fleet, stage: str, alive_most: float) -> str:
    """Start a process that people write to until it dies; where it did."""
    nth = fleet.chance.randint(1, NTH_MOST) if stage and STAGES[stage].often else 1
    member = await fleet.start(stage=stage, nth=nth)
    if member is None:
        return stage
    seconds = STAGED_SECONDS if stage else fleet.chance.uniform(0, alive_most)
    dying = asyncio.create_task(member.process.wait())
    await asyncio.wait({dying}, timeout=seconds)
    by_itself = dying.done()
    await fleet.end(member, SIGKILL)
    await dying
    return stage if by_itself else OUTSIDE


def _lose(backend: Backend, turn: int) -> None:
    """Redis forgets everything, by a restart or without."""
    assert backend.redis is not None
    if turn % 2:
        backend.redis.flush()
    else:
        backend.redis.kill()
        backend.redis.start()
