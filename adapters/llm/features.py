"""What the local router sees of a message: words, letter sequences and clues."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, pairwise

from adapters.llm.lexicon import clues
from adapters.llm.signals import complains, no_better, shouts
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

Feature = str | tuple[str, str]  # a pair is of words that follow each other


def read(text: str) -> tuple[str, ...]:
    """The words the router reads of a message, in order."""
    return words(text)[:WORDS_READ]


def of_word(word: str) -> Iterator[Feature]:
    """The features of one word, wherever it stands."""
    yield f"word {word}"
    framed = f" {word[:40]} "
    sequences = (framed[at : at + LETTERS] for at in range(len(framed) - LETTERS + 1))
    yield from dict.fromkeys(sequences)


def of_message(text: str, said: Sequence[str]) -> list[Feature]:
    """The features of a message beyond its single words."""
    found: dict[Feature, None] = dict.fromkeys(pairwise(said))
    found.update(dict.fromkeys(f"opens {' '.join(said[:length])}" for length in (1, 2, 3)))
    found.update(dict.fromkeys(_clues(text, said)))
    return list(found)


def _clues(text: str, said: Sequence[str]) -> Iterator[str]:
    known = clues()
    rest = without_leading(said)
    asks = bool(said) and said[0] in known["wondering"]
    mine = not known["mine"].isdisjoint(said)
    yield f"length {min(4, len(said) // 3)}"
    kind = f"asks {asks} mine {mine}"
    yield kind
    yield f"oneself {not known['oneself'].isdisjoint(said)} asks {asks}"
    if len(rest) < len(said):
        yield "polite"
    if rest and rest[0] in known["doing"]:
        yield "starts by doing"
    if _about_own_state(said):
        yield "own state"
    hits = Counter(chain.from_iterable(map(_lists, said)))
    for name in LISTS:
        yield f"{name} {min(2, hits[name])}"
        yield f"{name} {min(1, hits[name])} {kind}"
    plain = folded(text)
    yield from (f"mark {mark}" for mark in "?!" if mark in plain)
    if complains(text):
        yield "complains"
    if no_better(text):
        yield "no better"
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
