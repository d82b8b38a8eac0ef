"""Divide an answer: what everyone in the thread may read, and what is its asker's alone.

A model knew the asker's facts when it wrote, so its word for what is general counts for
nothing. A stretch goes to the thread only if it cites documents that all readers may see
and says no word that is not in those documents or in the question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.account import Account
from core.common_words import STOP
from core.drafts import Completion, Span
from core.evidence import Passage
from core.steps.results import ToolResult
from core.steps.retrieve import Found

WORD = re.compile(r"[^\W_]+")
BEGINNING = 5  # letters by which two forms of a long word are taken for one


@dataclass(frozen=True, slots=True)
class Division:
    """An answer's two parts; either may be missing."""

    shared: Completion | None = None
    alone: Completion | None = None


def divide(
    completion: Completion,
    found: Found,
    account: Account | None,
    done: Sequence[ToolResult],
    rights: frozenset[str],
    asked: str,
) -> Division:
    """What of an answer is whose.

    Args:
        done: What was done in the thread, which all its readers may know.
        rights: What everyone who reads the thread may see.
        asked: The question, which stands in the thread already.
    """
    if not found.privately:
        return Division(shared=completion)
    if not found.personal:
        return Division(alone=completion)
    given = {each.passage_id: each for each in found.evidence.passages}
    values = [fact.value for fact in account.facts] if account else []
    question = _words(asked)
    known = [_words(each.line) for each in done]
    general = [
        any(_words(each.text) <= line for line in known)
        or _general(each, given, values, rights, question)
        for each in completion.spans
    ]
    shared = tuple(each for each, good in zip(completion.spans, general, strict=True) if good)
    alone = tuple(each for each, good in zip(completion.spans, general, strict=True) if not good)
    return Division(_part(completion, shared), _part(completion, alone))


def _part(completion: Completion, spans: tuple[Span, ...]) -> Completion | None:
    said = any(span.text.strip() for span in spans)
    return replace(completion, spans=spans) if said else None


def _general(
    span: Span,
    given: Mapping[str, Passage],
    values: list[str],
    rights: frozenset[str],
    question: frozenset[str],
) -> bool:
    """Whether a stretch tells the readers of the thread nothing about its asker."""
    sources = [given[each] for each in span.passage_ids if each in given]
    if not sources or any(each.document.audience not in rights for each in sources):
        return False
    said = _words(span.text) - STOP
    if any(told and told <= said and not told <= question for told in _told(values)):
        return False
    known = set(question)
    for each in sources:
        known |= _words(f"{each.document.title} {each.heading} {each.text}")
    beginnings = {word[:BEGINNING] for word in known if len(word) > BEGINNING}
    return all(_stands(word, known, beginnings) for word in said)


def _told(values: list[str]) -> list[frozenset[str]]:
    return [_words(value) - STOP for value in values]


def _stands(word: str, known: set[str], beginnings: set[str]) -> bool:
    if word in known:
        return True
    return word.isalpha() and len(word) > BEGINNING and word[:BEGINNING] in beginnings


def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text.casefold()))
