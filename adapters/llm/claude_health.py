"""Which models may be called now, and what an operator should know about it.

The error lines are for the operator: each is written once, when a model that was
called before is left alone from now on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from adapters.breaker import LONG_PAUSE, Breaker
from adapters.llm.claude_errors import Fault, Remedy, advice
from adapters.llm.prices import Lineup
from adapters.llm.trouble import Trouble
from core.drafts import Task
from core.usage import Usage

log = structlog.get_logger()


class Health:
    """One breaker a model; what fails for one may work for another.

    Args:
        longest_wait: Seconds a call may wait for its turn; a model that asks for more is paused.
    """

    def __init__(self, lineup: Lineup, clock: Callable[[], float], longest_wait: float) -> None:
        models = (lineup.main, lineup.small, lineup.fallback)
        self._breakers = {each.name: Breaker(clock=clock) for each in models if each is not None}
        self._longest_wait = longest_wait
        self._clock = clock
        self._failing: dict[str, tuple[float, Fault]] = {}  # since when, and the latest

    def admit(self, model: str) -> bool:
        """Whether the model may be called now."""
        return self._breakers[model].admit()

    def answered(self, model: str) -> None:
        """The model is well, whatever it said."""
        self._failing.pop(model, None)
        if self._breakers[model].answered():
            log.info("model answers again", model=model)

    def given_up(self, model: str) -> None:
        """Nobody waited for the model."""
        self._breakers[model].given_up()

    def failed(self, model: str, task: Task, why: Fault, usage: Usage) -> None:
        """The model gave no reply."""
        facts = {"model": model, "error": why.code, "status": why.status}
        log.warning(
            "model call failed",
            task=task.value,
            request_id=why.request_id,
            cost_usd=str(usage.cost_usd),
            **facts,
        )
        since = self._failing.get(model, (self._clock(), why))[0]
        paused = self._pause(model, why)
        self._failing[model] = (since, why)
        if paused:
            log.error(paused, **facts)

    def troubled(self, now: datetime) -> Trouble | None:
        """The first model that has not answered since it failed; the main one is looked at first.

        Args:
            now: The wall clock, on which people want to hear since when.
        """
        for model in self._breakers:
            if model in self._failing:
                since, why = self._failing[model]
                began = now - timedelta(seconds=self._clock() - since)
                return Trouble(model, began, why.code, advice(why))
        return None

    def _pause(self, model: str, why: Fault) -> str:
        """Draw the conclusion for the models' breakers; what to tell the operator, if anything."""
        breaker = self._breakers[model]
        match why.remedy:
            case Remedy.ACCOUNT:
                opened = [each.trip() for each in self._breakers.values()]
                return "model account refused, an operator must act" if any(opened) else ""
            case Remedy.MODEL:
                return "model refused, an operator must act" if breaker.trip() else ""
            case Remedy.WAIT:
                return "model paused, it keeps failing" if breaker.failed() else ""
            case Remedy.PACE if (why.retry_after or 0.0) > self._longest_wait:
                pause = min(why.retry_after or 0.0, LONG_PAUSE)
                return "model paused, its rate limit lasts" if breaker.trip(pause) else ""
            case Remedy.PACE | Remedy.COMPACT | Remedy.NOTHING:
                self.answered(model)
        return ""
