"""Start the product so that it kills itself at a certain step: ``CHAOS_STAGE``, ``CHAOS_NTH``.

The steps are wrapped from outside, around the methods of ports and stores; the
product has no hook for this. ``CHAOS_SIGNAL`` is SIGKILL: nothing is flushed or given back.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.llm.offline import OfflineModel
from adapters.slack.api import SlackApi
from adapters.slack.poster import SlackPoster
from adapters.storage.cases import SqlCaseStore
from adapters.storage.inbox import Inbox
from adapters.storage.sessions import SqlSessionStore
from bot.__main__ import main
from bot.delivery import Delivery
from bot.thread_work import ThreadWork
from bot.worker import Worker
from core.drafts import Task

Method = Callable[..., Awaitable[Any]]
Counts = Callable[[tuple[Any, ...]], bool]  # by what the method was called with

FLIGHT_SECONDS = 0.004  # in which a request has left, and its answer has perhaps not come


def strike() -> None:
    """The end."""
    os.kill(os.getpid(), int(os.environ.get("CHAOS_SIGNAL", signal.SIGKILL)))


def before(method: Method) -> Method:
    """A method that does nothing any more."""

    async def dying(*_: Any, **__: Any) -> None:
        strike()

    return functools.wraps(method)(dying)


def after(method: Method) -> Method:
    """A method whose end nobody hears of."""

    async def dying(*args: Any, **named: Any) -> None:
        await method(*args, **named)
        strike()

    return functools.wraps(method)(dying)


def during(method: Method) -> Method:
    """A method that is cut off while it waits for an answer."""

    async def dying(*args: Any, **named: Any) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(method(*args, **named), FLIGHT_SECONDS)
        strike()

    return functools.wraps(method)(dying)


def after_the_first(send: Method) -> Method:
    """``Delivery.send`` that gets to the first of several posts."""

    async def dying(delivery: Delivery, outgoing: tuple[Any, ...], *more: Any) -> None:
        await send(delivery, outgoing[:1], *more)
        strike()

    return functools.wraps(send)(dying)


@dataclass(frozen=True)
class Stage:
    """A step of the work.

    Args:
        often: It is passed many times a second, so that the n-th time is soon enough.
        counts: Whether a call is one of the step.
    """

    owner: type
    method: str
    death: Callable[[Method], Method]
    often: bool = True
    counts: Counts = lambda _: True


def _posts(args: tuple[Any, ...]) -> bool:
    return bool(args[1] == "chat.postMessage")


def _of_a_card(args: tuple[Any, ...]) -> bool:
    return bool(args[1].subject)


def _of_a_message(args: tuple[Any, ...]) -> bool:
    return args[1].item is not None


def _of_several(args: tuple[Any, ...]) -> bool:
    return len(args[1]) > 1


def _summarises(args: tuple[Any, ...]) -> bool:
    return bool(args[1].task is Task.SUMMARISE)


def _answers(args: tuple[Any, ...]) -> bool:
    return bool(args[1].task is Task.ANSWER)


STAGES = {
    "before commit": Stage(Worker, "receive", before),
    "after commit": Stage(Worker, "receive", after),
    "claimed": Stage(ThreadWork, "step", before, counts=_of_a_message),
    "before model": Stage(OfflineModel, "complete", before, counts=_answers),
    "after model": Stage(OfflineModel, "complete", after, counts=_answers),
    "decided": Stage(Inbox, "finish", before),
    "saved": Stage(Inbox, "finish", after),
    "intent": Stage(SlackPoster, "post", before),
    "mid-send": Stage(SlackApi, "call", during, counts=_posts),
    "after send": Stage(SlackPoster, "post", after),
    "after receipt": Stage(Inbox, "delivered", after),
    "between parts": Stage(Delivery, "send", after_the_first, often=False, counts=_of_several),
    "during summary": Stage(OfflineModel, "complete", after, often=False, counts=_summarises),
    "summary written": Stage(SqlSessionStore, "save", after, often=False),
    "escalation": Stage(SqlCaseStore, "open", after, often=False),
    "card shown": Stage(SlackPoster, "post", after, often=False, counts=_of_a_card),
    "claim": Stage(SqlCaseStore, "take", after, often=False),
    "card redrawn": Stage(SlackPoster, "update", before, often=False),
}


def deadly(stage: Stage, nth: int) -> Method:
    """The stage's method, which ends the process the n-th time that counts."""
    method: Method = getattr(stage.owner, stage.method)
    fatal, left = stage.death(method), nth

    @functools.wraps(method)
    async def wrapped(*args: Any, **named: Any) -> Any:
        nonlocal left
        if stage.counts(args):
            left -= 1
        return await (fatal if left == 0 else method)(*args, **named)

    return wrapped


if __name__ == "__main__":
    chosen = STAGES[os.environ["CHAOS_STAGE"]]
    setattr(chosen.owner, chosen.method, deadly(chosen, int(os.environ["CHAOS_NTH"])))
    main()
