"""Claude is asked how long a prompt is only where the answer decides what has room."""

from __future__ import annotations

from dataclasses import replace

from core.drafts import Prompt
from tests.fakes.claude import FakeClaude
from tests.platforms.claude_setup import ask, exchange, rig, session

LONG = "The printer on floor 2 hums and the scanner beside it does too. " * 60


def full() -> Prompt:
    """A prompt whose oldest exchanges have no room by our estimate, and nearly would."""
    exchanges = [replace(exchange(f"{at} {LONG}", LONG), turn_id=str(at)) for at in range(9)]
    asked = ask(before=session(*exchanges))
    assert asked.left_out is not None
    return asked


def sent(fake: FakeClaude) -> str:
    (received,) = fake.log
    return received.text


async def test_a_prompt_with_room_is_not_counted() -> None:
    async with rig() as it:
        await it.model.complete(ask())

    assert it.fake.counted == []


async def test_near_the_limit_the_exact_count_lets_everything_in() -> None:
    asked = full()
    async with rig() as it:
        spoken = await it.model.complete(asked)

    assert len(it.fake.counted) == 1
    assert "0 The printer" in sent(it.fake)
    assert spoken.read_whole


async def test_when_it_cannot_be_counted_the_estimate_stands() -> None:
    """The answer comes all the same, from what surely fits."""
    asked = full()
    async with rig() as it:
        it.fake.counting_fails = True
        spoken = await it.model.complete(asked)

    assert "0 The printer" not in sent(it.fake)
    assert spoken.text
    assert not spoken.read_whole
