"""End a turn with its answer, each part of it for those who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.account import Account
from core.drafts import Completion
from core.outcome import Ending, TurnOutcome
from core.session import ExchangeKind
from core.steps import reply
from core.steps.divide import divide
from core.steps.results import ToolResult
from core.steps.retrieve import Found
from core.steps.state import Turn


def conclude(
    turn: Turn,
    completion: Completion,
    found: Found,
    account: Account | None,
    done: Sequence[ToolResult],
    today: date,
) -> TurnOutcome:
    """The answer as posts and as an exchange, which is private as soon as a part of it is."""
    message = turn.message
    turn.ledger.cited(completion)
    parts = divide(completion, found, account, done, turn.readers.thread.rights, message.text)
    return turn.ledger.end(
        Ending.ANSWERED,
        reply.answered(message, parts, found, today),
        session=turn.session,
        kind=ExchangeKind.ANSWER,
        said=completion.text,
        only_for=message.author.key if parts.alone else None,
    )
