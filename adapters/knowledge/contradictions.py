"""Find sentences of different documents that say the same but for a number.

"Employees get 25 days of annual leave" in one, "28 days" in another: both are quoted
sooner or later. Sentences about different places or people are not compared.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.knowledge.porter import stem
from core.common_words import STOP

FEWEST = 4  # words of a sentence, beside its numbers, to be compared at all
SAME = 0.75  # of the words of both
COMMON = 60  # sentences; a word that more of them hold finds no candidates
LONGEST = 400  # characters of a sentence
MOST = 20_000  # sentences
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A passage to be compared with those of other documents."""

    document_id: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two sentences of two documents."""

    documents: tuple[str, str]
    sentences: tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Said:
    """A sentence with numbers: its words in their basic form, its numbers, what it is about."""

    document_id: str
    sentence: str
    words: frozenset[str]
    numbers: tuple[str, ...]
    about: frozenset[str]


def contradictions(texts: Sequence[Text], most: int) -> list[Contradiction]:
    """The first so many, one for each pair of documents."""
    names = _names(texts)
    said = [each for text in texts for each in _sentences(text, names)][:MOST]
    holding: dict[str, list[int]] = defaultdict(list)
    found: dict[tuple[str, str], Contradiction] = {}
    for number, each in enumerate(said):
        shared: Counter[int] = Counter()
        for word in each.words:
            if len(holding[word]) < COMMON:
                shared.update(holding[word])
                holding[word].append(number)
        for other in shared:
            pair = tuple(sorted((said[other].document_id, each.document_id)))
            if pair not in found and _differ(said[other], each, names):
                documents = (said[other].document_id, each.document_id)
                sentences = (said[other].sentence, each.sentence)
                found[pair[0], pair[1]] = Contradiction(documents, sentences)
                if len(found) == most:
                    return list(found.values())
    return list(found.values())


def _differ(one: _Said, two: _Said, names: frozenset[str]) -> bool:
    """Whether two sentences say the same of the same, with other numbers."""
    if one.document_id == two.document_id or one.numbers == two.numbers:
        return False
    if len(one.numbers) != len(two.numbers):
        return False
    if len(one.words & two.words) < SAME * len(one.words | two.words):
        return False
    if (one.words ^ two.words) & names:
        return False
    return not (one.about - two.about and two.about - one.about)


def _sentences(text: Text, names: frozenset[str]) -> Iterator[_Said]:
    about = frozenset(_stems(text.heading)) & names
    for sentence in SENTENCE.split(text.text):
        numbers = tuple(NUMBER.findall(sentence[:LONGEST]))
        words = frozenset(_stems(sentence)) if numbers else frozenset()
        if len(words) >= FEWEST and len(sentence) <= LONGEST:
            yield _Said(text.document_id, sentence.strip(), words, numbers, about)


def _stems(text: str) -> Iterator[str]:
    for word in WORD.findall(text):
        lower = word.casefold()
        if lower not in STOP and len(word) > 1:
            yield stem(lower)


def _names(texts: Iterable[Text]) -> frozenset[str]:
    """Words that are written with a capital wherever they do not begin a sentence."""
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in texts:
        for sentence in SENTENCE.split(text.text):
            for word in WORD.findall(sentence)[1:]:
                (capital if word[:1].isupper() else small)[stem(word.casefold())] += 1
    return frozenset(word for word, count in capital.items() if count > small[word])
