"""When a person should take over, and what that person needs to know."""

from __future__ import annotations

from dataclasses import dataclass, replace
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


ALSO_MOST = 50  # further wishes that a request holds, the newest


class Stance(StrEnum):
    """Who answers in a thread now."""

    BOT = "bot"
    WAITING = "waiting"
    HUMAN = "human"


@dataclass(frozen=True, slots=True)
class Addition:
    """What somebody wants as well, who waits already."""

    turn_id: str
    reason: Reason
    intent: str


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
        also: What the person has asked for since, oldest first.
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
    also: tuple[Addition, ...] = ()

    @property
    def priority(self) -> Priority:
        return Priority.HIGH if self.reason in URGENT else Priority.NORMAL

    def joined_by(self, further: Escalation) -> Escalation:
        """This request with a further one, once per turn; if that is urgent, so is all of it."""
        if any(each.turn_id == further.turn_id for each in self.also):
            return self
        added = Addition(further.turn_id, further.reason, further.intent)
        raised = further.priority is Priority.HIGH and self.priority is not Priority.HIGH
        reason = further.reason if raised else self.reason
        return replace(self, reason=reason, also=(*self.also, added)[-ALSO_MOST:])
