"""The local router: what kind of message this is, learned from shipped exemplars.

A multinomial logistic regression over words, letter sequences and a few clues,
fitted when it is first used; the same exemplars always give the same weights.
Certain rules come first: a wish for a person, policy risk, plain greetings.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, sqrt

from adapters.llm.features import features
from adapters.llm.lexicon import clues
from adapters.llm.signals import complains, risks, wants_person
from adapters.llm.words import words
from core.routes import Route

ROUTES = tuple(Route)
EPOCHS = 3
STEP = 5.0  # of the first epoch; the n-th takes 1/n of it
SHARPNESS = 1.0  # fitted by 10-fold cross-validation; see test_offline_router
SURE = 0.97  # certainty of a rule
SURE_ENOUGH, A_GUESS = 0.67, 0.45  # certainty below which a question, or anything, is looked up
LONGEST_GREETING = 9  # words

Exemplar = tuple[str, Route]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A route, how certain it is (0 to 1), and the rule or ``exemplars`` that decided."""

    route: Route
    certainty: float
    decided_by: str


class LocalRouter:
    """A classifier fitted to exemplars."""

    def __init__(self, exemplars: Iterable[Exemplar]) -> None:
        rows = [(features(text), ROUTES.index(route)) for text, route in exemplars]
        self._weights: dict[str, list[float]] = {}
        order = random.Random(1)  # noqa: S311 — an order of rows, the same every time
        for epoch in range(EPOCHS):
            order.shuffle(rows)
            for present, right in rows:
                self._learn(present, right, STEP / (1 + epoch))

    def probabilities(self, text: str) -> dict[Route, float]:
        """How likely each route is; reads the first 2,000 characters."""
        present = features(text)
        known = [self._weights[each] for each in present if each in self._weights]
        return dict(zip(ROUTES, _softmax(known, len(present)), strict=True))

    def route(self, text: str) -> Verdict:
        """The route of a message: by a rule when one is certain, else by the exemplars."""
        ruled = _by_rule(text)
        if ruled is not None:
            return ruled
        likely = self.probabilities(text)
        best = max(ROUTES, key=likely.__getitem__)
        if likely[best] < _least_sure(best, text):
            return Verdict(Route.QUESTION, likely[Route.QUESTION], "unsure: the documents first")
        return Verdict(best, likely[best], "exemplars")

    def _learn(self, present: Sequence[str], right: int, step: float) -> None:
        """One step of stochastic gradient descent on one exemplar."""
        known = [self._weights.setdefault(each, [0.0] * len(ROUTES)) for each in present]
        share = step / sqrt(len(present))
        change = [-share * chance for chance in _softmax(known, len(present))]
        change[right] += share
        for weight in known:
            for index, delta in enumerate(change):
                weight[index] += delta


@cache
def local_router() -> LocalRouter:
    """The router of the shipped exemplars, fitted on first use in under 150 ms."""
    return LocalRouter(shipped_exemplars())


def shipped_exemplars() -> list[Exemplar]:
    """The messages the router is fitted to, written for this project."""
    source = files("adapters.llm").joinpath("exemplars.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in source.splitlines()]
    return [(row["text"], Route(row["route"])) for row in rows]


def _by_rule(text: str) -> Verdict | None:
    if wants_person(text):
        return Verdict(Route.ESCALATE, SURE, "asks for a person")
    if risks(text):
        return Verdict(Route.ESCALATE, SURE, "policy risk")
    said = words(text)
    known = clues()
    polite = all(word in known["greeting"] for word in said) and len(said) <= LONGEST_GREETING
    if polite and (not said or said[0] in known["opening"]):
        return Verdict(Route.GREETING, SURE, "greeting")
    return None


def _least_sure(route: Route, text: str) -> float:
    """How certain a route must be that never looks at documents; asking those costs nothing."""
    said = words(text)
    asks = bool(said) and said[0] in clues()["wondering"]
    match route:
        case Route.GREETING:
            return SURE_ENOUGH
        case Route.OFF_TOPIC:
            return SURE_ENOUGH if asks else A_GUESS
        case Route.ESCALATE:
            return SURE_ENOUGH if asks and not complains(text) else 0.0
        case _:
            return 0.0


def _softmax(known: Sequence[Sequence[float]], count: int) -> list[float]:
    if not known:
        return [1 / len(ROUTES)] * len(ROUTES)
    scale = SHARPNESS / sqrt(count)
    scores = [sum(column) * scale for column in zip(*known, strict=True)]
    highest = max(scores)
    powers = [exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]
