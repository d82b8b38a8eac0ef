"""A model that is not told secrets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from adapters.redact.masks import for_model
from core.drafts import Completion, Prompt
from core.ports import Model
from core.session import Exchange
from core.window import Part, Piece

FROM_PEOPLE = frozenset(
    {Part.SUMMARY, Part.DETAILS, Part.EXCHANGE, Part.RECALLED, Part.CORRECTION, Part.TOOL_RESULT,
     Part.QUESTION}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiscreetModel:
    """Passes on what people wrote without the secrets, passwords and card numbers in it."""

    inner: Model

    async def complete(self, prompt: Prompt) -> Completion:
        pieces = tuple(
            _discreet(piece) if piece.part in FROM_PEOPLE else piece for piece in prompt.pieces
        )
        return await self.inner.complete(replace(prompt, pieces=pieces))


def _discreet(piece: Piece) -> Piece:
    words = for_model(piece.text)
    if words == piece.text:
        return piece
    return replace(piece, text=words, exchange=piece.exchange and _without(piece.exchange))


def _without(exchange: Exchange) -> Exchange:
    return replace(exchange, asked=for_model(exchange.asked), answered=for_model(exchange.answered))
