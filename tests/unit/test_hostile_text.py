"""Whatever somebody writes, no step that reads it takes noticeable time (A91)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from adapters.llm.digest import digest
from adapters.llm.follow_ups import understood
from adapters.llm.relevance import relations
from adapters.llm.signals import frustrated, risks
from core import text
from core.details import details
from core.mentioned import in_passing, mentioned
from core.recollection import recollect
from core.session import Exchange, Session
from core.steps.correct import correction
from core.steps.grounds import invented
from core.steps.rules import by_rule
from core.tokens import at_most
from core.wording import LONGEST_MESSAGE
from tests.evals.thread import THREAD, exchanges, message

PAUSE = 0.5  # seconds of CPU for one step: ten times what the slowest takes on a busy machine
TRIES = 6
MOST = 40_000  # characters
TEXTS = {
    "combining marks": "e" + "\u0301" * (MOST - 1),
    "right to left": "\u202e\u05d0\u05d1" * (MOST // 3),
    "mentions": "<@U0123> " * (MOST // 9),
    "commas": "1," * (MOST // 2),
    "brackets": "[" * MOST,
    "blanks": " " * MOST,
    "nearly a correction": "Correction " + " " * MOST + ":",
    "nearly a date": "1 jan" * (MOST // 5),
    "nearly a number": "€ " + "1." * (MOST // 2),
    "one long word": "a" * MOST,
    "underlines": "A_" * (MOST // 2),
    "lines": "a\n" * (MOST // 2),
    "ideograms": "\u4e2d" * MOST,
}


@dataclass(frozen=True)
class Step:
    """Something that reads what people wrote."""

    name: str
    reads: Callable[[str], object]
    most: int = LONGEST_MESSAGE  # what comes after this was refused


STEPS = [
    Step("clean", text.clean, MOST),
    Step("rules", lambda said: by_rule(message(said), ("harassment",))),
    Step("correction", correction),
    Step("in passing", in_passing),
    Step("mention", lambda said: mentioned("I use a Mac", said)),
    Step("grounds", lambda said: invented(said, [said])),
    Step("details", details),
    Step("tokens", at_most),
    Step("recall", lambda said: recollect(_thread(said), said, 2_000)),
    Step("summary", lambda said: digest("", _thread(said))),
    Step("trimming", lambda said: Session(THREAD, exchanges=_thread(said)).overdue),
    Step("follow-up", lambda said: understood(said, [said])),
    Step("comparisons", relations),
    Step("frustration", lambda said: frustrated(said, [said], 0.5)),
    Step("risks", risks),
]


def _thread(said: str) -> tuple[Exchange, ...]:
    return exchanges([{"role": "user", "text": said}, {"role": "assistant", "text": said}] * 3)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a91_no_text_keeps_a_step_busy(step: Step) -> None:
    """Tried again, so that a busy machine is not taken for a slow step."""
    slow: list[str] = []
    step.reads("warm")
    for kind, said in TEXTS.items():
        tries = (_seconds(step, said[: step.most]) for _ in range(TRIES))
        if not any(taken <= PAUSE for taken in tries):
            slow.append(kind)

    assert slow == []


def _seconds(step: Step, said: str) -> float:
    begun = time.process_time()
    step.reads(said)
    return time.process_time() - begun
