"""Fit a conversation into the model's context window.

What goes first is the oldest optional piece. The question, the newest exchanges
and the instructions are required and never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.account import Fact
from core.errors import WindowTooSmall
from core.evidence import Passage
from core.session import Exchange
from core.tokens import at_most

RESERVED_FOR_REPLY = 1_024  # tokens, for an answer of some 700 words


class Part(StrEnum):
    """What a piece of a prompt is; the key of ``why``'s token table."""

    INSTRUCTIONS = "instructions"
    SUMMARY = "summary"
    DETAILS = "details"
    CORRECTION = "correction"
    EXCHANGE = "exchange"
    RECALLED = "recalled"
    FACT = "fact"
    PASSAGE = "passage"
    TOOL_RESULT = "tool_result"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of prompt text.

    Args:
        tokens: Its length, estimated on the high side.
        passage: What it quotes, when it is a passage; likewise ``exchange`` and ``fact``.
    """

    part: Part
    text: str
    tokens: int
    required: bool = False
    passage: Passage | None = None
    exchange: Exchange | None = None
    fact: Fact | None = None

    @classmethod
    def of(cls, part: Part, text: str, *, required: bool = False) -> Piece:
        """A piece of plain text, measured."""
        return cls(part, text, at_most(text), required)


def fit(
    pieces: Sequence[Piece], limit: int, *, reply: int = RESERVED_FOR_REPLY
) -> tuple[Piece, ...]:
    """Drop optional pieces, oldest first, until the rest and a reply fit.

    Args:
        pieces: In reading order, oldest first. May be empty.
        limit: The whole budget, in tokens, with the reply.
        reply: What of it is for the reply.

    Returns:
        The pieces kept, in the order given; O(n) in their number.

    Raises:
        WindowTooSmall: The required pieces alone do not fit.
    """
    excess = sum(piece.tokens for piece in pieces) - (limit - reply)
    kept = []
    for piece in pieces:
        if excess > 0 and not piece.required:
            excess -= piece.tokens
        else:
            kept.append(piece)
    if excess > 0:
        raise WindowTooSmall(over=excess, limit=limit)
    return tuple(kept)
