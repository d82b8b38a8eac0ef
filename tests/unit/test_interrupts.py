"""Interrupting a turn: only when somebody wished so, and nothing of it goes on meanwhile."""

from __future__ import annotations

import asyncio

import pytest

from bot.interrupts import Interrupted, Interrupts


async def never(began: asyncio.Event) -> str:
    began.set()
    await asyncio.Event().wait()
    return "never"


async def test_a_held_turn_ends_before_the_hold_is_entered_and_goes_on_after_it() -> None:
    """Whoever holds the lane decides about its message in between, alone."""
    interrupts, began, told = Interrupts(), asyncio.Event(), list[str]()

    async def works() -> None:
        try:
            await interrupts.run("lane", never(began))
        except Interrupted:
            told.append("interrupted")

    task = asyncio.create_task(works())
    await began.wait()
    async with interrupts.hold("lane"):
        await asyncio.sleep(0)
        told.append("decided")
    await task

    assert told == ["decided", "interrupted"]
    assert task.cancelling() == 0


async def test_a_cancelled_worker_is_not_taken_for_a_wish_to_stop() -> None:
    """At shutdown the turn is given back, not ended."""
    interrupts, began = Interrupts(), asyncio.Event()
    task = asyncio.create_task(interrupts.run("lane", never(began)))
    await began.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_another_lane_is_left_alone() -> None:
    """A wish is about one thread."""
    interrupts, began = Interrupts(), asyncio.Event()
    task = asyncio.create_task(interrupts.run("lane", never(began)))
    await began.wait()
    async with interrupts.hold("other"):
        assert not task.done()

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_two_wishes_for_one_lane_take_turns() -> None:
    """The second decides about what the first has left."""
    interrupts, order = Interrupts(), list[str]()

    async def wish(name: str) -> None:
        async with interrupts.hold("lane"):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(wish("first"), wish("second"))

    assert order == ["first in", "first out", "second in", "second out"]
