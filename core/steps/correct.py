"""Take what somebody puts right in a thread's memory: kept as said, and above the summary."""

from __future__ import annotations

import re

from core import text, thread_wording
from core.cards import Card, Plain
from core.outcome import Ending, Post, TurnOutcome
from core.routes import Route
from core.session import ExchangeKind
from core.steps.rules import by_rule
from core.steps.state import Turn

OPENING = "Correction: "
CORRECTION_MOST = 300  # characters

_CORRECTION = re.compile(
    r"(?:correction|korrektur|corrección|correção)\s?:\s*+(?=\S)", re.IGNORECASE
)


def correction(words: str) -> str:
    """What a message puts right, on one line; empty when it is about something else."""
    opening = _CORRECTION.match(words)
    return text.one_line(words[opening.end() :], CORRECTION_MOST) if opening else ""


def correct(turn: Turn) -> TurnOutcome | None:
    """The end of a message that corrects what is remembered; None for all others.

    What always leads to a person does so behind this word, too.
    """
    words = correction(turn.message.text)
    if not words:
        return None
    certain = by_rule(turn.message, turn.settings.risk_terms, words)
    if certain is not None and certain.route is Route.ESCALATE:
        return None
    session = turn.session.corrected(f"{turn.message.author.name}: {words}")
    said = thread_wording.corrected(words)
    return turn.ledger.end(
        Ending.CORRECTED,
        (Post(turn.message.thread, Card((Plain(said),))),),
        session=session,
        kind=ExchangeKind.CORRECTION,
        said=said,
    )
