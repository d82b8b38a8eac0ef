"""Find where another document contradicts what an answer says: the same sentence, another number.

"Employees get 25 days of annual leave" in one, "28 days" in another. Sentences that name
different people or places are about different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.common_words import STOP
from core.evidence import Passage

SAME = 0.75  # of the words of both
FEWEST, LONGEST = 3, 300  # words beside the numbers; characters
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence with numbers, where it stands, and the words it says them with."""

    passage: Passage
    sentence: str
    numbers: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]


def conflict(
    answer: str, cited: frozenset[str], passages: Sequence[Passage]
) -> tuple[Said, Said] | None:
    """Two sentences that disagree, the newer document's first; one is what the answer rests on.

    Args:
        cited: Ids of the passages that the answer cites.
    """
    if len({passage.document.document_id for passage in passages}) < 2:
        return None
    given = frozenset(NUMBER.findall(answer))
    said = [each for passage in passages for each in _sentences(passage)]
    for one in said:
        if one.passage.passage_id not in cited or not one.numbers & given:
            continue
        for other in said:
            if _disagree(one, other):
                newer, older = sorted(
                    (one, other), key=lambda each: each.passage.document.updated, reverse=True
                )
                return newer, older
    return None


def _disagree(one: Said, other: Said) -> bool:
    if one.passage.document.document_id == other.passage.document.document_id:
        return False
    if one.numbers == other.numbers or len(one.numbers) != len(other.numbers):
        return False
    if one.names ^ other.names:
        return False
    return len(one.words & other.words) >= SAME * len(one.words | other.words)


def _sentences(passage: Passage) -> Iterator[Said]:
    for sentence in SENTENCE.split(passage.text):
        numbers = frozenset(NUMBER.findall(sentence)) if len(sentence) <= LONGEST else None
        if not numbers:
            continue
        spoken = WORD.findall(sentence)
        words = frozenset(word.casefold() for word in spoken) - STOP
        names = frozenset(word.casefold() for word in spoken[1:] if word[0].isupper())
        if len(words) >= FEWEST:
            yield Said(passage, sentence.strip(), numbers, words, names)
