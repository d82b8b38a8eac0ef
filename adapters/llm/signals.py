"""How a person sounds: asking for a human, in a situation of policy risk, or fed up.

A question about a rule ("where is the harassment policy?") is no risk: every
pattern of a risk needs somebody it happens to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from adapters.llm.sounds import risk_sounds, rule_question, sound
from adapters.llm.words import READ_MOST, terms

ALMOST_THE_SAME = 0.8  # share of common words from which a question is a repetition
LOUD_WORDS = 3

_PILED_UP = re.compile(r"[!?]{3}")
_CAPITALS = re.compile(r"[^\W\d_a-z]{4}")
_LONG = re.compile(r"\b[^\W\d_]{4,40}\b")


def wants_person(message: str) -> bool:
    """Whether the person asks for a human, and not when one must be asked."""
    found = sound("wants_person").first(message)
    return found is not None and not rule_question().search(found.string[: found.start() + 1])


def risks(message: str) -> tuple[str, ...]:
    """Names of the policy risks in a message about somebody's own situation, often none."""
    return tuple(name for name, each in risk_sounds() if each.heard(message))


def complains(message: str) -> bool:
    """Whether the person says in words that they are not being helped."""
    return sound("complaint").heard(message)


@lru_cache(maxsize=256)  # routing asks more than once
def shouts(message: str) -> bool:
    """Whether most long words are in capitals; abbreviations are too short to count."""
    if not _CAPITALS.search(message, 0, READ_MOST):
        return False
    long_words = _LONG.findall(message, 0, READ_MOST)
    loud = sum(map(str.isupper, long_words))
    return LOUD_WORDS <= loud > 0.7 * len(long_words)


def repeats(message: str, earlier: Sequence[str]) -> bool:
    """Whether the message asks an earlier question again almost word for word."""
    now = set(terms(message))
    if len(now) < 2:
        return False
    return any(
        len(now & before) >= ALMOST_THE_SAME * len(now | before)
        for before in (set(terms(text)) for text in earlier)
    )


def frustrated(message: str, earlier: Sequence[str]) -> bool:
    """Whether anything in the message or its repetition says that patience is running out."""
    return (
        complains(message)
        or shouts(message)
        or _PILED_UP.search(message[:READ_MOST]) is not None
        or repeats(message, earlier)
    )
