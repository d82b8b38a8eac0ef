"""Notice that a conversation gets nowhere, from what was said in it and without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.common_words import STOP
from core.messages import InboundMessage
from core.session import Exchange, ExchangeKind, Session
from core.steps.brief import since_handed_over

STUCK_AFTER = 2  # times the same was asked before
LOOK_BACK = 6  # exchanges
SAME, RELATED = 0.6, 0.3  # shares of words that two messages have in common

WORDS_APART = 4  # of two messages about the same, at most

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+")


def stuck(message: InboundMessage, session: Session) -> bool:
    """Whether its author asks the same for the third time, or is told the same again and again.

    What they asked before a person was asked to help is that person's matter.
    """
    mine = since_handed_over(
        [
            each
            for each in session.exchanges
            if each.author == message.author.key and each.kind is not ExchangeKind.ACTION
        ]
    )
    if len(mine) < STUCK_AFTER:
        return False
    now = _subject(message.text)
    asked_before = [_likeness(now, _subject(each.asked)) for each in mine[-LOOK_BACK:]]
    if sum(each >= SAME for each in asked_before) >= STUCK_AFTER:
        return True
    return asked_before[-1] >= RELATED and _told_the_same(mine)


def _subject(words: str) -> frozenset[str]:
    """The words that say what it is about, or all when none does."""
    said = frozenset(_WORD.findall(words.casefold()))
    return said - STOP or said


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of their words that two subjects have in common.

    With another number in it, or several other words, it is another subject.
    """
    apart = one ^ other
    if len(apart) > WORDS_APART or any(_DIGIT.search(each) for each in apart):
        return 0.0
    return len(one & other) / (len(one | other) or 1)


def _told_the_same(mine: Sequence[Exchange]) -> bool:
    last, before = mine[-1], mine[-2]
    return last.kind is ExchangeKind.ANSWER and last.answered == before.answered
