"""The number of tokens that prompts are fitted by: rather too many than too few."""

from __future__ import annotations

from core import tokens


def estimate_tokens(text: str, model: str | None = None) -> int:
    return tokens.at_most(text, model or "")
