"""What the local router sees of a message: words, letter sequences and clues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise

from adapters.llm.lexicon import clues
from adapters.llm.signals import complains, shouts
from adapters.llm.words import folded, stem, words

WORDS_READ = 60
LETTERS = 4  # length of the letter sequences that carry over to unseen words

LISTS = ("working", "leisure", "opening")  # of words that are counted
_LEADING = (
    ("can", "you"),
    ("could", "you"),
    ("would", "you"),
    ("will", "you"),
    ("id", "like", "to"),
    ("i", "would", "like", "to"),
    ("i", "want", "to"),
    ("i", "need", "to"),
    ("i", "have", "to"),
    ("help", "me"),
    ("please",),
    ("pls",),
    ("kindly",),
    ("hi",),
    ("hello",),
    ("hey",),
)


def features(text: str) -> list[str]:
    """The features of a message, each once, always in the same order."""
    said = words(text)[:WORDS_READ]
    found = dict.fromkeys(_pairs(said))
    found.update(dict.fromkeys(_clues(text, said)))
    for word in said:
        found.update(_letters(word))
    return list(found)


def _pairs(said: Sequence[str]) -> Iterator[str]:
    before = "^"
    for word in said:
        yield f"word {word}"
        yield f"pair {before} {word}"
        before = word
    yield f"pair {before} $"
    yield from (f"opens {' '.join(said[:length])}" for length in (1, 2, 3))


@lru_cache(maxsize=4_096)
def _letters(word: str) -> dict[str, None]:
    framed = f" {word[:40]} "
    return dict.fromkeys(framed[at : at + LETTERS] for at in range(len(framed) - LETTERS + 1))


def _clues(text: str, said: Sequence[str]) -> Iterator[str]:
    known = clues()
    rest = without_leading(said)
    asks = bool(said) and said[0] in known["wondering"]
    mine = not known["mine"].isdisjoint(said)
    yield f"length {min(4, len(said) // 3)}"
    yield f"asks {asks} mine {mine}"
    if len(rest) < len(said):
        yield "polite"
    if rest and rest[0] in known["doing"]:
        yield "starts by doing"
    if _about_own_state(said):
        yield "own state"
    hits = Counter(name for word in said for name in _lists(word))
    for name in LISTS:
        yield f"{name} {min(2, hits[name])}"
        yield f"{name} {min(1, hits[name])} asks {asks} mine {mine}"
    plain = folded(text)
    yield from (f"mark {mark}" for mark in "?!" if mark in plain)
    if complains(text):
        yield "complains"
    if shouts(text):
        yield "shouts"


@lru_cache(maxsize=4_096)
def _lists(word: str) -> tuple[str, ...]:
    """The lists of words that a word is of, whatever its inflection."""
    return tuple(name for name in LISTS if stem(word) in _stems(name))


@cache
def _stems(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in clues()[name])


def _about_own_state(said: Sequence[str]) -> bool:
    """Whether it asks what is: "who is my", "did my", "have I", rather than what to do."""
    if _own_pairs().isdisjoint(pairwise(said)):
        return False
    return said[0] != "how" or said[1] in ("many", "much", "long")


@cache
def _own_pairs() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split("_")) for each in clues()["own_pairs"])


def without_leading(said: Sequence[str]) -> Sequence[str]:
    """The words after a polite opening such as "could you please"."""
    start = 0
    while start < len(said):
        openings = _leading().get(said[start], ())
        opening = next((each for each in openings if said[start : start + len(each)] == each), ())
        if not opening:
            break
        start += len(opening)
    return said[start:]


@cache
def _leading() -> dict[str, list[tuple[str, ...]]]:
    """Polite openings by their first word."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for each in _LEADING:
        found.setdefault(each[0], []).append(each)
    return found
