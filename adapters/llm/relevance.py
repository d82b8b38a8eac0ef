"""How well a text answers a question: by its rare words and the kind of answer wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import log

from adapters.llm.follow_ups import Understood
from adapters.llm.lexicon import kinds_of_answer, weak_words
from adapters.llm.words import folded, stem, terms

CONTEXT_WEIGHT = 0.5  # of words borrowed from an earlier message
WEAK_WEIGHT = 0.3  # of words that only frame a question
SHARED_BEGINNING = 5  # letters from which words of one family are taken for each other
KIND_BONUS = 0.2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for.

    Args:
        weights: Its terms and how much each counts; rare ones more.
        family: For each term the words of the passages that count as it, and how much.
        text: The question in folded words, for the kind of answer it wants.
    """

    weights: Mapping[str, float]
    family: Mapping[str, Mapping[str, float]]
    text: str

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

    def kind_bonus(self, text: str) -> float:
        """Extra for a text that gives the kind of thing asked for: an amount, a time, a place."""
        plain = folded(text)
        asked = [gives for asks, gives in kinds_of_answer() if asks.search(self.text)]
        given = sum(gives.search(plain) is not None for gives in asked)
        return KIND_BONUS * given / len(asked) if asked else 0.0


def wanted(asked: Understood, stretches: Iterable[AbstractSet[str]]) -> Wanted:
    """What a question asks for, weighed by how rare its words are in the stretches of text."""
    counts: Counter[str] = Counter()
    total = 0
    for present in stretches:
        counts.update(present)
        total += 1
    own, context = terms(asked.own), terms(asked.context)
    family = {term: _family(term, counts) for term in dict.fromkeys((*own, *context))}
    weak = {stem(word) for word in weak_words()}
    weights = {}
    for term, words in family.items():
        common = max((counts[word] for word in words), default=0)
        share = (1 if term in own else CONTEXT_WEIGHT) * (WEAK_WEIGHT if term in weak else 1)
        weights[term] = share * log(1 + (1 + total) / (1 + common))
    return Wanted(weights, family, folded(asked.own))


def _family(term: str, known: Mapping[str, int]) -> dict[str, float]:
    """The known words that count as a term: itself in full, one of the same family in part."""
    family = {term: 1.0} if term in known else {}
    for word in known:
        shorter, longer = sorted((len(term), len(word)))
        if word != term and shorter >= SHARED_BEGINNING and shorter >= 0.6 * longer:
            shared = max(SHARED_BEGINNING, round(0.6 * longer))
            if term[:shared] == word[:shared]:
                family[word] = 0.8
    return family
