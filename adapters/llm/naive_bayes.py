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
REMEMBERED = 20_000  # words whose weights are kept

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
        self._known = frozenset[Feature]().union(*self._counts)
        self._totals = [each.total() + SMOOTHING * len(self._known) for each in self._counts]
        self._nothing: Weight = (0.0,) * classes
        self._weights: dict[Feature, Weight] = {}
        self._words: dict[str, Weight] = {}

    def probabilities(self, text: str) -> list[float]:
        """How likely each class is; what no exemplar has says nothing."""
        said = read(text)
        evidence = [self._words.get(word) or self._of_word(word) for word in dict.fromkeys(said)]
        evidence += [
            self._weights.get(feature) or self._weight(feature)
            for feature in of_message(text, said)
            if feature in self._known
        ]
        scores = [sum(column) for column in zip(self._nothing, *evidence, strict=True)]
        return _softmax(scores, len(said))

    def _of_word(self, word: str) -> Weight:
        """The weights of a word and its letters together."""
        found = [self._weight(each) for each in of_word(word) if each in self._known]
        weight = tuple(map(sum, zip(self._nothing, *found, strict=True)))
        if len(self._words) < REMEMBERED:
            self._words[word] = weight
        return weight

    def _weight(self, feature: Feature) -> Weight:
        logs = [
            log((each.get(feature, 0) + SMOOTHING) / total)
            for each, total in zip(self._counts, self._totals, strict=True)
        ]
        mean = sum(logs) / len(logs)
        weight = self._weights[feature] = tuple(each - mean for each in logs)
        return weight


def _softmax(scores: Sequence[float], length: int) -> list[float]:
    scale = SHARPNESS / (1 + length) ** BY_LENGTH
    highest = max(scores)
    powers = [exp((score - highest) * scale) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
