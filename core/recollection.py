"""Recall what of a long conversation matters to a question, word for word.

Every line is judged by its own words, by those of its neighbours, and by the topic
around it: a "yes, the second one" says nothing alone. What is recalled comes with its
neighbours, because an answer is not understood without what it answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

from core.common_words import STOP
from core.session import Exchange

NEWEST = 0.1  # of the room, at most; the rest is for what matters
ITSELF, BESIDE, AROUND = 0.5, 0.5, 1.0  # what the words of a line, its neighbours, its topic count
TOPIC = 8  # lines before and after that are the same topic
LINE_MOST = 600  # characters; longer ones are cut into several
LINES_MOST = 600  # that are looked at, the newest
STEM = 5  # letters of a word that must agree, in any language with endings
SATURATION, LENGTH = 1.2, 0.5  # BM25's k1 and b

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A line somebody said, with the words it is found by."""

    shown: str
    words: tuple[str, ...]

    @property
    def length(self) -> int:
        return len(self.shown) + 1


def recollect(exchanges: Sequence[Exchange], question: str, room: float) -> str:
    """The newest lines and those that matter to the question, in their order.

    Args:
        exchanges: Oldest first; only such as the reader may see.
        room: Characters that they may take.
    """
    lines = _last_lines(exchanges)
    kept: set[int] = set()
    left = room
    wanted = (*_newest(lines, room * NEWEST), *_telling(lines, question), *_backwards(lines))
    for place in wanted:
        if place not in kept and lines[place].length <= left:
            kept.add(place)
            left -= lines[place].length
    return "\n".join(lines[place].shown for place in sorted(kept))


def _last_lines(exchanges: Sequence[Exchange]) -> list[_Line]:
    lines: list[_Line] = []
    for exchange in reversed(exchanges):
        lines = [*_lines(exchange), *lines]
        if len(lines) >= LINES_MOST:
            break
    return lines[-LINES_MOST:]


def _lines(exchange: Exchange) -> Iterator[_Line]:
    for name, text in ((exchange.author_name, exchange.asked), ("Bot", exchange.answered)):
        for line in filter(str.strip, text.split("\n")):
            for start in range(0, len(line), LINE_MOST):
                part = line[start : start + LINE_MOST]
                yield _Line(f"{name}: {part}", _words(part))


def _newest(lines: Sequence[_Line], room: float) -> Iterator[int]:
    for place in _backwards(lines):
        room -= lines[place].length
        if room < 0:
            return
        yield place


def _backwards(lines: Sequence[_Line]) -> Iterator[int]:
    return reversed(range(len(lines)))


def _telling(lines: Sequence[_Line], question: str) -> Iterator[int]:
    """Lines that have to do with the question, best first, each with its neighbours."""
    asked = dict.fromkeys(_words(question))
    scores = [0.0] * len(lines)
    for share, reach in ((ITSELF, 0), (BESIDE, 1), (AROUND, TOPIC)):
        for place, score in enumerate(_fits(lines, asked, reach)):
            scores[place] += share * score
    for place in sorted(range(len(lines)), key=lambda place: -scores[place]):
        if scores[place] <= 0:
            return
        for near in (place, place - 1, place + 1):
            if 0 <= near < len(lines) and lines[near].words:
                yield near


def _fits(lines: Sequence[_Line], asked: Container[str], reach: int) -> list[float]:
    """BM25 of the stretch around each line, which ends ``reach`` lines before and after it."""
    stretches = list(_stretches(lines, asked, reach))
    sizes = [len(line.words) for line in lines]
    lengths = [sum(sizes[max(0, at - reach) : at + reach + 1]) for at in range(len(lines))]
    usual = sum(lengths) / max(1, len(lengths)) or 1.0
    holding = Counter(word for stretch in stretches for word in stretch)
    worth = {
        word: log(1 + (len(lines) - count + 0.5) / (count + 0.5)) for word, count in holding.items()
    }
    scores = []
    for stretch, length in zip(stretches, lengths, strict=True):
        longer = SATURATION * (1 - LENGTH + LENGTH * length / usual)
        parts = (
            worth[word] * times * (SATURATION + 1) / (times + longer)
            for word, times in stretch.items()
        )
        scores.append(sum(parts))
    return scores


def _stretches(
    lines: Sequence[_Line], asked: Container[str], reach: int
) -> Iterator[Mapping[str, int]]:
    """How often each word that was asked for stands in the stretch around each line."""
    own = [Counter(word for word in line.words if word in asked) for line in lines]
    around: Counter[str] = Counter()
    for place in range(-reach, len(lines)):
        if place + reach < len(lines):
            around.update(own[place + reach])
        if place > reach:
            around.subtract(own[place - reach - 1])
        if place >= 0:
            yield +around  # without what has left again


def _words(text: str) -> tuple[str, ...]:
    found = (word for word in _WORD.findall(text.casefold()) if word not in STOP)
    return tuple(word[:STEM] if word.isalpha() else word for word in found)
