"""Turn text into the words that search counts.

"Wi-Fi" is read as "wi", "fi" and "wifi", so that every spelling finds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.knowledge.porter import stem

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001 - the apostrophe people type
PART = re.compile(r"[^\W_]+")
APOSTROPHE = re.compile(r"['’](?:s|m|d|ll|re|ve)?(?![^\W_])|['’]")  # noqa: RUF001
STOP_WORDS = """
a about actually all also am an and any anybody anyone anything are aren as at be because been
being but by can cannot cant could couldn d did didn do does doesn doing don done dont for from
get gets getting go goes going got had happen happens has hasn have having he hello help her here
hers hey hi him his how i if im in into is isn it its itself just know let like ll look m me might
mine must my myself need needs no not now of off ok okay on or our ours out over please re really
s same shall she should shouldn so some somebody someone something such t tell than thank thanks
that the their theirs them then there these they thing things this those to too up us use used
using ve very want wanted wants was wasn way we were what whatever whats when where whether which
while who whom whose why will with without would wouldn yes you your yours
"""
STOP = frozenset(STOP_WORDS.split())


def spoken(text: str) -> str:
    """Lower case, without accents."""
    if not text.isascii():
        text = "".join(
            c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)
        )
    return text.lower()


def tokens(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each word as written, and the simple words it is made of."""
    for word in WORD.findall(spoken(text)):
        if word.isalnum():
            yield word, (word,)
        else:
            plain = APOSTROPHE.sub("", word)
            parts = tuple(PART.findall(plain))
            yield "".join(parts), parts


def counted(text: str) -> str:
    """The words of a text as search counts them: stems with spaces around each, no stop words."""
    stems = [""]
    for word, parts in tokens(text):
        stems += [stem(part) for part in parts if part not in STOP]
        if len(parts) > 1 and word not in STOP:
            stems.append(stem(word))
    return " ".join([*stems, ""])
