"""Put together only the right context, within a budget of tokens, stable parts first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.account import Account
from core.details import listed
from core.drafts import Prompt, Task, ToolSpec
from core.evidence import Evidence
from core.ids import AccountKey
from core.messages import InboundMessage
from core.prompts import instructions
from core.routes import Tier
from core.session import Exchange, Session
from core.steps.results import ToolResult
from core.tokens import at_most
from core.window import RESERVED_FOR_REPLY, Part, Piece, fit

BUDGET = 24_000  # tokens, the reply included
SOON = timedelta(minutes=5)  # after which a model's cache of a prompt's beginning is gone
NEWEST_KEPT = 2  # exchanges that are never dropped


def assemble(
    task: Task,
    message: InboundMessage,
    session: Session,
    reader: AccountKey | None,
    evidence: Evidence,
    account: Account | None = None,
    tools: Sequence[ToolSpec] = (),
    recalled: str = "",
    done: Sequence[ToolResult] = (),
) -> Prompt:
    """The prompt of an answer or an action.

    Args:
        reader: The one person who will read the answer, or None for everyone in the thread;
            exchanges that are only for somebody else never enter.
        recalled: Lines of older exchanges that this reader may see.
        done: What was done in this thread, or was to be.

    Raises:
        WindowTooSmall: The question alone is longer than the budget.
    """
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(task), required=True)]
    pieces += remembered(session)
    lost = [each for each in session.details if each not in session.summary]
    if lost:
        pieces.append(Piece.of(Part.DETAILS, listed(lost)))
    exchanges = session.readable_by(reader)
    for age, exchange in enumerate(reversed(exchanges)):
        pieces.insert(len(pieces) - age, _exchange(exchange, required=age < NEWEST_KEPT))
    if recalled:
        pieces.append(Piece.of(Part.RECALLED, recalled))
    for fact in account.facts if account else ():
        words = f"{fact.key}: {fact.value} ({fact.source}, {fact.learned_at:%Y-%m-%d})"
        pieces.append(Piece(Part.FACT, words, at_most(words), fact=fact))
    pieces += [Piece.of(Part.TOOL_RESULT, each.line) for each in done]
    passages = evidence.near_best
    for rank, passage in enumerate(reversed(passages)):
        best = rank == len(passages) - 1
        words = passage.text
        pieces.append(
            Piece(Part.PASSAGE, words, at_most(words) + 60, required=best, passage=passage)
        )
    pieces.append(Piece.of(Part.QUESTION, message.text, required=True))
    kept = fit(pieces, BUDGET)
    held = {piece.exchange.turn_id for piece in kept if piece.exchange is not None}
    return Prompt(
        task,
        Tier.MAIN,
        kept,
        tools=tuple(tools),
        confidence=evidence.confidence,
        whole=() if len(kept) == len(pieces) else tuple(pieces),
        room=BUDGET - RESERVED_FOR_REPLY,
        soon=bool(exchanges) and message.sent_at - exchanges[-1].at < SOON,
        left_out=max((each.at for each in exchanges if each.turn_id not in held), default=None),
    )


def remembered(session: Session) -> list[Piece]:
    """What is known of the time before the exchanges; what was put right goes above it."""
    pieces = [Piece.of(Part.SUMMARY, session.summary)] if session.summary else []
    corrections = (Piece.of(Part.CORRECTION, each, required=True) for each in session.corrections)
    return [*pieces, *corrections]


def _exchange(exchange: Exchange, *, required: bool) -> Piece:
    words = exchange.prompted
    return Piece(Part.EXCHANGE, words, at_most(words), required=required, exchange=exchange)
