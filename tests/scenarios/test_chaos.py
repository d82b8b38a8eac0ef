"""Short forms of the runs in ``tests/chaos``: the real process, judged by what platforms show."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.backends import Backend
from tests.chaos.dups import dups
from tests.chaos.late import late
from tests.chaos.redis import redis_failures
from tests.servers.redis import RedisServer


async def test_f30_redis_failing_under_traffic_loses_and_doubles_nothing(
    tmp_path: Path, running_redis: RedisServer
) -> None:
    """Killed, stopped and flushed while people talk."""
    report = await redis_failures(tmp_path, Backend(redis=running_redis), 3, seed=2, up_most=1.0)

    assert not report.broken, report.line
    assert report.failures == {"killed": 1, "hung": 1, "flushed": 1}


async def test_a09_f47_many_copies_under_many_names_are_as_many_turns_as_messages(
    tmp_path: Path,
) -> None:
    """Between one and eleven copies of each, out of order, half of them as the twin event."""
    report = await dups(tmp_path, Backend(), 60, seed=2)

    assert not report.broken, report.line
    assert report.delivered > 200


async def test_f43_posts_shown_late_stand_there_once(tmp_path: Path) -> None:
    """A fifth of them is taken without a word and shown up to two seconds later."""
    report = await late(tmp_path, Backend(), 30, seed=2, honours=False, most=2.0, quiet=5.0)

    assert not report.broken, report.line
