"""What somebody says about themselves in passing: "I'm on a Mac, how do I …".

Nothing of it is kept unless its person says so when asked. A model that reads the message
may point at such words; whether they may be offered is decided here, by what they are.
"""

from __future__ import annotations

import re

from core import discretion
from core.stated import Stated, turned

LONGEST = 120  # characters of what is offered
LEFT_LEAST = 3  # words of a message besides
READ = 1_000  # characters of a message, for what is plain without a model

_OWN = re.compile(r"(?:I|I['\u2019]m|I['\u2019]ve|my)\b", re.IGNORECASE)
_PASSES = re.compile(
    r"\b(?:now|today|tonight|tomorrow|yesterday|this (?:time|week|month|year|morning|afternoon)"
    r"|currently|at the moment|temporar\w*|until|while|borrow\w*|loan\w*|if|when|maybe|might"
    r"|think|guess|hope|try(?:ing)?|not|never|no|\w+n['\u2019]t)\b",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"\b(?:he|him|his|she|hers?|they|them|theirs?|we|us|ours?|you|yours?|wife|husband|spouse|partner"
    r"|girlfriend|boyfriend|colleagues?|co-?workers?|boss|manager|lead|team|friends?|mother|mum|mom"
    r"|father|dad|parents?|sons?|daughters?|kids?|child(?:ren)?|baby|brother|sister|family)\b"
    r"|\w['\u2019]s\b|@",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"(?<=\?)\s+|[.!;,()\n]+\s*|\s+[-\u2013\u2014]\s+|\s+(?:and|but|so|because)\s+"
)
_DEVICE = (
    r"(?:mac(?:book)?(?: (?:air|pro|mini))?|imac|windows(?: (?:pc|laptop|1[01]))?|linux|ubuntu"
    r"|chromebook|thinkpad|iphone|android(?: phone)?|pixel)"
)
_PLAIN = re.compile(
    rf"(?i:I(?:['\u2019]m| am) on|I (?:use|have|work (?:on|with))) (?i:(?:an? |my )?"
    rf"(?:work |company |new )?{_DEVICE})"
    r"|I(?:['\u2019]m| am) based (?:in|at) (?:the )?[A-Z][\w-]+(?: [A-Z][\w-]+)?(?: office)?"
    r"|I work (?:from|in|at|out of) the [A-Z][\w-]+(?: [A-Z][\w-]+)? office"
    r"|(?i:I prefer answers in) [A-Z][a-z]+"
)


def mentioned(words: str, message: str) -> Stated | None:
    """What may be offered to be kept of what a model points at in a message; mostly None.

    It must stand there word for word, be the writer's own and of one sentence, and last.
    """
    said = " ".join(words.split()).rstrip(".! ")
    if not said or len(said) > LONGEST or said not in " ".join(message.split()):
        return None
    if not _OWN.match(said) or _PASSES.search(said) or _OTHERS.search(said):
        return None
    return None if discretion.matter(said) else turned(said)


def in_passing(message: str) -> str:
    """The words of a message that plainly say what its writer works with, or where; or nothing."""
    clauses = (each.strip() for each in _CLAUSE.split(message[:READ]))
    return next((each for each in clauses if _PLAIN.fullmatch(each)), "")


def without_aside(message: str) -> str:
    """The message without what its writer plainly says of themselves, if something is left."""
    aside = in_passing(message)
    rest = message.replace(aside, " ", 1).strip(" ,.;-") if aside else ""
    return rest if len(rest.split()) >= LEFT_LEAST else message
