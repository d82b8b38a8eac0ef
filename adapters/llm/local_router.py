"""The local router: what kind of message this is, learned from shipped exemplars.

A naive Bayes classifier over words, letter sequences and a few clues, fitted when it is
first used; the same exemplars always give the same weights.
Certain rules come first: a wish for a person, policy risk, plain greetings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from adapters.llm.lexicon import clues
from adapters.llm.naive_bayes import NaiveBayes
from adapters.llm.signals import asks, complains, matter_of_fact, risks, wants_person
from adapters.llm.words import words
from core.routes import Route

ROUTES = tuple(Route)
SURE = 0.97  # certainty of a rule
SURE_ENOUGH, EVEN, A_GUESS = 0.67, 0.5, 0.45  # certainty below which a message is looked up
BEYOND_DOUBT = 0.9  # likewise, of a question without a complaint that is to go to a person
LONGEST_GREETING = 9  # words

Exemplar = tuple[str, Route]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A route, how certain it is (0 to 1), and the rule or ``exemplars`` that decided.

    Args:
        distress: How likely it is by the exemplars that a person is needed, 0 to 1.
    """

    route: Route
    certainty: float
    decided_by: str
    distress: float


class LocalRouter:
    """Routes as the exemplars it is given do."""

    def __init__(self, exemplars: Iterable[Exemplar]) -> None:
        rows = ((text, ROUTES.index(route)) for text, route in exemplars)
        self._classifier = NaiveBayes(rows, len(ROUTES))

    def probabilities(self, text: str) -> dict[Route, float]:
        """How likely each route is; reads the first 2,000 characters."""
        return dict(zip(ROUTES, self._classifier.probabilities(text), strict=True))

    def route(self, text: str) -> Verdict:
        """The route of a message: by a rule when one is certain, else by the exemplars."""
        likely = self.probabilities(text)
        distress = likely[Route.ESCALATE]
        ruled = _by_rule(text, distress)
        if ruled is not None:
            return Verdict(*ruled, distress)
        best = max(ROUTES, key=likely.__getitem__)
        if likely[best] < _least_sure(best, text):
            question = likely[Route.QUESTION]
            return Verdict(Route.QUESTION, question, "unsure: the documents first", distress)
        return Verdict(best, likely[best], "exemplars", distress)


@cache
def local_router() -> LocalRouter:
    """The router of the shipped exemplars, fitted on first use in under 150 ms."""
    return LocalRouter(shipped_exemplars())


def shipped_exemplars() -> list[Exemplar]:
    """The messages the router is fitted to, written for this project."""
    folder = files("adapters.llm").joinpath("exemplars")
    return [
        (text, route)
        for route in ROUTES
        for text in folder.joinpath(f"{route}.txt").read_text(encoding="utf-8").splitlines()
    ]


def _by_rule(text: str, distress: float) -> tuple[Route, float, str] | None:
    if wants_person(text) and (distress >= EVEN or not matter_of_fact(text)):
        return Route.ESCALATE, SURE, "asks for a person"
    if risks(text):
        return Route.ESCALATE, SURE, "policy risk"
    said = words(text)
    known = clues()
    polite = len(said) <= LONGEST_GREETING and known["greeting"].issuperset(said)
    if polite and (not said or said[0] in known["opening"]):
        return Route.GREETING, SURE, "greeting"
    return None


def _least_sure(route: Route, text: str) -> float:
    """How certain a route must be for documents not to be asked first, which costs nothing."""
    match route:
        case Route.GREETING:
            return SURE_ENOUGH
        case Route.OFF_TOPIC:
            return SURE_ENOUGH if asks(text) else A_GUESS
        case Route.ESCALATE:
            return 0.0 if complains(text) else BEYOND_DOUBT if asks(text) else EVEN
        case Route.ACTION:
            return A_GUESS if asks(text) else 0.0
        case Route.ACCOUNT:  # of somebody's own, but whose?
            return SURE_ENOUGH if clues()["oneself"].isdisjoint(words(text)) else 0.0
        case _:
            return 0.0
