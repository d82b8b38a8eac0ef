"""The estimate of tokens that prompts are fitted by."""

from __future__ import annotations

from core.window import estimate


def estimate_tokens(text: str, model: str | None = None) -> int:
    return estimate(text)
