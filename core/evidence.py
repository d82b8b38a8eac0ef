"""Retrieval: documents, the passages cut from them, and how well they fit a question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ENOUGH = 0.5  # confidence from which passages count as an answer
HOPELESS = 0.05  # confidence below which no model need read them
NEAR_BEST = 0.5  # of the best passage's score, for others to be worth their tokens


@dataclass(frozen=True, slots=True)
class Document:
    """A source document's front matter.

    Args:
        audience: Who may read it: ``public``, ``everyone`` (all employees) or a group's name.
    """

    document_id: str
    title: str
    link: str
    owner: str
    updated: date
    audience: str
    language: str = "en"
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document under one heading; what an answer may rest on."""

    passage_id: str
    document: Document
    heading: str
    text: str
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages found for a question, best first.

    Args:
        confidence: 0 to 1: how likely it is that the passages answer the question.
    """

    passages: tuple[Passage, ...] = ()
    confidence: float = 0.0

    @property
    def found(self) -> bool:
        return bool(self.passages) and self.confidence >= ENOUGH

    @property
    def near_best(self) -> tuple[Passage, ...]:
        """The passages that fit at least half as well as the best, best first."""
        least = NEAR_BEST * max((each.score for each in self.passages), default=0.0)
        return tuple(each for each in self.passages if each.score >= least)

    @property
    def worth_reading(self) -> bool:
        """Whether a model that understands what it reads might find the answer here."""
        return bool(self.passages) and self.confidence >= HOPELESS
