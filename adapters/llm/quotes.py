"""Answer by quoting: the one to three best units of the passages, word for word.

All come from one passage, unless the person asked two things at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.llm.follow_ups import Understood, clauses
from adapters.llm.quotation import spans
from adapters.llm.relevance import Wanted, wanted
from adapters.llm.sentences import READ_MOST, Unit, units
from adapters.llm.words import terms
from core.drafts import Span
from core.evidence import Passage

MOST_UNITS = 3
MOST_OF_EACH = 2  # when two things were asked at once
MOST_PASSAGES = 12
LONGEST_LIST = 1_200  # characters of a list that is quoted as a whole
GOOD_ENOUGH = 0.5  # share of the question's weight that the best unit must cover
NEARLY_AS_GOOD = 0.87  # of the best score, for a second unit
TITLE, HEADING, LEAD = 0.45, 0.85, 0.9  # worth of a word found there and not in the unit itself

OWN_WORTH = 0.3  # of what stands in the unit itself, added to its coverage
TIE = 0.1  # items of a list this near to the best are just as good
STEPS_FIT = 0.7  # of the question, for numbered steps to be what a "how do I" wants
STEPS_BONUS, DENIAL_COST, WHOLE_COST = 0.35, 0.08, 0.05

_DENIES = re.compile(r"\b(?:not|cannot|never|no)\b")
_DENIED = re.compile(
    r"^(?:can|may|am|is|are|do|does)\b|\b(?:not|cannot|can't|don't|allowed|without)\b"
)
_HOW = re.compile(r"\bhow (?:do|can|should|to)\b|\bwhat (?:do|should|must) (?:i|we)\b")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit of a passage, the question's terms it has, and how good that is."""

    rank: int
    unit: Unit
    credit: dict[str, float]
    coverage: float
    score: float


def quote(asked: Understood, passages: Sequence[Passage]) -> tuple[Span, ...]:
    """The spans that answer a question, or none when nothing fits well enough."""
    texts = [passage.text[:READ_MOST] for passage in passages[:MOST_PASSAGES]]
    cut = [units(text) for text in texts]
    about = [_about(passage) for passage in passages[:MOST_PASSAGES]]
    stretches = [
        _stems(text, unit) for text, found in zip(texts, cut, strict=True) for unit in found
    ]
    stretches += [title | heading for title, heading in about]
    chosen: list[Candidate] = []
    parts = clauses(asked)
    for clause in parts:
        question = wanted(clause, stretches)
        weighed = [
            _weigh(question, rank, texts[rank], unit, *about[rank])
            for rank, found in enumerate(cut)
            for unit in found
        ]
        chosen += _choose(weighed, MOST_UNITS if len(parts) == 1 else MOST_OF_EACH)
    return spans(
        [(passages[each.rank], texts[each.rank], each.unit, cut[each.rank]) for each in chosen]
    )


def _about(passage: Passage) -> tuple[set[str], set[str]]:
    document = passage.document
    title = set(terms(" ".join((document.title, *document.keywords))))
    return title, set(terms(passage.heading))


def _stems(text: str, unit: Unit) -> set[str]:
    return set(terms(text[unit.start : unit.end], READ_MOST))


def _weigh(
    question: Wanted, rank: int, text: str, unit: Unit, title: set[str], heading: set[str]
) -> Candidate:
    body = _stems(text, unit)
    lead = set(terms(text[slice(*unit.lead)])) if unit.lead else set()
    own = question.covered(question.credits([(body, 1.0), (lead, LEAD)]))
    near = question.covered(question.credits([(body, 1.0), (lead, LEAD), (heading, HEADING)]))
    credit = question.credits([(body, 1.0), (lead, LEAD), (heading, HEADING), (title, TITLE)])
    coverage = question.covered(credit)
    said = text[unit.start : unit.end]
    score = coverage + OWN_WORTH * own + question.kind_bonus(said) + 0.06 / (1 + rank)
    if unit.kind == "steps" and _HOW.search(question.text):
        score += STEPS_BONUS if near >= STEPS_FIT else 0.0
    if _DENIES.search(said) and not _DENIED.search(question.text):
        score -= DENIAL_COST
    if unit.kind == "whole":
        score = score - WHOLE_COST if unit.lead else 0.0
    fits = len(said) <= LONGEST_LIST and near > 0
    return Candidate(rank, unit, credit, coverage, score if fits else 0.0)


def _choose(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """The best candidate and others of its passage nearly as good; none when it is poor."""
    ranked = sorted(candidates, key=lambda each: -each.score)
    if not ranked or ranked[0].score == 0 or ranked[0].coverage < GOOD_ENOUGH:
        return []
    best = ranked[0]
    chosen = [best]
    for each in ranked[1:]:
        if len(chosen) == most or each.score < NEARLY_AS_GOOD * best.score:
            break
        if each.rank == best.rank and not any(_overlap(each.unit, other.unit) for other in chosen):
            chosen.append(each)
    return _whole_list(chosen, candidates)


def _whole_list(chosen: list[Candidate], candidates: Sequence[Candidate]) -> list[Candidate]:
    """The list as a whole instead of three of its items when more of them are just as good."""
    best = chosen[0]
    block = [
        each for each in candidates if (each.rank, each.unit.block) == (best.rank, best.unit.block)
    ]
    alike = [each for each in block if each.unit.kind == "item" and each.score > best.score - TIE]
    whole = [each for each in block if each.unit.kind == "whole"]
    if best.unit.kind != "item" or len(alike) <= MOST_UNITS or not whole:
        return chosen
    return whole if whole[0].unit.end - whole[0].unit.start <= LONGEST_LIST else chosen


def _overlap(one: Unit, other: Unit) -> bool:
    return one.start < other.end and other.start < one.end
