"""Routing, escalation, scope and the need for documents: the product's own steps, offline."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache

from adapters.llm.local_router import LocalRouter, local_router
from adapters.llm.offline import OfflineModel
from adapters.llm.signals import asks
from core.routes import Route, Routed
from core.session import Session
from core.steps.route import route as routed
from core.steps.stuck import stuck
from tests.evals.retrieval import Bridge
from tests.evals.thread import NoJournal, Said, message, session

LABELS: Mapping[Route, str] = {
    Route.GREETING: "greeting",
    Route.QUESTION: "informational",
    Route.ACTION: "action",
    Route.ACCOUNT: "account",
    Route.OFF_TOPIC: "off_topic",
    Route.ESCALATE: "escalation",
}
SURE = 0.8  # score of what a rule decides


@cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()


def _routed(text: str, so_far: Session) -> Routed:
    return _loop().run(
        routed(message(text), so_far, (), OfflineModel(), NoJournal(), lambda _: None)
    )


def route(text: str, history: Sequence[Said]) -> dict[str, object]:
    """The route the product would take without a model."""
    found = _routed(text, session(history))
    return {"route": LABELS[found.route], "confidence": found.certainty}


def should_escalate(text: str, history: Sequence[Said]) -> dict[str, object]:
    """Whether the turn would end with a person, before any document is looked at.

    A decision that only a person may take is among it: no tool is at hand that takes it.
    """
    so_far = session(history)
    found = _routed(text, so_far)
    works = any((found.policy.retrieves, found.policy.acts))
    reasons = {
        "route": found.route is Route.ESCALATE,
        "stuck": works and (found.frustrated or stuck(message(text), so_far)),
        "impact": works and "decision" in found.risks,
    }
    reason = next((each for each, holds in reasons.items() if holds), "")
    likely = local_router().probabilities(text)[Route.ESCALATE]
    return {"escalate": bool(reason), "score": max(likely, SURE if reason else 0), "reason": reason}


def needs_retrieval(text: str, history: Sequence[Said]) -> float:
    """How likely it is that somebody asks to be told something.

    What is off topic counts among it: unless that is certain, the documents are asked.
    """
    if not asks(text):
        return 0.0
    likely = local_router().probabilities(text)
    return likely[Route.QUESTION] + likely[Route.ACCOUNT] + likely[Route.OFF_TOPIC]


class Fitted:
    """The product's router with an organisation's own messages for exemplars."""

    def __init__(self, examples: Sequence[Mapping[str, str]]) -> None:
        routes = {label: route for route, label in LABELS.items()}
        self._router = LocalRouter((each["text"], routes[each["label"]]) for each in examples)

    def route(self, text: str, history: Sequence[Said]) -> dict[str, object]:
        likely = self._router.probabilities(text)
        best = max(likely, key=likely.__getitem__)
        return {"route": LABELS[best], "confidence": likely[best]}


def fit_router(examples: Sequence[Mapping[str, str]]) -> Fitted:
    return Fitted(examples)


class Covered:
    """The product's search, its documents being what was said of each matter."""

    def __init__(self, exemplars: Sequence[Mapping[str, str]]) -> None:
        said: dict[str, list[str]] = {}
        for each in exemplars:
            said.setdefault(each["intent"], []).append(each["text"])
        self._search = Bridge()
        rows = ({"id": name, "title": "", "text": "\n".join(said[name])} for name in said)
        self._search.index(rows)

    def score(self, text: str) -> float:
        """How likely it is that the documents hold an answer."""
        return self._search.confidence(text, self._search.search(text, 1, []), [])

    def intent(self, text: str) -> str:
        hits = self._search.search(text, 1, [])
        return hits[0][0] if hits else ""


def fit_scope(exemplars: Sequence[Mapping[str, str]]) -> Covered:
    return Covered(exemplars)
