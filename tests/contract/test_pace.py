"""What the pace of outgoing calls keeps to, in one process and in several that share a Redis."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable

import pytest

from adapters.pace import PLACES_MOST, WAIT_MOST, WARY_SECONDS, Bucket, Pace, Turn
from adapters.reach import PAUSE
from adapters.redis.client import connect
from adapters.redis.pace import RedisPace
from adapters.slack import limits as slack
from adapters.teams import limits as teams
from core.errors import NotSent
from tests.contract.given import HandClock
from tests.servers.redis import RedisServer

ONE = (Bucket(burst=3, rate=1.0, wary=1),)
TEAMS_WINDOWS = ((1.0, 7), (2.0, 8), (30.0, 60), (3_600.0, 1_800))  # seconds, calls
SLACK_MINUTE = 120  # posts in a channel: a burst of sixty, and then one a second
PATIENCE = 10.0  # seconds; a busy machine is no failure here
AT_ONCE = 0.5  # seconds


class Process:
    """One process's pace, whose waits are noted and over at once."""

    def __init__(self, shared: RedisPace | None = None) -> None:
        self.clock, self.waits = HandClock(0.0), list[float]()
        self.pace = Pace(ONE, shared, self.clock, self._sleep)

    async def calls(self, place: str = "C1") -> None:
        await self.pace.turn(place)

    async def refused(self, place: str = "C1") -> float:
        """The seconds after which a call is to come back."""
        with pytest.raises(NotSent) as refusal:
            await self.pace.turn(place)
        return refusal.value.retry_after

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
async def processes(redis_server: RedisServer) -> AsyncIterator[Callable[[], Process]]:
    """Makes processes that share a Redis, each with a connection of its own."""
    clients = []

    def start() -> Process:
        clients.append(connect(redis_server.url, PATIENCE))
        return Process(RedisPace(clients[-1], "slack/T1", deadline=PATIENCE))

    yield start
    for each in clients:
        await each.aclose()


@pytest.mark.parametrize(
    ("buckets", "windows"),
    [(teams.CALLS, TEAMS_WINDOWS), (slack.POSTS, ((60.0, SLACK_MINUTE),))],
    ids=["teams", "slack"],
)
async def test_no_window_has_more_calls_than_its_platform_takes(
    buckets: tuple[Bucket, ...], windows: tuple[tuple[float, int], ...]
) -> None:
    """However the calls fall: an hour and a half of bursts, pauses and refusals."""
    clock, chance, made = HandClock(0.0), random.Random(7), list[float]()

    async def sleep(seconds: float) -> None:
        clock.pass_by(seconds)

    pace = Pace(buckets, clock=clock, sleep=sleep)
    while clock() < 5_400:
        try:
            await pace.turn("C1")
        except NotSent as error:
            clock.pass_by(error.retry_after)
        else:
            made.append(clock())
            clock.pass_by(chance.choice((0.0, 0.0, 0.0, 0.01, 0.3, 5.0)))

    for seconds, most in windows:
        later = zip(made, made[most:], strict=False)
        assert min(b - a for a, b in later) > seconds - 1e-6
    assert len(made) > 1_800


async def test_places_nobody_writes_to_are_forgotten() -> None:
    one = Process()

    for number in range(PLACES_MOST + 10):
        await one.calls(f"C{number}")

    assert len(one.pace._places) == PLACES_MOST


async def test_processes_share_what_a_place_takes(processes: Callable[[], Process]) -> None:
    """Three at once, then a line, and who comes too late is told when to come back."""
    all_of_them = [processes() for _ in range(3)]

    for number in range(6):
        await all_of_them[number % 3].calls()
    waits = [wait for each in all_of_them for wait in each.waits]
    late = await processes().refused()

    assert [round(wait) for wait in sorted(waits)] == [1, 2, 3]
    assert WAIT_MOST < late < 5.0
    await processes().calls("C2")
    assert len(waits) == 3


async def test_what_crowds_of_calls_get_is_what_the_place_takes(
    processes: Callable[[], Process],
) -> None:
    """Three processes with twenty calls each, all at the same moment: three and a line of three."""
    crowd = [one.calls() for one in [processes() for _ in range(3)] for _ in range(20)]

    results = await asyncio.gather(*crowd, return_exceptions=True)

    assert results.count(None) == 6
    assert all(each is None or isinstance(each, NotSent) for each in results)


async def test_f42_the_patience_that_one_process_was_asked_for_is_kept_by_all(
    processes: Callable[[], Process],
) -> None:
    """The first try of another is refused with the time that is left, its next without a look."""
    asked, other = processes(), processes()
    await asked.pace.hold("C1", 30.0)

    left = await other.refused()
    other.clock.pass_by(10.0)
    other.pace._shared = None
    still = await other.refused()

    assert 25.0 < left <= 30.0
    assert still == pytest.approx(left - 10.0)
    await other.calls("C2")


async def test_f42_a_place_that_was_held_has_smaller_bursts_for_all(
    processes: Callable[[], Process],
) -> None:
    """Once the hold is over."""
    asked, other = processes(), processes()
    await asked.pace.hold("C1", 0.0)
    await asyncio.sleep(0.01)

    await other.calls()
    await other.calls()

    assert [round(wait) for wait in other.waits] == [1]


async def test_what_redis_holds_of_a_place_ends_by_itself(
    processes: Callable[[], Process], redis_server: RedisServer
) -> None:
    """A key lives no longer than it says something."""
    client = connect(redis_server.url, PATIENCE)
    await processes().calls("C1")
    await processes().pace.hold("C2", 10.0)

    used, held = [await client.pttl(f"frontdesk:pace:slack/T1:{place}") for place in ("C1", "C2")]

    assert 0 < used <= 1_000
    assert 0 < held - 1_000 * WARY_SECONDS <= 10_000
    await client.aclose()


async def test_moments_of_a_clock_that_was_set_back_do_not_count(
    processes: Callable[[], Process], redis_server: RedisServer
) -> None:
    """As after a failover to a server whose clock is an hour behind."""
    client = connect(redis_server.url, PATIENCE)
    ahead = round((time.time() + 3_600) * 1_000)
    for moment in ("held", "wary", "1"):
        await client.hset("frontdesk:pace:slack/T1:C1", moment, ahead)
    one = processes()

    for _ in range(3):
        await one.calls()

    assert one.waits == []
    await client.aclose()


async def test_nothing_is_asked_of_others_when_a_process_itself_knows_better() -> None:
    """A place that is held, or whose line is long, costs no trip."""
    asked = list[str]()

    class Noted:
        async def take(self, place: str, _: object) -> Turn:
            asked.append(place)
            return Turn(0.0)

        async def hold(self, place: str, seconds: float) -> None: ...

    one = Process()
    one.pace._shared = Noted()
    for _ in range(6):
        await one.calls()
    before = len(asked)
    await one.refused()
    await one.pace.hold("C2", 5.0)
    await one.refused("C2")

    assert before == 6
    assert len(asked) == before
    assert [round(wait) for wait in one.waits] == [1, 2, 3]


@pytest.mark.parametrize(
    ("strike", "heal"),
    [
        (RedisServer.kill, RedisServer.start),
        (RedisServer.pause, RedisServer.resume),
        (RedisServer.flush, RedisServer.start),
    ],
    ids=["killed", "hung", "flushed"],
)
async def test_f30_without_redis_each_process_keeps_the_limits_by_itself(
    redis_server: RedisServer,
    strike: Callable[[RedisServer], object],
    heal: Callable[[RedisServer], object],
) -> None:
    """Nobody waits for it for long, and when it is back it is shared again."""
    client, clock = connect(redis_server.url), HandClock(0.0)
    shared = RedisPace(client, "slack/T1", clock)
    one, other = Process(shared), Process(shared)
    await one.calls()
    strike(redis_server)

    began = time.monotonic()
    for _ in range(2):
        await one.calls()
        await other.calls()
    assert time.monotonic() - began < 3 * 0.1 + AT_ONCE
    await one.calls()
    heal(redis_server)
    clock.pass_by(PAUSE + 1)
    await one.pace.hold("C1", 30.0)
    heard = await other.refused()

    assert len(one.waits) == 1
    assert 25.0 < heard <= 30.0
    await client.aclose()
