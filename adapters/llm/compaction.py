"""Make a prompt shorter when a model says it is too long, although we counted."""

from __future__ import annotations

from core.drafts import Prompt

SHARE = 3  # one part in so many goes


def compact(prompt: Prompt) -> Prompt | None:
    """The prompt without its oldest optional pieces, a third of its tokens; None when it has none.

    When the optional pieces are less than a third, they all go.
    """
    excess = sum(piece.tokens for piece in prompt.pieces) / SHARE
    kept = []
    for piece in prompt.pieces:
        if excess > 0 and not piece.required:
            excess -= piece.tokens
        else:
            kept.append(piece)
    return None if len(kept) == len(prompt.pieces) else prompt.holding(kept)
