"""The likeliest number of tokens of a text."""

from __future__ import annotations

from core import tokens


def estimate_tokens(text: str, model: str | None = None) -> int:
    return tokens.expected(text, model or "")
