"""Messages that are ended without an answer: stopped, come too late, or too long."""

from __future__ import annotations

from dataclasses import replace

from core import wording
from core.messages import InboundMessage
from core.outcome import Ending, TurnOutcome
from core.ports import Clock
from core.session import Session
from core.steps import reply
from core.steps.ledger import Ledger
from core.steps.state import Turn
from core.usage import Usage


def stopped(message: InboundMessage, spent: Usage, clock: Clock) -> TurnOutcome:
    """The outcome of a message that is not answered any more; nothing of it is remembered.

    Args:
        spent: What model calls have cost until it was stopped.
    """
    ledger = Ledger.of(message, clock)
    ledger.record = replace(ledger.record, usage=spent)
    return ledger.end(Ending.STOPPED, reply.plain(message, wording.STOPPED))


def too_late(message: InboundMessage, session: Session, ledger: Ledger) -> TurnOutcome:
    """The outcome of a message that is older than people want an answer to."""
    words = wording.too_late(message.delay)
    return _told(message, session, ledger, words)


def too_long(turn: Turn) -> TurnOutcome | None:
    """The outcome of a message that is longer than anybody writes; None for all others."""
    return refused(turn) if len(turn.message.text) > wording.LONGEST_MESSAGE else None


def refused(turn: Turn) -> TurnOutcome:
    """The outcome of a message that does not fit: what to do about it."""
    words = wording.too_long(len(turn.message.text))
    return _told(turn.message, turn.session, turn.ledger, words)


def _told(message: InboundMessage, session: Session, ledger: Ledger, words: str) -> TurnOutcome:
    """What to do instead; whoever does it in this thread is heard."""
    going_on = session.helping_on(message.author.key, message.place, message.sent_at)
    return ledger.end(Ending.REFUSED, reply.plain(message, words), session=going_on)
