"""A naive Bayes classifier over the features of messages.

Of the classifiers tried on the exemplars it is the one that loses least on the messages
of another organisation. Fitting it is counting; the weight of a word is worked out
when the word first occurs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from math import exp, log

from adapters.llm.features import Feature, of_message, of_word, read

SMOOTHING = 0.15  # added to every count
SHARPNESS, BY_LENGTH = 0.2, 0.25  # fitted by cross-validation; see test_offline_router
REMEMBERED = 20_000  # weights kept

Weight = tuple[float, ...]  # what is found says for each class; they add up to 0


class NaiveBayes:
    """Which of some classes a message is of.

    Args:
        exemplars: Messages and the numbers of their classes.
    """

    def __init__(self, exemplars: Iterable[tuple[str, int]], classes: int) -> None:
        self._counts: list[Counter[Feature]] = [Counter() for _ in range(classes)]
        for text, right in exemplars:
            said = read(text)
            for word in dict.fromkeys(said):
                self._counts[right].update(of_word(word))
            self._counts[right].update(of_message(text, said))
        known = frozenset[Feature]().union(*self._counts)
        self._totals = [each.total() + SMOOTHING * len(known) for each in self._counts]
        self._weights: dict[Feature, Weight] = {}
        self._words: dict[str, Weight] = {}

    def probabilities(self, text: str) -> list[float]:
        """How likely each class is."""
        said = read(text)
        evidence = [self._words.get(word) or self._of_word(word) for word in dict.fromkeys(said)]
        known = self._weights.get
        evidence += [known(each) or self._weight(each) for each in of_message(text, said)]
        return _softmax([sum(column) for column in zip(*evidence, strict=True)], len(said))

    def _of_word(self, word: str) -> Weight:
        """The weights of a word and its letters together."""
        found = map(self._weight, of_word(word))
        weight = tuple(map(sum, zip(*found, strict=True)))
        if len(self._words) < REMEMBERED:
            self._words[word] = weight
        return weight

    def _weight(self, feature: Feature) -> Weight:
        """The weight of a feature; nothing for any class when no exemplar has it."""
        weight = self._weigh(feature)
        if len(self._weights) < REMEMBERED:
            self._weights[feature] = weight
        return weight

    def _weigh(self, feature: Feature) -> Weight:
        counts = [each.get(feature, 0) for each in self._counts]
        if not any(counts):
            return (0.0,) * len(counts)
        logs = [
            log((count + SMOOTHING) / total)
            for count, total in zip(counts, self._totals, strict=True)
        ]
        mean = sum(logs) / len(logs)
        return tuple(each - mean for each in logs)


def _softmax(scores: Sequence[float], length: int) -> list[float]:
    scale = SHARPNESS / (1 + length) ** BY_LENGTH
    highest = max(scores)
    powers = [exp((score - highest) * scale) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
