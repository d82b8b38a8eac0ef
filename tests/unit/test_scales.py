"""The length of prompts is learned from what a model reports, and counted where it matters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.llm.scales import CAREFUL, KNOWN_AFTER, MOST, Scales
from core.drafts import Prompt, Task
from core.routes import Tier
from core.window import Part, Piece

MODEL = "some-model"


def prompt(tokens: int, *, room: int = 1_000, without: int = 0) -> Prompt:
    """A prompt of so many estimated tokens, beside so many that had no room."""
    old = Piece(Part.EXCHANGE, "old", without)
    rest = (Piece(Part.QUESTION, "question", tokens, required=True),)
    whole = (old, *rest) if without else ()
    return Prompt(Task.ANSWER, Tier.MAIN, rest, whole=whole, room=room)


async def never(_: Prompt) -> int | None:
    raise AssertionError("nothing is near the limit")


def taught(reported: int, times: int = KNOWN_AFTER) -> Scales:
    """Scales that saw so many prompts of a hundred tokens."""
    scales = Scales()
    for _ in range(times):
        scales.learn(MODEL, prompt(100), reported)
    return scales


def test_a_model_is_known_after_a_few_calls() -> None:
    """Until then our own careful estimate stands."""
    assert taught(80, KNOWN_AFTER - 1).ratio(MODEL, Task.ANSWER) == 1.0
    assert taught(80).ratio(MODEL, Task.ANSWER) == pytest.approx(0.8 * CAREFUL)


def test_each_model_and_each_task_has_its_own() -> None:
    assert taught(80).ratio("another", Task.ANSWER) == 1.0
    assert taught(80).ratio(MODEL, Task.ACT) == 1.0


def test_a_new_version_of_a_model_is_learned_anew() -> None:
    scales = taught(80)

    for _ in range(20):
        scales.learn(MODEL, prompt(100), 130)

    assert scales.ratio(MODEL, Task.ANSWER) == pytest.approx(1.3 * CAREFUL, rel=0.01)


def test_what_cannot_be_is_not_believed() -> None:
    scales = taught(80)

    scales.learn(MODEL, prompt(100), round(100 * MOST) + 1)
    scales.learn(MODEL, prompt(100), 0)
    scales.learn(MODEL, replace(prompt(100), pieces=()), 50)

    assert scales.ratio(MODEL, Task.ANSWER) == pytest.approx(0.8 * CAREFUL)


async def test_nothing_is_done_where_everything_has_room() -> None:
    asked = prompt(999)

    assert await Scales().widened(asked, MODEL, never) is asked


async def test_what_was_learned_makes_room() -> None:
    """1,200 estimated tokens are 800 for this model: no need to ask it."""
    widened = await taught(60).widened(prompt(700, without=500), MODEL, never)

    assert [each.text for each in widened.pieces] == ["old", "question"]


async def test_near_the_limit_an_exact_count_decides() -> None:
    async def fits(_: Prompt) -> int | None:
        return 1_000

    async def exceeds(_: Prompt) -> int | None:
        return 1_001

    asked = prompt(700, without=350)

    assert len((await Scales().widened(asked, MODEL, fits)).pieces) == 2
    assert await Scales().widened(asked, MODEL, exceeds) is asked


async def test_without_a_count_the_careful_estimate_stands() -> None:
    async def silent(_: Prompt) -> int | None:
        return None

    asked = prompt(700, without=350)

    assert await Scales().widened(asked, MODEL, silent) is asked
