"""Turn text into the words that search counts.

"Wi-Fi" is read as "wi", "fi" and "wifi", so that every spelling finds it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.knowledge.porter import stem
from core.common_words import STOP

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # noqa: RUF001 - the apostrophe people type
PART = re.compile(r"[^\W_]+")
APOSTROPHE = re.compile(r"['’](?:s|m|d|ll|re|ve)?(?![^\W_])|['’]")  # noqa: RUF001 - as above


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
