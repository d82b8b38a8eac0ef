"""Put a word in the place of personal data and secrets."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from adapters.redact.shapes import Kind, personal

CREDENTIALS = frozenset({Kind.SECRET, Kind.PASSWORD, Kind.CARD})  # of no use to any model

_CUT_NUMBER = re.compile(r"\d[\d -]{5,30}(?=…$)")  # whose checksum went with its end
_CARD_AHEAD = re.compile(r"\d(?:[ -]?\d){12}")
_MARKS = (
    "sk- sk_ rk_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat glpat akia asia aiza npm_ xox xapp- eyj"
    " key pass pw secret token wort senha @"
)
_CREDENTIAL_MARKS = (*_MARKS.split(), "contrase\u00f1a", "mot de")


def for_card(text: str) -> str:
    """The text as staff may read it beside a case: what can be asked again need not be copied."""
    return _CUT_NUMBER.sub("[number]", _masked(text, frozenset(Kind)))


@lru_cache(maxsize=512)  # instructions, passages and old exchanges come again in the next turn
def for_model(text: str) -> str:
    """The text without secrets, passwords and card numbers, before it leaves the house."""
    lowered = text.lower()
    if any(mark in lowered for mark in _CREDENTIAL_MARKS) or _CARD_AHEAD.search(text):
        return _masked(text, CREDENTIALS)
    return text


def _masked(text: str, kinds: AbstractSet[Kind]) -> str:
    parts, at = [], 0
    for found in sorted(personal(text, kinds), key=lambda each: each.start):
        parts += [text[at : found.start], f"[{found.kind}]"]
        at = found.end
    return "".join([*parts, text[at:]]) if parts else text
