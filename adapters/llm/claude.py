"""Claude as a ``Model``: one answer or one clear failure, within one deadline.

While nothing is visible a call may be made again: twice in all for a model, then
the fallback model has its turn. A model that keeps failing, or that only the
operator can bring back, is left alone for a while.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import structlog

from adapters.llm.claude_errors import DEADLINE, GARBLED, PAUSED, Fault, Remedy, fault
from adapters.llm.claude_health import Health
from adapters.llm.claude_reply import Garbled, completion, used
from adapters.llm.claude_request import request
from adapters.llm.claude_stream import ReplyBroken
from adapters.llm.claude_wire import Patience, Wire
from adapters.llm.compaction import compact
from adapters.llm.failures import NoReply, UnusableReply
from adapters.llm.prices import Lineup, Rated
from adapters.llm.scales import Scales
from adapters.llm.trouble import Trouble
from core.drafts import Completion, Prompt, Task
from core.routes import Tier
from core.usage import Usage

log = structlog.get_logger()

TRIES = 2  # for one model
LONG = frozenset({Task.ANSWER, Task.SUMMARISE})  # written out; the others are a few words
BACK_OFF = 0.5  # seconds before the second try, half of it to twice of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """Where time and chance come from; tests bring their own."""

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random


class _Failed(Exception):
    """A model gave no reply. Never leaves this module."""

    def __init__(self, why: Fault, usage: Usage) -> None:
        self.why, self.usage = why, usage
        super().__init__(why.code)


class ClaudeModel:
    """A ``Model`` over the Messages API. Close it when the program ends."""

    def __init__(
        self, wire: Wire, lineup: Lineup, *, patience: Patience, time: Time | None = None
    ) -> None:
        self._wire = wire
        self._lineup = lineup
        self._patience = patience
        self._time = time or Time()
        self._scales = Scales()
        self._health = Health(lineup, self._time.clock, patience.total)

    async def close(self) -> None:
        await self._wire.close()

    def troubled(self) -> Trouble | None:
        """Which model gives no answers at present, and why."""
        return self._health.troubled(datetime.now(UTC))

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer a prompt with the model of its tier, or else with the fallback model.

        Raises:
            NoReply: Nobody answered in time.
            UnusableReply: Somebody did, with nothing to use.
        """
        until = self._time.clock() + self._patience.total
        spent, why = Usage(), Fault(PAUSED, Remedy.WAIT)
        for model in self._models(prompt.tier):
            try:
                spoken = await self._ask(model, prompt, until)
            except _Failed as failed:
                spent, why = spent + failed.usage, failed.why
                if not _worth_another_model(why):
                    break
            except UnusableReply as error:
                raise UnusableReply(error.why, spent + error.usage) from error
            else:
                return replace(spoken, usage=spoken.usage + spent)
        raise UnusableReply(why.code, spent) if why.code == GARBLED else NoReply(why.code, spent)

    def _models(self, tier: Tier) -> list[Rated]:
        configured = self._lineup.small if tier is Tier.SMALL else self._lineup.main
        fallback = self._lineup.fallback
        if fallback is None or fallback.name == configured.name:
            return [configured]
        return [configured, fallback]

    async def _ask(self, model: Rated, prompt: Prompt, until: float) -> Completion:
        """One model's tries."""
        spent, tries = Usage(), 0
        while True:
            tries += 1
            try:
                spoken = await self._call(model, prompt, until)
            except _Failed as failed:
                spent += failed.usage
                again = self._again(failed.why, prompt, until) if tries < TRIES else None
                if again is None:
                    raise _Failed(failed.why, spent) from failed
                pause, prompt = again
                await self._time.sleep(pause)
            except UnusableReply as error:
                raise UnusableReply(error.why, spent + error.usage) from error
            else:
                return replace(spoken, usage=spoken.usage + spent)

    def _again(self, why: Fault, prompt: Prompt, until: float) -> tuple[float, Prompt] | None:
        """After how many seconds to ask what again; None when there is no use or no time."""
        if why.remedy is Remedy.COMPACT:
            shorter = compact(prompt)
            return None if shorter is None else (0.0, shorter)
        if why.remedy not in (Remedy.WAIT, Remedy.PACE) or why.code == PAUSED:
            return None
        pause = (why.retry_after or 0.0) + BACK_OFF * (0.5 + 1.5 * self._time.chance())
        return None if self._time.clock() + pause >= until else (pause, prompt)

    async def _call(self, model: Rated, prompt: Prompt, until: float) -> Completion:
        """One request, and what its outcome says about the model."""
        if not self._health.admit(model.name):
            raise _Failed(Fault(PAUSED, Remedy.WAIT), Usage())
        try:
            async with asyncio.timeout(until - self._time.clock()):
                given = await self._scales.widened(prompt, model.name, partial(self._count, model))
                asked = request(given, model.name)
                message = await self._wire.send(asked.body, long=prompt.task in LONG)
            spoken = completion(message, asked, model)
        except asyncio.CancelledError:
            self._health.given_up(model.name)
            raise
        except UnusableReply as error:
            self._health.answered(model.name)
            cost = str(error.usage.cost_usd)
            log.warning("model reply unusable", model=model.name, why=error.why, cost_usd=cost)
            raise
        except Exception as error:
            why, usage = _meaning(error, model)
            self._health.failed(model.name, prompt.task, why, usage)
            raise _Failed(why, usage) from error
        self._health.answered(model.name)
        self._scales.learn(model.name, given, spoken.usage.tokens_in)
        return replace(spoken, read_whole=len(given.pieces) == len(prompt.whole) > 0)

    async def _count(self, model: Rated, prompt: Prompt) -> int | None:
        return await self._wire.count(request(prompt, model.name).body)


def _worth_another_model(why: Fault) -> bool:
    """Whether a failure is this model's own, and there is time left."""
    return why.remedy in (Remedy.WAIT, Remedy.PACE, Remedy.MODEL) and why.code != DEADLINE


def _meaning(error: Exception, model: Rated) -> tuple[Fault, Usage]:
    """Why a call failed, and what it cost all the same."""
    match error:
        case Garbled():
            return fault(error), error.usage
        case ReplyBroken():
            return fault(error), used(error.message, model)
        case _:
            return fault(error), Usage()
