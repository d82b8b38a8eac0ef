"""Answer by quoting: the one to three best units of the passages, word for word.

All come from one passage, unless the person asked two things at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from adapters.llm.candidates import LONGEST_LIST, Candidate, candidates, sources
from adapters.llm.follow_ups import Understood, clauses
from adapters.llm.parallel import alongside, places
from adapters.llm.quotation import spans
from adapters.llm.sentences import Unit
from core.drafts import Span
from core.evidence import Passage

MOST_UNITS = 3
MOST_OF_EACH = 2  # when two things were asked at once
GOOD_ENOUGH = 0.33  # share of the question's weight that the best unit must cover
PLACED = 0.5  # likewise of a question that names a place, for rules differ between places
NEARLY_AS_GOOD = 0.9  # of the best score, for a second unit
TIE = 0.1  # items of a list this near to the best are just as good


def quote(asked: Understood, passages: Sequence[Passage]) -> tuple[Span, ...]:
    """The spans that answer a question, or none when nothing fits well enough.

    Args:
        passages: As in the prompt, the best last.
    """
    found = sources(passages)
    parts = clauses(asked)
    most = MOST_UNITS if len(parts) == 1 else MOST_OF_EACH
    chosen: list[tuple[Candidate, Unit]] = []
    for part in parts:
        enough = PLACED if places(part.query) else GOOD_ENOUGH
        for best in _choose(candidates(part, found), most, enough):
            others = alongside(best.unit, best.source.units, best.source.text, asked.query)
            chosen += [(best, unit) for unit in (best.unit, *others)]
    return spans(
        [(best.source.passage, best.source.text, unit, best.source.units) for best, unit in chosen]
    )


def _choose(weighed: Sequence[Candidate], most: int, enough: float) -> list[Candidate]:
    """The best candidate and others of its passage nearly as good; none when it is poor."""
    ranked = sorted(weighed, key=lambda each: -each.score)
    if not ranked or ranked[0].score == 0 or ranked[0].coverage < enough:
        return []
    best = ranked[0]
    chosen = [best]
    for each in ranked[1:]:
        if len(chosen) == most or each.score < NEARLY_AS_GOOD * best.score:
            break
        if _adds(each, best) and not any(_overlap(each.unit, other.unit) for other in chosen):
            chosen.append(each)
    return _whole_list(chosen, weighed)


def _adds(each: Candidate, best: Candidate) -> bool:
    """Whether a unit belongs to the same answer and is no mere aside."""
    listed = each.unit.kind == "steps"  # steps are a whole answer or none
    return each.source is best.source and each.own >= best.own and not listed


def _whole_list(chosen: list[Candidate], weighed: Sequence[Candidate]) -> list[Candidate]:
    """The list as a whole instead of three of its items when more of them are just as good."""
    best = chosen[0]
    block = [
        each
        for each in weighed
        if each.source is best.source and each.unit.block == best.unit.block
    ]
    alike = [each for each in block if each.unit.kind == "item" and each.score > best.score - TIE]
    whole = [each for each in block if each.unit.kind == "whole"]
    if best.unit.kind != "item" or len(alike) <= MOST_UNITS or not whole:
        return chosen
    return whole if whole[0].unit.end - whole[0].unit.start <= LONGEST_LIST else chosen


def _overlap(one: Unit, other: Unit) -> bool:
    return one.start < other.end and other.start < one.end
