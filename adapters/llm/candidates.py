"""Weigh every quotable unit of the passages: how well it answers, and where it stands.

The retriever has seen all documents and knows best which passage fits; a unit of a
lesser passage must answer much better to be preferred.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.llm.follow_ups import Understood, leans
from adapters.llm.parallel import places
from adapters.llm.relevance import Wanted, relations, wanted
from adapters.llm.sentences import READ_MOST, Unit, units
from adapters.llm.words import terms, words
from core.evidence import Passage

MOST_PASSAGES = 12
LONGEST_LIST = 1_200  # characters of a list that is quoted as a whole
TRUST = 1.2  # what a passage loses that is not the best, by how far its score is behind
TITLE, HEADING, LEAD = 0.6, 0.85, 0.9  # worth of a word found there and not in the unit itself
OWN_WORTH = 0.3  # of what stands in the unit itself, added to its coverage
OWN_LEAST = 0.15  # of the question; less is an aside, whatever stands above it
LIKENESS = 0.15  # of a heading that says nothing but what was asked
EARLY = 0.06  # of the first sentence; the second has half of it
SAID = 0.5  # what a unit is worth that was the answer to the question before
STEPS_FIT = 0.7  # of the question, for numbered steps to be what a "how do I" wants
STEPS_BONUS, STEPS_COST, DENIAL_COST, WHOLE_COST = 0.35, 0.15, 0.08, 0.05
SEPARATOR = " › "  # noqa: RUF001 - between the headings of a passage

_DENIES = re.compile(r"\b(?:not|cannot|never|no)\b")
_DENIED = re.compile(
    r"^(?:can|may|am|is|are|do|does)\b|\b(?:not|cannot|can't|don't|allowed|without)\b"
)
_HOW = re.compile(r"\bhow (?:do|can|should|to)\b|\bwhat (?:do|should|must) (?:i|we)\b")


@dataclass(frozen=True, slots=True)
class Source:
    """A passage with its units and the words that stand above it.

    Args:
        trust: Its score as a share of the best passage's, 0 to 1.
    """

    passage: Passage
    text: str
    units: tuple[Unit, ...]
    title: frozenset[str]
    heading: frozenset[str]
    trust: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit, how much of the question it covers and how good it is.

    Args:
        own: The share of the question that the unit itself covers, without what is above it.
    """

    source: Source
    unit: Unit
    own: float
    coverage: float
    score: float


def sources(passages: Sequence[Passage]) -> list[Source]:
    """The passages best first; in a prompt the best comes last."""
    ranked = sorted(passages, key=lambda passage: passage.score)[: -MOST_PASSAGES - 1 : -1]
    best = max((passage.score for passage in ranked), default=0.0)
    return [_source(passage, passage.score / best if best > 0 else 1.0) for passage in ranked]


def candidates(asked: Understood, found: Sequence[Source]) -> list[Candidate]:
    """Every unit of the passages, weighed for this question."""
    stretches = [
        _stems(source, unit) | _related(asked, source.text[unit.start : unit.end])
        for source in found
        for unit in source.units
    ]
    question = wanted(asked, [*stretches, *(source.title | source.heading for source in found)])
    return [
        _weigh(question, asked, source, unit, place)
        for source in found
        for place, unit in enumerate(source.units)
    ]


def _source(passage: Passage, trust: float) -> Source:
    text = passage.text[:READ_MOST]
    document = passage.document
    above = [each for each in passage.heading.split(SEPARATOR) if each != document.title]
    title = frozenset(terms(" ".join((document.title, *document.keywords))))
    return Source(passage, text, units(text), title, frozenset(terms(" ".join(above))), trust)


def _stems(source: Source, unit: Unit) -> frozenset[str]:
    return frozenset(terms(source.text[unit.start : unit.end], READ_MOST))


def _related(asked: Understood, text: str) -> frozenset[str]:
    """What a text compares with; only follow-ups are asked that way."""
    return relations(text) if asked.context else frozenset()


def _weigh(
    question: Wanted, asked: Understood, source: Source, unit: Unit, place: int
) -> Candidate:
    text = source.text
    said = text[unit.start : unit.end]
    lead = frozenset(terms(text[slice(*unit.lead)])) if unit.lead else frozenset()
    line = frozenset(terms(text[slice(*unit.heading)])) if unit.heading else frozenset()
    above = line or source.heading
    heading = text[slice(*unit.heading)] if unit.heading else source.passage.heading
    above |= _related(asked, heading)
    body = [(_stems(source, unit) | _related(asked, said), 1.0), (lead, LEAD)]
    own = question.covered(question.credits(body))
    near = question.covered(question.credits([*body, (above, HEADING)]))
    coverage = question.covered(question.credits([*body, (above, HEADING), (source.title, TITLE)]))
    fitting = question.kind_bonus(said)
    score = coverage + OWN_WORTH * own + fitting
    score += LIKENESS * question.likeness(above) + EARLY / (1 + place)
    score -= TRUST * (1 - source.trust)
    if unit.kind == "steps":
        wants = _HOW.search(question.text) is not None
        score += -STEPS_COST if not wants else STEPS_BONUS if coverage >= STEPS_FIT else 0.0
    if _DENIES.search(said) and not _DENIED.search(question.text):
        score -= DENIAL_COST
    if places(said) and question.places and question.places.isdisjoint(words(said)):
        score = 0.0  # said of another place than the one asked about
    if unit.kind == "whole":
        score = score - WHOLE_COST if unit.lead else 0.0
    if said.strip() in asked.answered and not (fitting and leans(asked.own)):
        score *= SAID
    fits = len(said) <= LONGEST_LIST and near > 0 and (own >= OWN_LEAST or unit.kind == "steps")
    return Candidate(source, unit, own, coverage, max(0.0, score) if fits else 0.0)
