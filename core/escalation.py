"""When a person should take over, and what that person needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.cards import Source
from core.ids import ThreadKey
from core.messages import Person, Place


class Reason(StrEnum):
    """Why a conversation is handed to a person."""

    ASKED = "asked"
    POLICY_RISK = "policy_risk"
    NO_EVIDENCE = "no_evidence"
    STUCK = "stuck"
    IMPACT = "impact"
    MODEL_UNAVAILABLE = "model_unavailable"
    UNSURE = "unsure"
    FAILED = "failed"


class Priority(StrEnum):
    """How soon somebody should look."""

    NORMAL = "normal"
    HIGH = "high"


URGENT = frozenset({Reason.POLICY_RISK, Reason.FAILED})


class Stance(StrEnum):
    """Who answers in a thread now."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Escalation:
    """A request for a person: the five things a handoff card carries, and who and where.

    Args:
        turn_id: The turn that asked; asking again for the same turn changes nothing.
        message_id: The message that led here, for the permalink.
        intent: What the person wants, in one line.
        attempted: What was already tried, each in a few words.
        evidence: The sources looked at, best first.
        confidence: 0 to 1, or None where nothing is known.
        uncertain: What is not known, in a few words; empty when nothing is established.
    """

    turn_id: str
    reason: Reason
    requester: Person
    thread: ThreadKey
    message_id: str
    place: Place
    at: datetime
    intent: str
    attempted: tuple[str, ...] = ()
    evidence: tuple[Source, ...] = ()
    confidence: float | None = None
    uncertain: str = ""

    @property
    def priority(self) -> Priority:
        return Priority.HIGH if self.reason in URGENT else Priority.NORMAL
