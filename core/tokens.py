"""How many tokens a text has, estimated from the kinds of characters in it.

A word is about one token however long it is, a digit or a sign costs more than a
letter, and scripts without spaces cost a token a character. The costs are round
numbers, fitted over several collections and checked on the one left out each time.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import ceil

WORD = 1.1  # of Latin letters
LETTER_ON_TOP = 0.15  # each letter of a word after its seventh
HUMP = 1.7  # a capital or underline inside of a word, as names in code have them
DIGIT = 0.7
SIGN = 0.65  # one sign, or several of the same in a row
LINE = 1.4  # its end, with the indentation of the next
FOREIGN = 0.5  # a letter or sign outside of ASCII
IDEOGRAM = 1.1  # Chinese, Japanese and Korean, and pictures
DENSE = 1.28  # what models since 2026 count for one token of those before
MARGIN = 1.15  # makes the estimate one that is hardly ever too low

EARLIER = re.compile(r"claude-(?:3|2|instant|(?:opus|sonnet|haiku)-4(?:-[0-6]\b|-2025|$))")
_WORD = re.compile(r"[A-Za-z]+")
_LONG = re.compile(r"[A-Za-z]{8,}")
_HUMP = re.compile(r"(?<=[a-z])[A-Z]|_")
_DIGIT = re.compile(r"[0-9]")
_SIGN = re.compile(r"([!-/:-@\[-^`{-~])\1*")
_LINE = re.compile(r"\n\s*")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_IDEOGRAM = re.compile(
    r"[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U0001f000-\U0003ffff]"
)


def expected(text: str, model: str = "") -> int:
    """The likeliest number of tokens of a text for a model; a current one when none is named."""
    return ceil(_plain(text) * _density(model))


def at_most(text: str, model: str = "") -> int:
    """A number of tokens that a text hardly ever exceeds."""
    return ceil(_plain(text) * _density(model) * MARGIN)


def _density(model: str) -> float:
    return 1.0 if EARLIER.match(model) else DENSE


@lru_cache(maxsize=256)  # instructions, passages and exchanges come again
def _plain(text: str) -> float:
    """The estimate for the models before 2026."""
    long_words = _LONG.findall(text)
    tokens = (
        WORD * len(_WORD.findall(text))
        + LETTER_ON_TOP * (sum(map(len, long_words)) - 7 * len(long_words))
        + HUMP * len(_HUMP.findall(text))
        + DIGIT * len(_DIGIT.findall(text))
        + SIGN * len(_SIGN.findall(text))
        + LINE * len(_LINE.findall(text))
    )
    if not text.isascii():
        tokens += FOREIGN * len(_FOREIGN.findall(text))
        tokens += (IDEOGRAM - FOREIGN) * len(_IDEOGRAM.findall(text))
    return tokens
