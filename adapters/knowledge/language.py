"""Tell the language of a text by its script and its commonest words; no model, no table."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator

from adapters.knowledge.blocks import Block

ENGLISH = "en"  # what is taken for granted when nothing tells
LOOK_AT = 6_000  # characters, plenty to tell by
FEWEST = 3  # common words to be sure by
WORD = re.compile(r"[^\W\d_]+")
COMMON = {
    "en": "the and of to is are you your with for this that from not be by or an it as was will",
    "de": "der die das und ist nicht ein eine sie mit auf für den dem zu von werden wird auch ihre",
    "fr": "le la les des et est une pour dans vous pas sur avec du que qui votre au sont nous",
    "es": "el los las del una que con para por su más como está se al son usted desde ser este",
    "pt": "os das uma que com para por não mais como está ao são você pela pelo dos em seu sua",
    "it": "il gli della che di per con una non sono più nel alla dei delle come suo questo è da",
    "nl": "het een van en niet met voor zijn op te dat wordt door naar bij uw je deze ook aan",
    "pl": "się nie jest na do że oraz przez dla jak może być są po od lub aby tego przy które",
    "sv": "och att det som är för inte med den till av har kan ett du om vid från eller ska",
    "da": "og at det som er for ikke med til af har kan et du om ved fra skal blive efter også når",
    "nb": "og at det som er for ikke med til av har kan et du om ved fra skal bli etter også når",
    "fi": "ja on ei se että ovat tai myös kun voi sekä jos mutta olla kuin joka tämä sen",
    "cs": "se na je že do pro nebo jako by ale podle jsou není při může který která být také",
    "tr": "ve bir bu için ile olarak daha olan gibi çok var değil veya kadar sonra her en",
}
VOTES = {
    word: tuple(code for code, words in COMMON.items() if word in words.split())
    for words in COMMON.values()
    for word in words.split()
}
SCRIPTS = {
    "CYRILLIC": "ru",
    "GREEK": "el",
    "HEBREW": "he",
    "ARABIC": "ar",
    "THAI": "th",
    "HANGUL": "ko",
    "DEVANAGARI": "hi",
}
KANA = ("HIRAGANA", "KATAKANA")
UKRAINIAN = re.compile(r"[іїєґ]")


def language_of(blocks: Iterable[Block]) -> str:
    """A language code such as ``de``; empty when there is too little to tell by."""
    text = " ".join(_beginning(blocks)).casefold()
    by_script = _by_script(text)
    if by_script:
        return by_script
    votes: Counter[str] = Counter()
    for word in WORD.findall(text):
        for code in VOTES.get(word, ()):
            votes[code] += 1
    best, count = max(votes.items(), key=lambda vote: vote[1], default=("", 0))
    return best if count >= FEWEST else ""


def _beginning(blocks: Iterable[Block]) -> Iterator[str]:
    left = LOOK_AT
    for block in blocks:
        if block.code:
            continue
        yield block.text[:left]
        left -= len(block.text)
        if left <= 0:
            return


def _by_script(text: str) -> str:
    """The language whose script most letters are of; empty for Latin ones."""
    letters: Counter[str] = Counter(
        unicodedata.name(letter, "").partition(" ")[0] for letter in text[:600] if letter.isalpha()
    )
    if not letters:
        return ""
    script = letters.most_common(1)[0][0]
    if any(letters[each] for each in KANA) and (script in KANA or script == "CJK"):
        return "ja"
    if script == "CJK":
        return "zh"
    if script == "CYRILLIC" and UKRAINIAN.search(text):
        return "uk"
    return SCRIPTS.get(script, "")
