"""Sentences that say the same of different places, quoted together when none was chosen.

"In Portugal … . In the UK … ." is one answer to someone who has not said where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.llm.sentences import Unit
from adapters.llm.words import words

MOST = 4  # sentences

_NAME = r"[A-Z][\w&-]+"
_PLACES = re.compile(rf"\b[Ii]n (?:the )?({_NAME}(?:(?:,| and| or) (?:the )?{_NAME})*)")
_WORD = re.compile(_NAME)


def alongside(unit: Unit, found: Sequence[Unit], text: str, asked: str) -> list[Unit]:
    """The sentences right before and after that say the same of other places.

    Args:
        found: All units of the passage, in order.
        asked: The question; when it names one of the places there is nothing to add.
    """
    named = {found.index(unit): _of(unit, text)}
    here = next(iter(named))
    for step in (-1, 1):
        at = here + step
        while 0 <= at < len(found) and len(named) < MOST:
            others = _of(found[at], text)
            known = frozenset().union(*named.values())
            if found[at].block != unit.block or not others or others & known:
                break
            named[at] = others
            at += step
    if not named[here] or frozenset().union(*named.values()) & frozenset(words(asked)):
        return []
    return [found[at] for at in sorted(named) if at != here]


def places(said: str) -> frozenset[str]:
    """The names after "in", folded."""
    return frozenset(words(" ".join(_WORD.findall(" ".join(_PLACES.findall(said))))))


def named(asked: str) -> frozenset[str]:
    """The names in a question, folded; its first word has a capital anyway."""
    return frozenset(words(" ".join(_WORD.findall(asked)[asked[:1].isupper() :])))


def _of(unit: Unit, text: str) -> frozenset[str]:
    return places(text[unit.start : unit.end])
