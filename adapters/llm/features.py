"""What the local router sees of a message: words, letter sequences and clues."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from adapters.llm.lexicon import clues
from adapters.llm.signals import complains, shouts
from adapters.llm.words import folded, stem, words

WORDS_READ = 60
LETTERS = 4  # length of the letter sequences that carry over to unseen words

LONGEST_LEADING = 4  # words
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
    found = [*_words(said), *_clues(text, said), *_letters(said)]
    return list(dict.fromkeys(found))


def _words(said: list[str]) -> Iterator[str]:
    before = "^"
    for word in said:
        yield f"word {word}"
        yield f"pair {before} {word}"
        before = word
    yield f"pair {before} $"
    yield from (f"opens {' '.join(said[:length])}" for length in (1, 2, 3))


def _letters(said: list[str]) -> Iterator[str]:
    for word in said:
        framed = f" {word[:40]} "
        yield from (framed[at : at + LETTERS] for at in range(len(framed) - LETTERS + 1))


def _clues(text: str, said: list[str]) -> Iterator[str]:
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
    for name in ("working", "leisure", "opening"):
        hits = sum(stem(word) in _stems(name) for word in said)
        yield f"{name} {min(2, hits)}"
        yield f"{name} {min(1, hits)} asks {asks} mine {mine}"
    plain = folded(text)
    yield from (f"mark {mark}" for mark in "?!" if mark in plain)
    if complains(text):
        yield "complains"
    if shouts(text):
        yield "shouts"


@cache
def _stems(name: str) -> frozenset[str]:
    return frozenset(stem(word) for word in clues()[name])


def _about_own_state(said: list[str]) -> bool:
    """Whether it asks what is: "who is my", "did my", "have I", rather than what to do."""
    known = clues()
    pairs = {f"{first} {second}" for first, second in pairwise(said)}
    if not known["own_pairs"].isdisjoint(each.replace(" ", "_") for each in pairs):
        return "how" not in said[:1] or said[1:2] in (["many"], ["much"], ["long"])
    return False


def without_leading(said: list[str]) -> list[str]:
    """The words after a polite opening such as "could you please"."""
    start = 0
    while True:
        opening = next(
            (each for each in _LEADING if tuple(said[start : start + len(each)]) == each), ()
        )
        if not opening:
            return said[start:]
        start += len(opening)
