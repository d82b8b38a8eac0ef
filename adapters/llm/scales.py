"""How long prompts really are for a model: learned from what it reports, counted where it matters.

What the model reports for each call corrects our estimate of the next, so that a new
model is known after a few calls, and nothing has to be kept. Only when something
had no room by the careful estimate, and would nearly have had, is the model asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from math import ceil

from core.drafts import Prompt, Task
from core.window import Piece, fit

NEWER = 0.2  # what the newest report counts beside those before
LEAST, MOST = 0.5, 1.6  # reported tokens for one estimated; what is outside is not believed
KNOWN_AFTER = 5  # reports
CAREFUL = 1.06  # what is learned is the middle; half of all prompts are longer
NEAR = 0.12  # of the room: so near to it an exact count decides

Count = Callable[[Prompt], Awaitable[int | None]]
"""The exact tokens of a prompt, or None when they cannot be known in time."""


class Scales:
    """What one token of our estimate is for each model, by task; few are ever known."""

    def __init__(self) -> None:
        self._learned: dict[tuple[str, Task], tuple[int, float]] = {}

    def learn(self, model: str, prompt: Prompt, reported: int) -> None:
        """Take in what a model says it was given."""
        estimated = _tokens(prompt.pieces)
        if not estimated or not LEAST <= reported / estimated <= MOST:
            return
        times, before = self._learned.get((model, prompt.task), (0, reported / estimated))
        share = max(NEWER, 1 / (times + 1))
        ratio = before + share * (reported / estimated - before)
        self._learned[model, prompt.task] = (times + 1, ratio)

    def ratio(self, model: str, task: Task) -> float:
        """Real tokens for one estimated, on the careful side; 1 while too little is known."""
        times, ratio = self._learned.get((model, task), (0, 1.0))
        return ratio * CAREFUL if times >= KNOWN_AFTER else 1.0

    async def widened(self, prompt: Prompt, model: str, count: Count) -> Prompt:
        """The prompt with what has room after all of the pieces that core left out."""
        if not prompt.whole:
            return prompt
        estimated = _tokens(prompt.whole)
        ratio = self.ratio(model, prompt.task)
        if abs(estimated * ratio - prompt.room) <= NEAR * prompt.room:
            exact = await count(prompt.holding(prompt.whole))
            if exact is not None and exact <= prompt.room:
                return replace(prompt, pieces=prompt.whole)
            ratio = ratio if exact is None else exact / estimated
        scaled = [replace(each, tokens=ceil(each.tokens * ratio)) for each in prompt.whole]
        kept = {id(each) for each in fit(scaled, prompt.room, reply=0)}
        if len(kept) <= len(prompt.pieces):
            return prompt
        both = zip(prompt.whole, scaled, strict=True)
        return replace(prompt, pieces=tuple(each for each, weighed in both if id(weighed) in kept))


def _tokens(pieces: Sequence[Piece]) -> int:
    return sum(piece.tokens for piece in pieces)
