"""Answer from what is known about the person, in plain sentences without a citation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.llm.follow_ups import Understood
from adapters.llm.words import folded, terms
from core.account import Fact
from core.drafts import Span

CLOSE_ENOUGH = 0.6  # F-measure of the question's words and the fact's key
MOST_FACTS = 12

_OWN = re.compile(r"\b(?:my|mine|i|me|im|ive)\b")
_ASKS_VALUE = re.compile(
    r"^(?:and |so |but )?(?:what|which|who|whom|when|where|whats|whos|wheres|tell me|show me"
    r"|give me|is|my|do i (?:still )?have|did i|how (?:many|much|long|old|big|far))\b"
)
_ASKS_RULE = re.compile(
    r"\b(?:(?:should|can|must|could|may) i|do (?:i|we) (?:do|get|need to|have to)|if (?:i|my))\b"
)
_ASKS_ALL = re.compile(
    r"\b(?:know|stored?|saved?|remember(?:ed)?|recorded|on file|hold|have) (?:\w{1,12} )?"
    r"(?:about|on|for) me\b|\bmy (?:profile|data|facts)\b"
)
_SAYS = (  # ways to ask for a fact without its name
    (re.compile(r"\breport to\b"), "manager"),
    (re.compile(r"\bam i based\b|\bdo i work from\b"), "office"),
    (re.compile(r"\b(?:do i|i) sit\b|\bmy seat\b"), "desk"),
    (re.compile(r"\b(?:did i|i) (?:join|start)(?:ed)?\b"), "start date"),
)
_MARKS = re.compile(r"([\\`*_\[\]<>~|])")


def answer_from_facts(asked: Understood, facts: Sequence[Fact]) -> tuple[Span, ...]:
    """A sentence for each fact the question asks for; none when it asks for something else."""
    said = folded(asked.query)
    if not _OWN.search(said.replace("'", "")):
        return ()
    if _ASKS_ALL.search(said):
        return _told(facts[:MOST_FACTS])
    if not _ASKS_VALUE.search(folded(asked.own).replace("'", "")):
        return ()
    if _ASKS_RULE.search(said):
        return ()
    ranked = [(_closeness(asked, fact), fact) for fact in facts]
    best = max((close for close, _ in ranked), default=0.0)
    if best < CLOSE_ENOUGH:
        return ()
    return _told([fact for close, fact in ranked if close == best][:2])


def _closeness(asked: Understood, fact: Fact) -> float:
    """How nearly the question is the fact's key: 1 is the same words, 0 none in common.

    As it was asked, or with what it refers to.
    """
    key = set(terms(fact.key))
    return max(_alike(key, said) for said in {asked.own, asked.query})


def _alike(key: set[str], question: str) -> float:
    said, spoken = folded(question), set(terms(question))
    for pattern, name in _SAYS:
        if pattern.search(said):
            spoken = set(terms(name))
    both = len(key & spoken)
    return 2 * both / (len(key) + len(spoken)) if both else 0.0


def _told(facts: Sequence[Fact]) -> tuple[Span, ...]:
    sentences = [f"{plain(fact.sentence)}." for fact in facts]
    return tuple(Span(("\n\n" if at else "") + text) for at, text in enumerate(sentences))


def plain(text: str) -> str:
    """Words on one line, shown as they are and never read as Markdown."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()).rstrip("."))
