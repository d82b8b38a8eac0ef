"""What a question asks for: its words, and how much each of them says.

A word that few passages hold says more than one that many hold; one that no
passage holds says most of all: that the answer may not be here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.knowledge.porter import stem
from adapters.knowledge.words import STOP, tokens

MOST_WORDS = 32
FEW, SHARE = 300, 0.15


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question.

    Args:
        stem: As the index has it.
        holding: The number of passages that hold it.
        worth: How much it says (the idf of BM25).
    """

    stem: str
    holding: int
    worth: float


def words_of(question: str) -> tuple[str, ...]:
    """The stems of the words that say something, each once, at most 32."""
    found: dict[str, None] = {}
    for word, parts in tokens(question):
        if word not in STOP and any(part not in STOP for part in parts):
            found[stem(word)] = None
            if len(found) == MOST_WORDS:
                break
    return tuple(found)


def weighed(holding: Iterable[tuple[str, int]], passages: int) -> tuple[Word, ...]:
    """Each word with its worth in a collection of that many passages."""
    return tuple(
        Word(word, count, math.log(1 + (passages - count + 0.5) / (count + 0.5)))
        for word, count in holding
    )


def telling(words: Sequence[Word], passages: int) -> tuple[str, ...]:
    """The rarest words, enough to find the candidates by; common ones only cost time."""
    chosen: list[str] = []
    matches = 0
    for word in sorted(words, key=lambda word: word.holding):
        if chosen and matches + word.holding > max(FEW, SHARE * passages):
            break
        if word.holding:
            chosen.append(word.stem)
            matches += word.holding
    return tuple(chosen)
