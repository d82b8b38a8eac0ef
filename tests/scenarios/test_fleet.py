"""Three real processes on one PostgreSQL, disturbed while people write; judged by Slack's log.

Short forms of ``python -m tests.chaos``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.claim_race import claim_race
from tests.chaos.disturbances import disturbed
from tests.chaos.lost_update import lost_update
from tests.servers.postgres import FAST, PostgresServer


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of its own, which may be killed."""
    made = PostgresServer(*FAST)
    yield made
    made.stop()


async def test_f17_f26_f32_whatever_happens_each_message_gets_one_answer(
    tmp_path: Path, server: PostgresServer
) -> None:
    """A process is replaced, one is killed, the database dies, one hangs: none lost, none twice."""
    report = await disturbed(["rolling", "deaths", "pgfail", "pause"], tmp_path, server, seed=7)

    assert not report.broken, report.line
    assert report.acked > 20, report.line
    assert report.apologised == 0, report.line


async def test_a42_the_staff_race_for_a_card_through_three_processes(
    tmp_path: Path, server: PostgresServer
) -> None:
    """One of them has it, the requester hears of that one alone, and the card says the same."""
    report = await claim_race(tmp_path, server, rounds=2, seed=7, clicks=20)

    assert not report.broken, report.line
    assert report.acked == 40, report.line


async def test_no_update_of_several_processes_is_lost(server: PostgresServer) -> None:
    """Each wrote its own over the version it had read, or was told that it did not."""
    report = await lost_update(server, writers=3, updates=30)

    assert report.lost == 0, report.line
