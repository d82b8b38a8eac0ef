"""What people sound like, as patterns that are tried only where they can match.

Each row of ``signals.toml`` names the words that it needs. A text whose words all begin
otherwise costs one look-up of a row, instead of a search.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from adapters.llm.words import folded, words

BEGINNING = 4  # letters of a word by which a row is found

_WORD = re.compile(r"[^\W_]+")  # what follows an apostrophe counts as a word here


class Sound:
    """Patterns, each filed under the beginnings of the words that it needs."""

    def __init__(self, rows: Iterable[tuple[str, re.Pattern[str]]]) -> None:
        self._filed: dict[str, list[re.Pattern[str]]] = {}
        for needs, pattern in rows:
            for beginning in dict.fromkeys(word[:BEGINNING] for word in needs.split()):
                self._filed.setdefault(beginning, []).append(pattern)
        self._needed = frozenset(self._filed)

    def heard(self, text: str) -> bool:
        """Whether any of the patterns matches the text."""
        return next(self._matches(text), None) is not None

    def first(self, text: str) -> re.Match[str] | None:
        """The match that begins first."""
        return min(self._matches(text), key=re.Match.start, default=None)

    def _matches(self, text: str) -> Iterator[re.Match[str]]:
        present = self._needed & _beginnings(text)
        if not present:
            return
        plain = folded(text)
        for pattern in dict.fromkeys(each for word in present for each in self._filed[word]):
            if found := pattern.search(plain):
                yield found


@cache
def risk_sounds() -> tuple[tuple[str, Sound], ...]:
    """The name of each policy risk and what it sounds like."""
    return tuple((name, _sound(rows)) for name, rows in table()["risks"].items())


@cache
def sound(name: str) -> Sound:
    """What a signal such as ``complaint`` sounds like."""
    return _sound(table()["signals"][name])


@cache
def rule_question() -> re.Pattern[str]:
    """What stands before a person who is asked about, not for."""
    return re.compile("|".join(table()["rule_question"]))


@cache
def rules_asked() -> re.Pattern[str]:
    """What a question about the rules begins with."""
    return re.compile("|".join(table()["rules_asked"]))


@cache
def table() -> dict[str, Any]:
    """The rows as they stand in the file."""
    source = files("adapters.llm").joinpath("signals.toml").read_text(encoding="utf-8")
    return tomllib.loads(source)


def patterned(row: str) -> re.Pattern[str]:
    """A row's pattern, with its parts filled in."""
    for name, part in table()["parts"].items():
        row = row.replace(f"<{name}>", part)
    return re.compile(row)


def _sound(rows: Sequence[tuple[str, str]]) -> Sound:
    return Sound((needs, patterned(row)) for needs, row in rows)


@lru_cache(maxsize=256)  # every sound is listened for in the same text
def _beginnings(text: str) -> frozenset[str]:
    plain = folded(text)
    said = _WORD.findall(plain) if "'" in plain else words(text)
    return frozenset(word[:BEGINNING] for word in said)
