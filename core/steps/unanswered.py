"""Messages that are ended without an answer: somebody stopped them, or they came too late."""

from __future__ import annotations

from dataclasses import replace

from core import wording
from core.messages import InboundMessage
from core.outcome import Ending, TurnOutcome
from core.ports import Clock
from core.steps import reply
from core.steps.ledger import Ledger
from core.usage import Usage


def stopped(message: InboundMessage, spent: Usage, clock: Clock) -> TurnOutcome:
    """The outcome of a message that is not answered any more; nothing of it is remembered.

    Args:
        spent: What model calls have cost until it was stopped.
    """
    ledger = Ledger.of(message, clock)
    ledger.record = replace(ledger.record, usage=spent)
    return ledger.end(Ending.STOPPED, reply.plain(message, wording.STOPPED))


def too_late(message: InboundMessage, ledger: Ledger) -> TurnOutcome:
    """The outcome of a message that is older than people want an answer to."""
    words = wording.too_late(message.delay)
    return ledger.end(Ending.REFUSED, reply.plain(message, words))
