"""Make a message stand on its own: without its politeness, with what "it" refers to.

A follow-up borrows the words of the person's last message; when that one was a
follow-up itself, those of the message that began it as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from adapters.llm.words import READ_MOST, terms, words
from core.mentioned import without_aside

LONGEST_INTENT = 160  # characters
FEW_TERMS = 3  # up to this many, a pronoun probably points back
FEW_WORDS = 4

EXAMPLE = re.compile(r"\b(?:for (?:example|instance)|e\.g\.|such as)", re.IGNORECASE)

_MENTION = re.compile(r"<@[^<>\s]{1,80}>|<at>[^<>]{0,80}</at>|(?<!\S)@[\w.-]{1,80}", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:hi|hey|hello|hiya|dear|good (?:morning|afternoon|evening)|morning|thanks|thank you"
    r"|thx|ok|okay|please|pls|sorry|excuse me|quick question|question|frontdesk|there|team"
    r"|all|everyone|(?:can|could|would) (?:you|someone|anyone) (?:please )?"
    r"(?:tell me|help me(?: with)?)|do you know|i (?:was|am) wondering(?: if)?"
    r"|i'?d like to know|i (?:want|need|would like) to know|hallo|bonjour|hola|olá"
    r"|(?:(?:can|could|would) you (?:please )?)?(?:(?:tell|show|give) me|(?:explain|describe"
    r"|compare|outline|summari[sz]e|list)(?: (?:to|for) me)?)(?: about)?(?= \w+ \w))"
    r"(?!\w)[\s,.:;!\u2013-]*+",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s,.;!\u2013-]{1,5}(?:please|pls|thanks|thank you|thx|many thanks|cheers)[\s.!?]{0,5}$",
    re.IGNORECASE,
)
_BACK = re.compile(r"(?:and|or|but|also|so|then|what about|how about|what if)\b", re.IGNORECASE)
_EMPTY_IT = re.compile(
    r"\b(?:does it take|is it (?:possible|ok|okay|allowed|true|mandatory|necessary)|is there"
    r"|are there|there (?:is|are))(?= \w)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:[Ii]t|[Ii]ts|[Tt]hey|[Tt]hem|[Tt]heir|[Tt]hose|[Tt]here|[Tt]he same|as I said"
    r"|(?:this|that|which) one"
    r"|(?:about|for|with|of|do|does|did|is|like|after|before|on|to|than|from|can|was) (?:that|this)"
    r"|[Tt]h(?:at|is)(?= *(?:$|[?.!,]|is|was|work|mean|apply|applies|also|for|in|happen|cost|take"
    r"|count|too|include|change|expire)))\b"
)
_TWO = re.compile(
    r"\?\s{1,3}|,? and (?=(?:what|whats|how|where|who|when|which|can|is|are|do)\b)", re.IGNORECASE
)
_LEANS = re.compile(
    r"(?:(?:and|but|or|so|also|even|only|then|ok|okay)\b[\s,]*)*"
    r"(?:(?:(?:for|in|on|at|by|to|with|from|until|till|since|per|after|before|without|of) )?"
    r"(?:how (?:much|many|long|often|far|soon|late|early)(?: \w+)?|(?:which|what)(?: \w+)?"
    r"|who|whom|when|where|why)(?: exactly| not| else)?"
    r"|(?:for|in|on|at|by|to|with|from|until|since|per|after|before|without)(?: [\w-]+){1,4}(?=\?)"
    r"|what do you mean(?: by that)?|what does (?:that|this|it) mean|really|are you sure"
    r"|is that (?:all|it|so|true|right)|(?:can|could) you explain(?: that| this| it)?"
    r"|(?:tell me |some )?more(?: details?| info| information)?|go on|(?:an )?example)"
    r"[\s?!.\u2026]*",
    re.IGNORECASE,
)
_DANGLING = re.compile(r"(?:in|for|at|with|on|to|from|without|during|as)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Understood:
    """A message and what it refers to.

    Args:
        own: The person's words now.
        context: Words of earlier messages it points back to; empty when it stands on its own.
        answered: What the bot said to those; the person has read it.
    """

    own: str
    context: str = ""
    answered: str = ""

    @property
    def query(self) -> str:
        return f"{self.own} {self.context}".strip()


@lru_cache(maxsize=256)  # of one message, its intent, its query and its summary are taken
def cleaned(message: str) -> str:
    """The message on one line, without mentions, greetings and politeness around it."""
    line = " ".join(_MENTION.sub(" ", message[:READ_MOST]).split())
    start = 0
    while found := _OPENING.match(line, start):
        start = found.end()
    bare = _CLOSING.sub("", line[start:])
    return bare.strip() or line


def intent(message: str) -> str:
    """The person's own words, on one line of at most 160 characters."""
    return cut(cleaned(message), LONGEST_INTENT)


def cut(text: str, most: int) -> str:
    """The text, or its beginning up to a whole word and an ellipsis."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    space = head.rfind(" ")
    return head[: space if space > most // 2 else most - 1].rstrip(" ,;:") + "…"


def is_follow_up(message: str) -> bool:
    """Whether a message leans on what was said before it."""
    bare = cleaned(message)
    carried = len(terms(bare))
    if leans(message):
        return True
    if _BACK.match(bare):
        return carried <= 2 * FEW_TERMS
    if carried <= FEW_TERMS and _PRONOUN.search(_EMPTY_IT.sub("", bare)):
        return True
    short = len(words(bare)) <= FEW_WORDS
    return short and (carried <= 1 or (carried <= 2 and bool(_DANGLING.match(bare))))


def leans(message: str) -> bool:
    """Whether a message has no meaning at all without what was said before it: "until when?"."""
    return _LEANS.fullmatch(cleaned(message)) is not None


def understood(message: str, earlier: Sequence[str]) -> Understood:
    """A message with what it refers to.

    Args:
        message: What they wrote now.
        earlier: The person's earlier messages in this thread, oldest first.
    """
    own = cleaned(without_aside(message))
    if not earlier or not is_follow_up(message):
        return Understood(own)
    began = next((each for each in reversed(earlier) if not is_follow_up(each)), earlier[0])
    borrowed = dict.fromkeys(cleaned(without_aside(each)) for each in (earlier[-1], began))
    return Understood(own, " ".join(borrowed))


def clauses(asked: Understood) -> list[Understood]:
    """The questions in a message: two when it asks two that stand on their own, else itself."""
    parts = [part for part in _TWO.split(asked.own, maxsplit=1) if terms(part)]
    if len(parts) < 2 or asked.context or is_follow_up(parts[1]):
        return [asked]
    return [Understood(part) for part in parts]
