"""How well a text answers a question: by its rare words and the kind of answer wanted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import log

from adapters.llm.follow_ups import EXAMPLE, Understood
from adapters.llm.lexicon import kinds_of_answer, weak_words
from adapters.llm.parallel import named, places
from adapters.llm.words import folded, stem, terms, words

CONTEXT_WEIGHT = 0.3  # of words borrowed from an earlier message
ASIDE_WEIGHT = 0.2  # of words in an example
WEAK_WEIGHT = 0.3  # of words that only frame a question
SHARED_BEGINNING = 5  # letters from which words of one family are taken for each other
KIND_BONUS = 0.25
INFLECTED, OPPOSITE = 0.8, 0.7  # what a word of the same family counts for
PREFIX = re.compile(r"(?:dis|un)(?=\w{4})")
COUNTED = re.compile(r"\bhow (?:many|much) (?:more |paid |full )?([a-z]{3,20})")
NEAR_NUMBER = 3  # words between a number and what it counts

_RELATIONS = {  # what says nothing alone, and is all that many a follow-up adds
    "> above": r"above|exceed\w*|more than|beyond|higher|over (?:the|that|this|it)",
    "> below": r"below|less than|lower|under (?:the|that|this|it)",
    "> before": r"before|sooner|earlier",
    "> after": r"after|later",
    "> without": r"without|missing",
}
_RELATED = {name: re.compile(rf"\b(?:{words})\b") for name, words in _RELATIONS.items()}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for.

    Args:
        weights: Its terms and how much each counts; rare ones more.
        family: For each term the words of the passages that count as it, and how much.
        text: The question in folded words, for the kind of answer it wants.
        places: The places it names, folded.
    """

    weights: Mapping[str, float]
    family: Mapping[str, Mapping[str, float]]
    text: str
    places: frozenset[str]

    @property
    def total(self) -> float:
        return sum(self.weights.values())

    def credits(self, places: Iterable[tuple[AbstractSet[str], float]]) -> dict[str, float]:
        """For each term found in any of the places, how much it counts there at best."""
        found: dict[str, float] = {}
        for present, worth in places:
            for term, family in self.family.items():
                best = max((share for word, share in family.items() if word in present), default=0)
                if best * worth > found.get(term, 0):
                    found[term] = best * worth
        return found

    def covered(self, credit: Mapping[str, float]) -> float:
        """The share of the question's weight that these credits cover, 0 to 1."""
        if not self.weights:
            return 0.0
        return sum(self.weights[term] * share for term, share in credit.items()) / self.total

    def likeness(self, heading: AbstractSet[str]) -> float:
        """The share of a heading's words that were asked for, 0 to 1."""
        asked = {word for family in self.family.values() for word in family}
        return len(heading & asked) / len(heading) if heading else 0.0

    def kind_bonus(self, text: str) -> float:
        """Extra for a text that gives the kind of thing asked for: an amount, a time, a place."""
        plain = folded(text)
        asked = [gives for asks, gives in kinds_of_answer() if asks.search(self.text)]
        given: list[bool] = [gives.search(plain) is not None for gives in asked]
        if counted := COUNTED.search(self.text):
            given.append(_numbered(stem(counted[1]), plain))
        return KIND_BONUS * sum(given) / len(given) if given else 0.0


def relations(text: str) -> frozenset[str]:
    """What a text compares with: more than something, before it, without it."""
    plain = folded(text)
    return frozenset(name for name, said in _RELATED.items() if said.search(plain))


def wanted(asked: Understood, stretches: Iterable[AbstractSet[str]]) -> Wanted:
    """What a question asks for, weighed by how rare its words are in the stretches of text.

    A follow-up wants what it adds: words that it has in common with what it points back to
    count like those it borrows, unless it adds none.
    """
    counts: Counter[str] = Counter()
    total = 0
    for present in stretches:
        counts.update(present)
        total += 1
    main, *parts = EXAMPLE.split(asked.own, maxsplit=1)
    own = [*terms(main), *(relations(main) if asked.context else ())]
    added = [term for term in own if term not in terms(asked.context)] or own
    aside = [term for part in parts for term in terms(part)]
    context = [*terms(asked.context), *aside]
    family = {term: _family(term, counts) for term in dict.fromkeys((*own, *context))}
    weak = {stem(word) for word in weak_words()}
    weights: dict[str, float] = {}
    for term, known in family.items():
        common = max((counts[word] for word in known), default=0)
        share = 1 if term in added else ASIDE_WEIGHT if term in aside else CONTEXT_WEIGHT
        weights[term] = share * log(1 + (1 + total) / (1 + common))
        if term in weak:
            weights[term] *= WEAK_WEIGHT
    here = places(main) or (named(main) if asked.context else frozenset())
    return Wanted(weights, family, folded(asked.own), here or places(asked.context))


def _family(term: str, known: Mapping[str, int]) -> dict[str, float]:
    """The known words that count as a term: itself in full, one of the same family in part."""
    family = {term: 1.0} if term in known else {}
    for word in known:
        shorter, longer = sorted((len(term), len(word)))
        if word != term and shorter >= SHARED_BEGINNING and shorter >= 0.6 * longer:
            shared = max(SHARED_BEGINNING, round(0.6 * longer))
            if term[:shared] == word[:shared]:
                family[word] = INFLECTED
        elif PREFIX.sub("", word, count=1) == PREFIX.sub("", term, count=1) != "":
            family.setdefault(word, OPPOSITE)
    return family


def _numbered(thing: str, text: str) -> bool:
    """Whether a number of these things is given: "25 working days" for days."""
    said = words(text)
    return any(
        word[0].isdigit() and thing in map(stem, said[at + 1 : at + 1 + NEAR_NUMBER])
        for at, word in enumerate(said)
    )
