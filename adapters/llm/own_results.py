"""Answer what became of something that was to be done in this thread, from its results."""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.llm.own_facts import plain
from adapters.llm.words import folded, terms
from core.drafts import Span

_ASKS_DONE = re.compile(
    r"^(?:and |so |but |ok |okay |hey |hi ){0,2}(?:did|have|has|is|was|were|are)(?:n't)? "
    r"(?:you|it|that|this|they|the|my)\b.{0,80}\b(?:done|report\w*|sen[dt]|pass(?:ed)?|fil(?:e|ed)"
    r"|submit\w*|book\w*|order\w*|reset|cancel\w*|confirm\w*|regist\w*|gone through|go through"
    r"|come through|through|happen\w*|receiv\w*|taken care)\b"
    r"|\bwhat (?:happened|became) (?:to|with|of)\b"
    r"|\b(?:status|state|progress|receipt|reference|number|news|update)\b"
    r".{0,30}\b(?:my|the|that|this|it)\b",
)
_POINTS_BACK = re.compile(r"\b(?:it|that|this|my (?:request|report|order|booking)|they)\b")


def answer_from_results(message: str, results: Sequence[str]) -> tuple[Span, ...]:
    """The result that is asked for: the newest when it is only pointed at; none for other matters.

    Args:
        results: A sentence for each action of the thread, oldest first.
    """
    asked = folded(message)
    if not results or not _ASKS_DONE.search(asked):
        return ()
    said = set(terms(message))
    alike = [len(said & set(terms(each))) for each in results]
    best = max(range(len(results)), key=lambda at: (alike[at], at))
    if not alike[best] and not _POINTS_BACK.search(asked):
        return ()
    return (Span(plain(results[best])),)
