"""What a model is asked and what it gives back, before anybody sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.routes import Tier
from core.usage import Usage
from core.window import Part, Piece


class Task(StrEnum):
    """The kinds of work a model does; each has its prompt in ``core/prompts``."""

    ROUTE = "route"
    ANSWER = "answer"
    ACT = "act"
    SUMMARISE = "summarise"


class Stop(StrEnum):
    """Why a model stopped; only END is a finished text, only TOOL a call."""

    END = "end"
    TOOL = "tool"
    LENGTH = "length"
    REFUSAL = "refusal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model sees it: name, purpose, JSON schema of its arguments, sample requests."""

    name: str
    description: str
    schema: Mapping[str, Any]
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a model: pieces in reading order, already within the budget.

    Args:
        schema: The JSON schema the reply must follow, for ROUTE.
        tools: The tools it may choose from, for ACT.
        confidence: How likely the passages are to answer the question, as search sees it; a
            model that knows words and not meaning had better believe it.
        soon: Turns of this thread follow one another within minutes, so that what a prompt
            begins with is worth keeping for the next.
        left_out: Time of the last exchange of the session that had no room.
        whole: All pieces in reading order, when some had no room by our careful estimate; a
            model that can count may take in more of them, up to ``room`` tokens.
    """

    task: Task
    tier: Tier
    pieces: tuple[Piece, ...]
    schema: Mapping[str, Any] | None = None
    tools: tuple[ToolSpec, ...] = ()
    confidence: float = 1.0
    soon: bool = False
    left_out: datetime | None = None
    whole: tuple[Piece, ...] = ()
    room: int = 0

    def text_of(self, part: Part) -> str:
        return "\n\n".join(piece.text for piece in self.pieces if piece.part is part)

    def holding(self, pieces: Sequence[Piece]) -> Prompt:
        """The same request with these pieces and no others."""
        return replace(self, pieces=tuple(pieces), whole=())

    @property
    def tokens_by_part(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for piece in self.pieces:
            name = piece.part.value
            counts[name] = counts.get(name, 0) + piece.tokens
        return counts


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of answer text and the ids of the passages it rests on."""

    text: str
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool a model proposes. Its arguments are untrusted until validated."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's reply.

    Args:
        model: Which model spoke, for the ledger.
        degraded: A fallback spoke because the configured model could not.
        read_whole: It was given also what had no room by our estimate.
    """

    model: str
    stop: Stop
    spans: tuple[Span, ...] = ()
    data: dict[str, Any] | None = None
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    degraded: bool = False
    read_whole: bool = False

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)
