"""What an answer says that nothing it rests on says: numbers, names and addresses.

Words may be chosen freely, these may not. The checks read what is written and need no
model; a name can only be told from other words where few words have capitals, in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.common_words import STOP

NUMBER = re.compile(r"\d[\d.,:]*\d|\d")
WORD = re.compile(r"[^\W_]+")
MARKS = re.compile(r"[*_`]+")
# A capital within a sentence, not after a colon, a bracket or the sign of a list.
NAME = re.compile(r"(?<=[a-z0-9,;] )[A-Z][a-z]+(?:[A-Z][a-z]+)*(?![^\W_])")
ADDRESS = re.compile(
    r"(?<![\w.+/-])[\w.+-]{1,80}@[\w-]{1,60}(?:\.[\w-]{1,60})+|(?<![\w&</#])#[a-z][\w-]{1,79}"
)
ENGLISH = 0.2  # of the words hold a sentence together
ITSELF = frozenset({"frontdesk", "slack", "teams", "microsoft"})  # where the answer is read


def invented(answer: str, grounds: Iterable[str]) -> str:
    """The kind of thing that stands in an answer and in none of its grounds; empty if nothing."""
    known = "\n".join(grounds)
    if _numbers(answer) - _numbers(known):
        return "number"
    bare = MARKS.sub("", answer)
    addresses = {each.rstrip(".").casefold() for each in ADDRESS.findall(bare)}
    if addresses and any(each not in known.casefold() for each in addresses):
        return "address"
    names = {each.casefold() for each in NAME.findall(bare)} - ITSELF
    if names and _is_english(bare):
        words = frozenset(_forms(known))
        if not names <= words:
            return "name"
    return ""


def _numbers(text: str) -> set[str]:
    return {re.sub(r"[.,:]", "", number) for number in NUMBER.findall(text)}


def _forms(text: str) -> Iterator[str]:
    """Every word, and as it is without and with an "s" at its end."""
    for word in set(WORD.findall(text.casefold())):
        yield from (word, word.removesuffix("s"), word + "s")


def _is_english(text: str) -> bool:
    words = WORD.findall(text.casefold())
    return sum(word in STOP for word in words) >= ENGLISH * len(words)
