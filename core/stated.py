"""Read "remember that I use a Mac": what somebody asks to have kept about themselves.

Only what is about the writer counts, one sentence of it, and it is turned to them
("You use a Mac") so that they confirm the words that will be kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core import text
from core.account import KEY_MOST, VALUE_MOST, YOU, sentence, spelled

NAME = "remember"  # of the tool that keeps it
LONGEST = 280  # characters of a message that only asks to be remembered

_ASKED = re.compile(
    r"(?:hi|hello|hey|ok|okay)?[,!. ]{0,3}(?:please |pls |kindly |(?:can|could|will|would) you"
    r" (?:please )?)?(?:remember|keep in mind|bear in mind|don['\u2019]?t forget|do not forget"
    r"|make a note|note down)(?: for (?:me|later|next time))?(?: please)?,? ?(?:that|:)? "
    r"(?=(?:i|i['\u2019](?:m|ve|ll|d)|my)\b)(?P<said>[^\n]+)",
    re.IGNORECASE,
)
_NO_FACT = re.compile(
    r"(?:i|i['\u2019]ve|i have) (?:just |already )?(?:told|said|asked|mentioned|need|want|would|can"
    r"|can['\u2019]t|cannot|could|was|had|did(?:n['\u2019]t)?|got|wrote|sent"
    r"|do(?:n['\u2019]t| not)(?! (?:use|have|own|work|sit|speak|read|drive|travel)))\b",
    re.IGNORECASE,
)
_TWO = re.compile(r"[.!?] ")  # sentences
_GRAVE = re.compile(  # not for the memory but for a person, as routing decides
    r"\b(?:harass|bull(?:y|ied)|assault|abus|threat|suicid|kill myself|hurt myself|discriminat)",
    re.IGNORECASE,
)
_MINE = re.compile(r"my (?P<key>[\w'\u2019 -]{2,50}?) (?:is|are|=) (?P<value>.+)", re.IGNORECASE)
_TURNED = {
    "i": "you", "i am": "you are", "i'm": "you are", "i've": "you have", "i'll": "you will",
    "i'd": "you would", "my": "your", "mine": "yours", "me": "you", "myself": "yourself",
}  # fmt: skip
_OWN = re.compile(
    r"(?<![\w'])(?:i(?: am|'(?:m|ve|ll|d))?|my|mine|me|myself)(?![\w'])", re.IGNORECASE
)
_ABOUT = tuple(  # of which there is one at a time; that it is so no more is about the same
    (re.compile(rf"you (?:do not |don't |no longer )?(?:{what})", re.IGNORECASE), key)
    for what, key in (
        ((r"(?:use|have|are on|work (?:on|with)) (?:\w+ ){0,3}?(?:mac\w*|imac|pc|windows|linux"
          r"|ubuntu|chromebook|laptop|thinkpad)\b"), "computer"),
        (r"(?:use|have) (?:\w+ ){0,3}?(?:iphone|android|pixel|phone)\b", "phone"),
        (r"(?:work (?:from|in|at|out of)|are based (?:in|at))\b", "place of work"),
        (r"sit\b", "desk"),
        (r"report to\b", "manager"),
        (r"(?:speak|prefer (?:to speak|answers in)|read)\b", "language"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stated:
    """What somebody says of themselves: what it is about, and the words to be kept."""

    key: str
    value: str

    @property
    def sentence(self) -> str:
        """The words as the person confirms them."""
        return sentence(self.key, self.value)


def stated(message: str) -> Stated | None:
    """What a message asks to have kept about its writer, when that is all it does."""
    if len(message) > LONGEST:
        return None
    found = _ASKED.fullmatch(message.strip())
    return turned(found["said"]) if found else None


def turned(words: str) -> Stated | None:
    """One sentence of somebody about themselves, turned to them; None when it is no fact."""
    said = text.one_line(words, LONGEST).rstrip(".! ").replace("\u2019", "'")
    if said.endswith("?") or _TWO.search(said) or _NO_FACT.match(said) or _GRAVE.search(said):
        return None
    mine = _MINE.fullmatch(said)
    kept = Stated(spelled(mine["key"]), mine["value"].strip()) if mine else _sentence(said)
    return kept if kept and len(kept.value) <= VALUE_MOST else None


def _sentence(said: str) -> Stated | None:
    value = _OWN.sub(lambda word: _TURNED[word[0].casefold()], said)
    value = YOU + value.removeprefix("you ")
    if len(value.split()) < len(("who", "does", "what")):
        return None
    about = next((key for pattern, key in _ABOUT if pattern.match(value)), value)
    return Stated(spelled(about[:KEY_MOST]), value)
