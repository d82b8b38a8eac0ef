"""The pace that all processes of an installation share, kept in Redis by Redis's own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

from adapters.pace import WAIT_MOST, WARY_SECONDS, Bucket, Turn
from adapters.reach import Reach
from adapters.redis.client import DEADLINE, answer, connect
from core.errors import StoreUnavailable

HELD_MOST = 600.0  # seconds; no platform's patience is tried for longer
GRANTED, HELD = 0, 2  # what TAKE returns first; 1 says that the line is too long

# KEYS[1]: a place's hash of moments, in ms: "held" and "wary" until, and when each bucket has
# room for one more call. A moment that is further off than any can be was written by a clock
# that has been set back since, or by a server that is not there any more, and does not count.
KNOWN = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local function moment(name, most)
  local found = tonumber(redis.call('HGET', KEYS[1], name) or '0')
  return found > now + most and 0 or found
end
"""

# ARGV: the longest wait, the longest hold and the longest wariness; then of each bucket its
# burst, its burst while wary and the time of a call. Everything in ms.
TAKE = (
    KNOWN
    + """
local most = tonumber(ARGV[1])
local held = moment('held', tonumber(ARGV[2]))
if held > now then return {2, held - now} end
local wary = moment('wary', tonumber(ARGV[3]))
local at, free = now, {}
for number = 1, (#ARGV - 3) / 3 do
  free[number] = moment(number, most + ARGV[3 * number + 3])
  at = math.max(at, math.ceil(free[number]))
end
if at - now > most then return {1, at - now} end
local life = wary - now
for number = 1, #free do
  local burst = tonumber(ARGV[3 * number + (wary > now and 2 or 1)])
  local call = tonumber(ARGV[3 * number + 3])
  local span = (burst - 1) * call
  free[number] = math.max(free[number], at - span) + call
  redis.call('HSET', KEYS[1], number, free[number])
  life = math.max(life, free[number] + span - now)
end
redis.call('PEXPIRE', KEYS[1], math.ceil(life))
return {0, at - now}
"""
)

# ARGV: for how long, for how long at most, and for how long bursts are smaller after that.
HOLD = (
    KNOWN
    + """
local held = math.max(now + ARGV[1], moment('held', tonumber(ARGV[2])))
redis.call('HSET', KEYS[1], 'held', held, 'wary', held + ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.ceil(held + ARGV[3] - now))
return {}
"""
)


class RedisPace:
    """The ``SharedPace`` of one app."""

    def __init__(
        self,
        client: Redis,
        app: str,
        clock: Callable[[], float] = monotonic,
        deadline: float = DEADLINE,
    ) -> None:
        self._app = app
        self._take, self._hold = client.register_script(TAKE), client.register_script(HOLD)
        self._reach = Reach("shared limits", "the limits of each process", deadline, clock)

    async def take(self, place: str, buckets: Sequence[Bucket]) -> Turn | None:
        limits = [each for one in buckets for each in (one.burst, one.wary, 1_000 / one.rate)]
        longest = [1_000 * each for each in (WAIT_MOST, HELD_MOST, HELD_MOST + WARY_SECONDS)]
        found = await self._run(self._take, place, [*longest, *limits])
        if found is None:
            return None
        verdict, milliseconds = found
        return Turn(milliseconds / 1_000, granted=verdict == GRANTED, held=verdict == HELD)

    async def hold(self, place: str, seconds: float) -> None:
        times = (min(seconds, HELD_MOST), HELD_MOST, WARY_SECONDS)
        await self._run(self._hold, place, [1_000 * each for each in times])

    async def _run(
        self, script: AsyncScript, place: str, values: Sequence[float]
    ) -> list[int] | None:
        """What a script returns; None while Redis does not answer."""
        if not self._reach.breaker.admit():
            return None
        key = f"frontdesk:pace:{self._app}:{place}"
        try:
            found = await self._reach.ask(answer(script(keys=[key], args=values)))
        except StoreUnavailable:
            return None
        return cast("list[int]", found)


class RedisPaces:
    """The paces of all apps on one server."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)

    def of(self, app: str) -> RedisPace:
        return RedisPace(self._client, app)

    async def close(self) -> None:
        await self._client.aclose()
