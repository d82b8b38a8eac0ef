"""Summarise a conversation by extraction: who asked what, what was answered, every detail as said.

Numbers, ids, dates and error codes are what a summary must not lose, so they are
listed before any sentence is. Each exchange is one line: words cannot open a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.llm.follow_ups import cleaned, cut
from adapters.llm.sentences import units
from adapters.llm.words import READ_MOST, terms
from core.details import details
from core.session import Exchange

LONGEST = 900  # characters of a summary
SHORTEST = 300  # below which a summary is not pressed
SHARE = 3  # of what was said, one part in so many is the summary
KEY_SENTENCES = 2  # of an answer
MOST_DETAILS = 40  # of one exchange
ALLOWANCES = (320, 220, 150, 100, 70, 40)  # characters of a text, tried until all fit


@dataclass(frozen=True, slots=True)
class Told:
    """What one line of a summary can say, before it is cut to its allowance."""

    opening: str
    asked: str
    answered: str
    details: tuple[str, ...]

    def line(self, allowance: int) -> str:
        """The line, with the details that cutting its sentences left out."""
        text = self.opening + cut(self.asked, allowance)
        if self.answered:
            text += f" — answer: {cut(self.answered, allowance)}"
        missing = [each for each in self.details if each not in text]
        return f"{text} [{', '.join(missing)}]" if missing else text


def digest(earlier: str, exchanges: Sequence[Exchange]) -> str:
    """A summary of an earlier summary and the exchanges after it, at most 900 characters.

    It stands in every prompt from now on, so it has to be much shorter than what it is of.

    Args:
        earlier: The summary so far, one line per exchange; may be empty.
        exchanges: Oldest first; those for one person only are left out.
    """
    shared = [exchange for exchange in exchanges if exchange.only_for is None]
    old = [line.strip() for line in earlier[:READ_MOST].splitlines() if line.strip()]
    said = len(earlier) + sum(len(text) for each in shared for text in each.said)
    longest = min(LONGEST, max(SHORTEST, said // SHARE))
    told = [*(Told("", line, "", _details(line)) for line in old), *map(_told, shared)]
    for allowance in ALLOWANCES:
        lines = [each.line(allowance) for each in told]
        if len("\n".join(lines)) <= longest:
            return "\n".join(lines)
    every = dict.fromkeys(detail for each in told for detail in each.details)
    noted = cut("Mentioned: " + ", ".join(every), longest // 2) if every else ""
    kept: list[str] = []
    for line in reversed(lines):  # the newest are worth most
        if len("\n".join((noted, *kept, line))) > longest:
            break
        kept.insert(0, line)
    return "\n".join(filter(None, (noted, *kept)))


def _told(exchange: Exchange) -> Told:
    """One exchange in the third person."""
    opening = f"{cut(_line(exchange.author_name), 60)} asked: "
    details = _details(exchange.asked, exchange.answered)
    return Told(opening, cleaned(exchange.asked), _key_sentences(exchange), details)


def _key_sentences(exchange: Exchange) -> str:
    """The sentences of the answer nearest to what was asked, in their order."""
    text = exchange.answered[:READ_MOST]
    sentences = [_line(text[unit.start : unit.end]) for unit in units(text)]
    wanted = set(terms(exchange.asked))
    ranked = sorted(sentences, key=lambda each: -len(wanted.intersection(terms(each))))
    best = set(ranked[:KEY_SENTENCES])
    return " ".join(each for each in dict.fromkeys(sentences) if each in best)


def _details(*texts: str) -> tuple[str, ...]:
    """The ids, numbers, dates, amounts and codes of texts, as said, each once."""
    return tuple(dict.fromkeys(each for text in texts for each in details(text)))[:MOST_DETAILS]


def _line(text: str) -> str:
    return " ".join(text.split())
