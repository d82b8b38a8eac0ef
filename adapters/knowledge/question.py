"""What a question asks for: its words, and how much each of them says.

A word that few passages hold says more than one that many hold; one that no
passage holds says most of all: that the answer may not be here. Words that only
frame a question, or stand in an example, say little; those of the questions before it
in the thread tell what it is about, but not what is missing.
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
ALONE_LEAST, ALONE, ALONE_MOST = 400, 0.03, 3_000  # passages that words looked for alone may hold
PAIRED, ENOUGH = 4, 0.1  # words looked for two together; of all passages, that make it needless
EARLIER, EARLIER_MOST = 0.5, 2  # what words of the question before count; the one before it, half
FRAMES, EXAMPLES = 0.4, 0.2  # what a word that only frames the question, or an example, counts
NAMES = 2.5  # what a name counts for when it is not there
EXAMPLE = re.compile(r"\b(?:for (?:example|instance)|e\.g\.|such as)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """One word of a question.

    Args:
        stem: As the index has it; so are the words ``alike`` that mean the same.
        share: What it counts for; 1 is usual.
        now: It is asked for now, and not only in an earlier question of the thread.
    """

    stem: str
    alike: tuple[str, ...] = ()
    share: float = 1.0
    now: bool = True


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
    now: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """The words that passages are found by, the rarest first.

    Args:
        alone: Rare enough to be looked for by themselves.
        pairs: Too common for that: any two of them together.
    """

    alone: tuple[Word, ...]
    pairs: tuple[Word, ...] = ()


def words_of(question: str, earlier: Sequence[str] = ()) -> tuple[Asked, ...]:
    """The words that say something, each once, at most 32; those of now come first.

    Args:
        earlier: What the same person asked before in the thread, oldest first.
    """
    found: dict[str, Asked] = {}
    for part, share in zip(EXAMPLE.split(question, maxsplit=1), (1.0, EXAMPLES), strict=False):
        _collect(found, part, share, now=True)
    if found:
        for age, before in enumerate(earlier[: -EARLIER_MOST - 1 : -1]):
            _collect(found, before, EARLIER * 0.5**age, now=False)
    return tuple(found.values())


def _collect(found: dict[str, Asked], part: str, share: float, *, now: bool) -> None:
    """Add the words of a part that are not there yet."""
    before, names = "", _names(part) if share == 1.0 else frozenset()
    for word, parts in tokens(part):
        if word not in STOP and any(each not in STOP for each in parts):
            if len(found) == MOST_WORDS:
                break
            root = stem(word)
            frames = before == "how" or root in _framing()
            counts = share * (FRAMES if frames else NAMES if word in names else 1.0)
            found.setdefault(root, Asked(root, _alike().get(root, ()), counts, now))
        before = word


def weighed(asked: Iterable[Asked], holding: Mapping[str, int], passages: int) -> tuple[Word, ...]:
    """Each word with its worth in a collection of that many passages."""
    return tuple(_weighed(each, holding, passages) for each in asked)


def _weighed(asked: Asked, holding: Mapping[str, int], passages: int) -> Word:
    own = holding[asked.stem]
    alike = tuple(each for each in asked.alike if holding[each]) if own <= PLENTY else ()
    others = [holding[each] for each in alike]
    count = own or max(others, default=0)
    worth = math.log(1 + (passages - count + 0.5) / (count + 0.5)) * min(1.0, asked.share)
    return Word(asked.stem, alike, own + sum(others), worth, asked.share, asked.now)


def sought(words: Iterable[Word], passages: int) -> Sought:
    """How the candidates are found: a search costs what the passages cost that it touches."""
    there = sorted((word for word in words if word.holding), key=lambda word: word.holding)
    budget = min(ALONE_MOST, max(ALONE_LEAST, ALONE * passages))
    alone = touched = 0
    for word in there:
        if touched + word.holding > budget:
            break
        alone, touched = alone + 1, touched + word.holding
    enough = touched > ENOUGH * passages
    return Sought(tuple(there[:alone]), () if enough else tuple(there[alone : alone + PAIRED]))


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
