"""How a person sounds: asking for a human, in a situation of policy risk, or fed up.

A question about a rule ("where is the harassment policy?") is no risk: every
pattern of a risk needs somebody it happens to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from adapters.llm.lexicon import clues
from adapters.llm.sounds import risk_sounds, rule_question, rules_asked, sound
from adapters.llm.words import READ_MOST, folded, terms, words

ALMOST_THE_SAME = 0.8  # share of common words from which a question is a repetition
LOUD_WORDS = 3
DISTRESS = 0.2  # below it, what sounds like a complaint is about something else

_FULL_STOP = re.compile(r"[.!]")
_WORD = re.compile(r"[a-z]+")
_PILED_UP = re.compile(r"[!?]{3}")
_CAPITALS = re.compile(r"[^\W\d_a-z]{4}")
_LONG = re.compile(r"\b[^\W\d_]{4,40}\b")


def wants_person(message: str) -> bool:
    """Whether the person asks for a human, and not when one must be asked."""
    found = sound("wants_person").first(message)
    return found is not None and not rule_question().search(found.string[: found.start() + 1])


@lru_cache(maxsize=256)  # routing asks more than once
def risks(message: str) -> tuple[str, ...]:
    """Names of the policy risks in a message about somebody's own situation, often none."""
    return tuple(name for name, each in risk_sounds() if each.heard(message))


@lru_cache(maxsize=256)
def complains(message: str) -> bool:
    """Whether the person says in words that they are not being helped."""
    return sound("complaint").heard(message) and not matter_of_fact(message)


def no_better(message: str) -> bool:
    """Whether what was tried has not helped; a complaint once there was an answer."""
    return sound("no_better").heard(message) and not matter_of_fact(message)


def asks(message: str) -> bool:
    """Whether it is a question by its first word, or by the words and the mark of a sentence."""
    wondering = clues()["wondering"]
    if not wondering.isdisjoint(words(message)[:1]):
        return True
    *before_marks, _ = folded(message).split("?")
    sentences = (_FULL_STOP.split(each)[-1] for each in before_marks)
    return any(not wondering.isdisjoint(_WORD.findall(each)) for each in sentences)


def matter_of_fact(message: str) -> bool:
    """Whether it is a question about the rules: its grim words are a subject, not a mood."""
    return rules_asked().match(folded(message)) is not None


@lru_cache(maxsize=256)
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


def frustrated(message: str, earlier: Sequence[str], distress: float) -> bool:
    """Whether anything in the message or its repetition says that patience is running out.

    Args:
        earlier: The person's earlier messages in this thread.
        distress: How likely it is by all its words that a person is needed, 0 to 1.
    """
    return (
        (distress >= DISTRESS and complains(message))
        or bool(earlier and no_better(message))
        or shouts(message)
        or _PILED_UP.search(message, 0, READ_MOST) is not None
        or repeats(message, earlier)
    )
