"""How soon a thread goes on whose process died or hangs in the middle of a turn.

Timed from the process's end, or its stop, until the answer stands there: by a peer on
PostgreSQL; on SQLite by the next process, from the moment that it serves.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import CHANNELS, Fleet, Member, fleet
from tests.chaos.people import EMPLOYEES, VPN
from tests.chaos.result import Result
from tests.fakes.slack_events import mention

STAGE = "after model"
DEAD_MOST, HUNG_MOST, BOOTED_MOST = 1.0, 16.0, 2.0  # seconds
LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 60.0


@dataclass
class Takeover(Result):
    """Seconds of each round."""

    run: str
    rounds: int
    dead: list[float] = field(default_factory=list)
    hung: list[float] = field(default_factory=list)
    booted: list[float] = field(default_factory=list)
    medians: dict[str, float] = field(default_factory=dict)

    @property
    def broken(self) -> bool:
        times = ((self.dead, DEAD_MOST), (self.hung, HUNG_MOST), (self.booted, BOOTED_MOST))
        return any(max(found, default=0.0) > most for found, most in times)


async def takeover(
    folder: Path, backend: Backend, rounds: int, seed: int, *, hangs: bool = True
) -> Takeover:
    """Let a process fail in the middle of a turn so many times, in every way there is.

    Args:
        hangs: Also by hanging, which takes a lease's time.
    """
    report = Takeover(f"takeover on {backend.name}", rounds)
    peers = [Role.ALL] if backend.postgres else []
    async with fleet(folder, backend, seed, *peers) as members:
        for _ in range(rounds):
            if backend.postgres:
                report.dead.append(await _by_a_peer(members, signal.SIGKILL))
                if hangs:
                    report.hung.append(await _by_a_peer(members, signal.SIGSTOP))
            else:
                report.booted.append(await _by_the_next(members))
    times = {"dead": report.dead, "hung": report.hung, "booted": report.booted}
    report.medians = {how: round(median(found), 2) for how, found in times.items() if found}
    return report


async def _by_a_peer(fleet: Fleet, how: signal.Signals) -> float:
    failing = await fleet.start(stage=STAGE, how=how)
    assert failing is not None
    began, answered = await _failed(fleet, failing)
    seconds = await _until(answered) - began
    await fleet.end(failing, signal.SIGKILL)
    return round(seconds, 3)


async def _by_the_next(fleet: Fleet) -> float:
    failing = await fleet.start(stage=STAGE)
    assert failing is not None
    _, answered = await _failed(fleet, failing)
    await fleet.end(failing, signal.SIGKILL)
    heir = await fleet.start()
    assert heir is not None
    began = time.monotonic()
    seconds = await _until(answered) - began
    await fleet.end(heir)
    return round(seconds, 3)


async def _failed(fleet: Fleet, member: Member) -> tuple[float, Callable[[], bool]]:
    """Ask a process until it fails over an answer, and not a peer gives it.

    Returns:
        When it failed, and whether the answer is there.
    """
    stat = Path(f"/proc/{member.process.pid}/stat")

    def failed() -> bool:
        return member.process.returncode is not None or _is_stopped(stat)

    answered = await _asked(fleet, member)
    at = await _until(lambda: failed() or answered())
    return (at, answered) if failed() else await _failed(fleet, member)


async def _asked(fleet: Fleet, of: Member) -> Callable[[], bool]:
    """Ask a process something; returns whether its answer is there."""
    channel, user = fleet.chance.choice(CHANNELS), fleet.chance.choice(EMPLOYEES)
    root = f"{time.time():.6f}"
    fleet.slack.person(user, user)
    fleet.slack.write(channel, root, user, VPN)
    asked = of.sender.event(mention(VPN, user=user, channel=channel, ts=root))
    asking = asyncio.create_task(asked)  # it may end without an answer
    asking.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return lambda: any(each.get("thread_ts") == root for each in fleet.slack.visible(channel))


def _is_stopped(stat: Path) -> bool:
    try:
        return stat.read_text().rpartition(") ")[2].startswith(("T", "Z"))
    except OSError:
        return True


async def _until(happened: Callable[[], bool]) -> float:
    """The moment of it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not happened():
            await asyncio.sleep(LOOK_SECONDS)
    return time.monotonic()
