"""Say why a person should take over, and tell that person what they need to know.

A card is read by support staff. Of what was found it names only documents that
every employee may read, and of what was tried nothing that was for one person alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core import text, wording
from core.escalation import Escalation, Reason
from core.evidence import Evidence
from core.messages import EVERYONE, PUBLIC, InboundMessage
from core.routes import Routed
from core.steps import brief, reply
from core.steps.state import Turn
from core.tools import Action

INTENT_MOST = 160  # characters
RELEVANT = 0.25  # confidence below which nothing found is worth a look


def escalation(
    turn: Turn,
    reason: Reason,
    routed: Routed | None,
    evidence: Evidence,
    problem: str,
    actions: Sequence[Action],
    now: datetime,
) -> Escalation:
    """What the handoff card of this turn carries; ``actions`` are those of its thread."""
    message = turn.message
    mine = [each for each in turn.session.readable_by(None) if each.author == message.author.key]
    open_passages = tuple(
        each
        for each in evidence.passages
        if each.document.audience in (PUBLIC, EVERYONE) and evidence.confidence >= RELEVANT
    )
    return Escalation(
        turn_id=message.turn_id,
        reason=reason,
        requester=message.author,
        thread=message.thread,
        message_id=message.message_id,
        place=message.place,
        at=now,
        intent=brief.wants(mine, routed.intent if routed else message.text),
        attempted=(*_attempted(turn, evidence), *brief.done(actions)),
        evidence=reply.looked_at(open_passages, now.date()),
        confidence=evidence.confidence if evidence.passages else None,
        uncertain=_uncertain(turn, reason, routed, problem),
    )


def plain_escalation(message: InboundMessage, reason: Reason, now: datetime) -> Escalation:
    """A request for a person of which nothing but the message is known."""
    return Escalation(
        turn_id=message.turn_id,
        reason=reason,
        requester=message.author,
        thread=message.thread,
        message_id=message.message_id,
        place=message.place,
        at=now,
        intent=text.one_line(message.text, INTENT_MOST),
        uncertain=wording.UNCERTAIN[reason],
    )


def _uncertain(turn: Turn, reason: Reason, routed: Routed | None, problem: str) -> str:
    """What is not known; where a draft was held back, also what was found in it."""
    if routed is not None and not routed.query:
        private = any(each.only_for for each in turn.session.exchanges)
        return wording.ASKED_PRIVATELY if private else wording.NOTHING_ASKED
    said = wording.UNCERTAIN[reason]
    return f"{said} ({problem})" if reason is Reason.UNSURE and problem else said


def reason_of(routed: Routed) -> Reason:
    """Why a message that was routed to a person was."""
    if routed.risks:
        return Reason.POLICY_RISK
    return Reason.STUCK if routed.frustrated else Reason.ASKED


def _attempted(turn: Turn, evidence: Evidence) -> tuple[str, ...]:
    """What was tried so far, in a few words each: never another person's private part."""
    recent = turn.session.readable_by(None)[-3:]
    tried = [wording.ATTEMPTED[each.kind] for each in recent]
    if evidence.passages:
        tried.append(wording.SEARCHED)
    return tuple(dict.fromkeys(tried))
