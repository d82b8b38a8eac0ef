"""Routing, escalation and the need for documents: the product's own steps on its offline model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from functools import cache

from adapters.llm.local_router import local_router
from adapters.llm.offline import OfflineModel
from core.messages import Audience, Readers
from core.routes import POLICIES, Route, Routed
from core.session import Session
from core.steps.escalate import repeats
from core.steps.ledger import Ledger
from core.steps.route import route as routed
from core.steps.state import Turn
from core.workspace import WorkspaceSettings
from tests.evals.thread import START, NoJournal, Said, message, session

LABELS: Mapping[Route, str] = {
    Route.GREETING: "greeting",
    Route.QUESTION: "informational",
    Route.ACTION: "action",
    Route.ACCOUNT: "account",
    Route.OFF_TOPIC: "off_topic",
    Route.ESCALATE: "escalation",
}
ALONE = Audience(private=True, rights=frozenset())


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
    """Whether the turn would end with a person, before any document is looked at."""
    so_far = session(history)
    found = _routed(text, so_far)
    turn = Turn(
        message(text),
        so_far,
        WorkspaceSettings(),
        Readers(ALONE, ALONE),
        NoJournal(),
        Ledger.of(message(text), lambda: START),
    )
    stuck = found.frustrated or repeats(turn)
    escalates = found.route is Route.ESCALATE or stuck
    likely = local_router().probabilities(text)[Route.ESCALATE]
    score = max(likely, 0.8 if escalates else 0.0)
    return {"escalate": escalates, "score": score, "reason": "stuck" if stuck else "route"}


def needs_retrieval(text: str, history: Sequence[Said]) -> float:
    """How likely a route is that rests on documents and does not act."""
    likely = local_router().probabilities(text)
    return sum(likely[each] for each, policy in POLICIES.items() if policy.retrieves)
