"""The language data of the offline model, read once from ``lexicon.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def _table() -> dict[str, Any]:
    source = files("adapters.llm").joinpath("lexicon.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def stop_words() -> frozenset[str]:
    """Words that carry no meaning of their own in a question."""
    return frozenset(_table()["stop"].split())


@cache
def weak_words() -> frozenset[str]:
    """Words such as "policy" that frame a question more than they say what it is about."""
    return general_words().union(_table()["weak"].split())


@cache
def general_words() -> frozenset[str]:
    """The weak words that fit nearly every question: "stay", "people", "work"."""
    return frozenset(_table()["general"].split())


@cache
def abbreviations() -> frozenset[str]:
    """Words whose full stop does not end a sentence, without that stop."""
    return frozenset(_table()["abbreviations"].split())


@cache
def synonyms() -> dict[str, str]:
    """Every word of a group of synonyms, with the word that stands for the group."""
    groups = [row.split() for row in _table()["same"]]
    return {word: group[0] for group in groups for word in group}


@cache
def same_words() -> dict[str, tuple[str, ...]]:
    """Every word of a group of synonyms, with the others of its groups."""
    found: dict[str, tuple[str, ...]] = {}
    for group in (row.split() for row in _table()["same"]):
        for word in group:
            others = tuple(each for each in group if each != word)
            found[word] = (*found.get(word, ()), *others)
    return found


@cache
def phrases() -> dict[str, str]:
    """Expressions of two words and the one word each is read as."""
    return dict(_table()["phrases"])


@cache
def clues() -> dict[str, frozenset[str]]:
    """Lists of words that say what kind of message this is."""
    return {name: frozenset(listed.split()) for name, listed in _table()["clues"].items()}


@cache
def kinds_of_answer() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """What a question asks for, an amount or a place, and how a sentence looks that gives it."""
    rows = _table()["kinds"]
    return tuple((re.compile(row["asks"]), re.compile(row["gives"])) for row in rows)
