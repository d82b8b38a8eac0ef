"""What an answer says that nothing it rests on says: numbers, names, addresses and links.

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
SCHEME = r"(?i:[a-z][a-z0-9+.-]{0,20}://|(?:javascript|data|vbscript|msteams|slack|tel):)"
HOST = r"(?:[^\W_][\w-]{0,62}\.){1,8}(?:[a-z]{2,24}|[A-Z]{2,24})(?![\w@-]|\.\w)(?::\d{1,5})?"
REST = r"[^\s<>()\[\]\"'|*`]"
LINK = re.compile(rf"(?<![\w.-]){SCHEME}{REST}+|(?<![\w.@-]){HOST}(?:[/?#]{REST}*)?")
WEB = re.compile(r"https?://(?:www\.)?|www\.", re.IGNORECASE)
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
    if any(not _leads(each, known) for each in LINK.findall(bare)):
        return "link"
    names = {each.casefold() for each in NAME.findall(bare)} - ITSELF
    if names and _is_english(bare):
        words = frozenset(_forms(known))
        if not names <= words:
            return "name"
    return ""


def _leads(link: str, known: str) -> bool:
    """Whether the place a link leads to is written somewhere; of a page its site is, too."""
    place = WEB.sub("", link, count=1).rstrip(".,:;!?/").casefold()
    further = r"[\w@-]|\.\w" if "/" not in place else r"[\w/?#&=%+~@-]|\.\w"
    found = re.compile(rf"(?<![\w.-]){re.escape(place)}/?(?!{further})")
    return found.search(WEB.sub("", known.casefold())) is not None


def _numbers(text: str) -> set[str]:
    return {re.sub(r"[.,:]", "", number) for number in NUMBER.findall(text)}


def _forms(text: str) -> Iterator[str]:
    """Every word, and as it is without and with an "s" at its end."""
    for word in set(WORD.findall(text.casefold())):
        yield from (word, word.removesuffix("s"), word + "s")


def _is_english(text: str) -> bool:
    words = WORD.findall(text.casefold())
    return sum(word in STOP for word in words) >= ENGLISH * len(words)
