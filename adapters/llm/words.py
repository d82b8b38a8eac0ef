"""Read a text as words: folded, cut to a bound, stemmed, with everyday synonyms made one.

Everything here is bounded: ``folded`` cuts before it normalises, because the
normal form of a long run of combining marks costs the square of its length.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise

from adapters.llm.lexicon import phrases, stop_words, synonyms

READ_MOST = 2_000  # characters of a message that the offline model reads

_WORD = re.compile(r"[^\W_]+")
_VOWEL = re.compile(r"[aeiouy]")
_MARKS = frozenset({"Mn", "Me", "Cf", "Cc", "Co", "Cs"})  # Unicode categories nobody sees
_TYPED = str.maketrans({"\u2019": "'", "\u2018": "'"})
_ENDINGS = ("ation", "ition", "ment", "ness", "able", "ible", "ally", "al", "ly", "er", "or")


@lru_cache(maxsize=256)  # one message is read by many rules
def folded(text: str, most: int = READ_MOST) -> str:
    """The text's first ``most`` characters in lower case, without accents and invisible marks."""
    if text.isascii() and text.replace("\n", " ").replace("\t", " ").isprintable():
        return " ".join(text[:most].lower().split())
    plain = unicodedata.normalize("NFKD", text[:most]).casefold()[: 2 * most]
    kept = (" " if each.isspace() else each for each in plain if _visible(each))
    return " ".join("".join(kept).translate(_TYPED).split())


def _visible(each: str) -> bool:
    return each.isspace() or unicodedata.category(each) not in _MARKS


@lru_cache(maxsize=256)
def words(text: str, most: int = READ_MOST) -> tuple[str, ...]:
    """The words of a text, folded, in order."""
    return tuple(_WORD.findall(folded(text, most).replace("'", "")))


@lru_cache(maxsize=1_024)  # of messages, and of the sentences of passages that come again
def terms(text: str, most: int = READ_MOST) -> tuple[str, ...]:
    """The stems of the words that carry meaning, in order, synonyms made one."""
    same, stop = synonyms(), stop_words()
    said: Sequence[str] = words(text, most)
    if not _phrase_pairs().isdisjoint(pairwise(said)):
        known = phrases()
        said = _phrase().sub(lambda found: known[found.group()], " ".join(said)).split()
    return tuple(stem(same.get(word, word)) for word in said if word not in stop)


@cache
def _phrase() -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(phrases()) + r")\b")


@cache
def _phrase_pairs() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in phrases())


@lru_cache(maxsize=8_192)
def stem(word: str) -> str:
    """A word without its inflection: careful with short words, numbers and names."""
    if len(word) < 4 or not word.isalpha():
        return word
    word = _without_plural(word)
    word = synonyms().get(word, word)
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) >= 3 and _VOWEL.search(base):
            word = base
            break
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= 4:
            word = base
            break
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    word = word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word
    word = word.removesuffix("e") if len(word) > 3 else word
    return synonyms().get(word, word)


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
