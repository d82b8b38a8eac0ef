"""Three real processes on one PostgreSQL, disturbed while people write; judged by Slack's log.

Short forms of ``python -m tests.chaos``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Role
from tests.chaos.backends import Backend
from tests.chaos.claim_race import claim_race
from tests.chaos.disturbances import disturbed
from tests.chaos.fleet import fleet
from tests.chaos.lost_update import lost_update
from tests.chaos.takeover import DEAD_MOST, takeover
from tests.chaos.traffic import traffic
from tests.chaos.verdict import Report, judge
from tests.fakes.slack_events import mention
from tests.servers.postgres import FAST, PostgresServer


@pytest.fixture
def backend() -> Iterator[Backend]:
    """A PostgreSQL of its own, which may be killed."""
    server = PostgresServer(*FAST)
    yield Backend(server)
    server.stop()


async def test_f17_f26_f32_whatever_happens_each_message_gets_one_answer(
    tmp_path: Path, backend: Backend
) -> None:
    """A process is replaced, one is killed, the database dies, one hangs: none lost, none twice."""
    report = await disturbed(["rolling", "deaths", "pgfail", "pause"], tmp_path, backend, seed=7)

    assert not report.broken, report.line
    assert report.acked > 20, report.line
    assert report.apologised == 0, report.line


async def test_ingress_takes_in_and_workers_answer(tmp_path: Path, backend: Backend) -> None:
    """What Slack sends to a worker is not served there; each message has its one answer."""
    roles = (Role.INGRESS, Role.WORKER, Role.WORKER)
    async with fleet(tmp_path, backend, 7, *roles) as members:
        workers = [each for each in members.members if each.role is Role.WORKER]
        for each in workers:
            assert await each.sender.event(mention("hello")) == 404
        async with traffic(members) as written:
            await asyncio.sleep(2)
            await members.replace(workers[0])
        judge(written, report := Report("roles", 1))

    assert not report.broken, report.line
    assert report.acked > 5, report.line


async def test_a42_the_staff_race_for_a_card_through_three_processes(
    tmp_path: Path, backend: Backend
) -> None:
    """One of them has it, the requester hears of that one alone, and the card says the same."""
    report = await claim_race(tmp_path, backend, rounds=2, seed=7, clicks=20)

    assert not report.broken, report.line
    assert report.acked == 40, report.line


async def test_no_update_of_several_processes_is_lost(tmp_path: Path, backend: Backend) -> None:
    """Each wrote its own over the version it had read, or was told that it did not."""
    report = await lost_update(tmp_path, backend, writers=3, updates=30)

    assert report.lost == 0, report.line


async def test_f03_a_dead_process_s_thread_goes_on_with_a_peer_within_a_second(
    tmp_path: Path, backend: Backend
) -> None:
    """From its end in the middle of a turn until the answer stands; a busy machine has two."""
    report = await takeover(tmp_path, backend, 1, seed=7, hangs=False)

    assert max(report.dead) < 2 * DEAD_MOST, report.line
