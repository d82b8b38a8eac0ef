"""What a question asks for: its words, and how much each of them says.

A word that few passages hold says more than one that many hold; one that no
passage holds says most of all: that the answer may not be here. Words that only
frame a question, or stand in an example, say little.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from adapters.knowledge.porter import stem
from adapters.knowledge.words import WORD, counted, spoken, tokens
from adapters.llm.lexicon import general_words, same_words
from core.common_words import STOP

MOST_WORDS = 32
MOST_ALIKE = 4  # words that mean the same, for each word of a question
PLENTY = 20  # passages; a word that more of them hold needs no others alike
FEW, SHARE = 300, 0.15
FRAMES, EXAMPLES = 0.4, 0.2  # what a word that only frames the question, or an example, counts
NAMES = 2.5  # what a name counts for when it is not there
EXAMPLE = re.compile(r"\b(?:for (?:example|instance)|e\.g\.|such as)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question.

    Args:
        stem: As the index has it; so are the words ``alike`` that mean the same.
        share: What it counts for; 1 is usual.
    """

    stem: str
    alike: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was asked for, weighed in a collection.

    Args:
        holding: The number of passages that hold it or a word alike.
        worth: How much it says (the idf of BM25, times its share).
    """

    stem: str
    alike: tuple[str, ...]
    holding: int
    worth: float
    share: float


def words_of(question: str) -> tuple[Asked, ...]:
    """The words that say something, each once, at most 32."""
    found: dict[str, Asked] = {}
    for part, share in zip(EXAMPLE.split(question, maxsplit=1), (1.0, EXAMPLES), strict=False):
        before, names = "", _names(part) if share == 1.0 else frozenset()
        for word, parts in tokens(part):
            if word not in STOP and any(each not in STOP for each in parts):
                root = stem(word)
                frames = before == "how" or root in _framing()
                counts = share * (FRAMES if frames else NAMES if word in names else 1.0)
                found.setdefault(root, Asked(root, _alike().get(root, ()), counts))
                if len(found) == MOST_WORDS:
                    break
            before = word
    return tuple(found.values())


def weighed(asked: Iterable[Asked], holding: Mapping[str, int], passages: int) -> tuple[Word, ...]:
    """Each word with its worth in a collection of that many passages."""
    return tuple(_weighed(each, holding, passages) for each in asked)


def _weighed(asked: Asked, holding: Mapping[str, int], passages: int) -> Word:
    own = holding[asked.stem]
    alike = tuple(each for each in asked.alike if holding[each]) if own <= PLENTY else ()
    count = own or max((holding[each] for each in alike), default=0)
    worth = math.log(1 + (passages - count + 0.5) / (count + 0.5)) * min(1.0, asked.share)
    return Word(asked.stem, alike, own + sum(holding[each] for each in alike), worth, asked.share)


def telling(words: Sequence[Word], passages: int) -> tuple[str, ...]:
    """The rarest words, enough to find the candidates by; common ones only cost time."""
    chosen: list[str] = []
    matches = 0
    for word in sorted(words, key=lambda word: word.holding):
        if chosen and matches + word.holding > max(FEW, SHARE * passages):
            break
        if word.holding:
            chosen += [word.stem, *word.alike]
            matches += word.holding
    return tuple(dict.fromkeys(chosen))


def _names(part: str) -> frozenset[str]:
    """Words with a capital letter that do not begin the question: "Austria" must not be missed."""
    return frozenset(spoken(word) for word in WORD.findall(part)[1:] if word[0].isupper())


@cache
def _framing() -> frozenset[str]:
    return frozenset(stem(word) for word in general_words())


@cache
def _alike() -> dict[str, tuple[str, ...]]:
    """For the stem of each word the stems of the words that mean the same."""
    found: dict[str, dict[str, None]] = {}
    for word, others in same_words().items():
        alike = found.setdefault(stem(word), {})
        alike.update((stem(other), None) for other in others if counted(other).split())
    return {
        root: tuple(each for each in alike if each != root)[:MOST_ALIKE]
        for root, alike in found.items()
    }
