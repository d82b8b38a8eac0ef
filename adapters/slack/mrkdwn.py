"""Text for the fields that Slack reads as markup, and cutting that keeps letters whole."""

from __future__ import annotations

import unicodedata

ZERO_WIDTH_JOINER = "\u200d"
ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def escape(text: str) -> str:
    """The text so that no mention, link or channel in it is one for Slack."""
    return text.translate(ESCAPES)


def cut(text: str, most: int) -> str:
    """At most so many characters, an ellipsis where something is missing, no letter halved."""
    if len(text) <= most:
        return text
    at = most - 1
    while at > 0 and _joins(text, at):
        at -= 1
    return text[:at].rstrip() + "…"


def _joins(text: str, at: int) -> bool:
    """Whether the characters on both sides of a position make up one letter."""
    return (
        unicodedata.category(text[at]) in ("Mn", "Me", "Mc")
        or text[at] == ZERO_WIDTH_JOINER
        or text[at - 1] == ZERO_WIDTH_JOINER
        or unicodedata.category(text[at]) == "Sk"  # skin tones
    )
