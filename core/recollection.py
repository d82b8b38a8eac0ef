"""Recall what of a long conversation matters to a question, word for word.

Every line is judged by its own words, by those of its neighbours, and by the topic
around it: a "yes, the second one" says nothing alone. So neighbours come along as far
as there is room. What people said counts for more than what the bot said, which can be
found again, and two short lines for more than a long one.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from math import log

from core.common_words import STOP
from core.session import Exchange

ITSELF, BESIDE, AROUND = 0.5, 0.5, 1.0  # what the words of a line, its neighbours, its topic count
TOPIC = 10  # lines before and after that are the same topic
PERSON = 1.5  # what a line of a person counts beside one of the bot
BRIEF = 0.2  # the power of its length that a line's worth is divided by
LINE_MOST = 600  # characters; longer ones are cut into several
LINES_MOST = 600  # that are looked at, the newest
STEM = 5  # letters of a word that must agree, in any language with endings
SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b

AND = " / "  # between lines of one speaker

_BOT = "Bot"
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line somebody said, with the words it is found by."""

    speaker: str
    said: str
    words: tuple[str, ...]

    @property
    def named(self) -> int:
        """Characters of its speaker's name and the colon."""
        return len(self.speaker) + 2


@dataclass(slots=True)
class _Kept:
    """The lines chosen so far, in their order; who says several in a row is named once."""

    lines: Sequence[_Line]
    room: float
    places: list[int] = field(default_factory=list)

    def offer(self, place: int) -> None:
        """Keep a line if it is new and has room."""
        at = bisect_left(self.places, place)
        if self.places[at : at + 1] == [place]:
            return
        cost = self._cost(place, at)
        if cost <= self.room:
            self.room -= cost
            self.places.insert(at, place)

    def written(self) -> str:
        """Lines of one speaker in a row as one, so that none can pass for somebody else's."""
        by_speaker = groupby(map(self.lines.__getitem__, self.places), lambda line: line.speaker)
        return "\n".join(
            f"{speaker}: {AND.join(line.said for line in lines)}" for speaker, lines in by_speaker
        )

    def _cost(self, place: int, at: int) -> int:
        """The characters by which a line makes the text longer."""
        line = self.lines[place]
        before = self.lines[self.places[at - 1]].speaker if at else None
        cost = len(line.said) + len(AND) + (line.named if line.speaker != before else 0)
        if at == len(self.places):
            return cost
        after = self.lines[self.places[at]]
        cost += after.named if after.speaker != line.speaker else 0
        return cost - (after.named if after.speaker != before else 0)


def recollect(exchanges: Sequence[Exchange], question: str, room: float, least: float = 0.0) -> str:
    """The lines that matter most to the question, in their order.

    Args:
        exchanges: Oldest first; only such as the reader may see.
        room: Characters that they may take.
        least: What a line must be worth beside the best one, 0 to 1. Where one line stands out
            the few that come near it are enough, where none does many have to come, and where
            nothing has to do with the question nothing comes. 0 fills the room.
    """
    lines = _last_lines(exchanges)
    kept = _Kept(lines, room)
    for place in _telling(_worth(lines, question), least):
        kept.offer(place)
    return kept.written()


def _last_lines(exchanges: Sequence[Exchange]) -> list[_Line]:
    lines: list[_Line] = []
    for exchange in reversed(exchanges):
        lines = [*_lines(exchange), *lines]
        if len(lines) >= LINES_MOST:
            break
    return lines[-LINES_MOST:]


def _lines(exchange: Exchange) -> Iterator[_Line]:
    for name, text in ((exchange.author_name, exchange.asked), (_BOT, exchange.answered)):
        for line in filter(str.strip, text.split("\n")):
            for start in range(0, len(line), LINE_MOST):
                part = line[start : start + LINE_MOST]
                yield _Line(name, part, _words(part))


def _telling(worth: Sequence[float], least: float) -> list[int]:
    """Lines that come near the best one, best first; of those alike, the newest first."""
    best = max(worth, default=0.0)
    near = (
        place for place, value in enumerate(worth) if value >= least * best and (value or not least)
    )
    return sorted(near, key=lambda place: (-worth[place], -place))


def _worth(lines: Sequence[_Line], question: str) -> list[float]:
    """How much each line has to do with the question; 0 for nothing at all, or no word in it."""
    asked = frozenset(_words(question))
    said = [Counter(word for word in line.words if word in asked) for line in lines]
    sizes = [0, *accumulate(len(line.words) for line in lines)]
    worth = [0.0] * len(lines)
    for share, reach in ((ITSELF, 0), (BESIDE, 1), (AROUND, TOPIC)):
        for place, score in enumerate(_fits(said, sizes, reach)):
            worth[place] += share * score
    for place, line in enumerate(lines):
        worth[place] *= (1.0 if line.speaker == _BOT else PERSON) if line.words else 0.0
        worth[place] /= (len(line.said) + line.named) ** BRIEF
    return worth


def _fits(said: Sequence[Mapping[str, int]], sizes: Sequence[int], reach: int) -> list[float]:
    """BM25 of the stretch around each line, which ends ``reach`` lines before and after it.

    Args:
        said: How often each word that was asked for stands in each line.
        sizes: The number of words before each line, and in all.
    """
    count = len(said)
    stretches: dict[str, Counter[int]] = defaultdict(Counter)
    for place, found in enumerate(said):
        for word, times in found.items():
            for at in range(max(0, place - reach), min(count, place + reach + 1)):
                stretches[word][at] += times
    lengths = [sizes[min(count, at + reach + 1)] - sizes[max(0, at - reach)] for at in range(count)]
    usual = sum(lengths) / max(1, count) or 1.0
    scores = [0.0] * count
    for holding in stretches.values():
        rare = log(1 + (count - len(holding) + 0.5) / (len(holding) + 0.5))
        for at, times in holding.items():
            longer = SATURATION * (1 - LENGTH + LENGTH * lengths[at] / usual)
            scores[at] += rare * times * (SATURATION + 1) / (times + longer)
    return scores


def _words(text: str) -> tuple[str, ...]:
    found = (word for word in _WORD.findall(text.casefold()) if word not in STOP)
    return tuple(word[:STEM] if word.isalpha() else word for word in found)
