"""What happens to a fleet while people write: processes hang, are replaced; the server dies."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from adapters.storage.work import LEASE_SECONDS
from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.fleet import Fleet, fleet
from tests.chaos.traffic import traffic
from tests.chaos.verdict import Report, judge

Disturbance = Callable[[Fleet], Awaitable[None]]


async def pause(fleet: Fleet) -> None:
    """A process hangs for longer than its leases, then goes on where it was."""
    await asyncio.sleep(fleet.chance.uniform(0, 1))
    member = fleet.chance.choice(fleet.members)
    member.send(signal.SIGSTOP)
    await asyncio.sleep(LEASE_SECONDS + 2)
    member.send(signal.SIGCONT)


async def rolling(fleet: Fleet) -> None:
    """A new version takes the place of a process."""
    await asyncio.sleep(fleet.chance.uniform(0, 1))
    if await fleet.replace(fleet.chance.choice(fleet.members)) != 0:
        raise RuntimeError("A process did not end in order.")


async def deaths(fleet: Fleet) -> None:
    """A process is killed, and another started."""
    await asyncio.sleep(fleet.chance.uniform(0, 2))
    member = fleet.chance.choice(fleet.members)
    await fleet.end(member, signal.SIGKILL)
    await fleet.start(member.role)


async def pgfail(fleet: Fleet) -> None:
    """The database server is killed and comes back."""
    await asyncio.sleep(fleet.chance.uniform(0.5, 2))
    server = fleet.backend.postgres
    assert server is not None
    server.kill()
    await asyncio.sleep(fleet.chance.uniform(0, 2))
    server.start()


DISTURBANCES: dict[str, Disturbance] = {
    "deaths": deaths,
    "pause": pause,
    "pgfail": pgfail,
    "rolling": rolling,
}


async def disturbed(
    names: Sequence[str], folder: Path, backend: Backend, seed: int, size: int = 3
) -> Report:
    """Disturb a fleet in one way after the other while people write, and count."""
    report, began = Report(" ".join(sorted(set(names))), len(names)), time.monotonic()
    async with fleet(folder, backend, seed, *[Role.ALL] * size) as members:
        async with traffic(members) as written:
            for each in names:
                await DISTURBANCES[each](members)
        judge(written, report)
    report.seconds = round(time.monotonic() - began, 1)
    return report
