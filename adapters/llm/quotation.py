"""Lay out chosen units as spans: slices of their passages that are valid Markdown.

A span leads with the white space that separates it from the one before. Marks are
escaped only where cutting would change what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from adapters.llm.sentences import Unit
from core.drafts import Span
from core.evidence import Passage

Chosen = tuple[Passage, str, Unit, Sequence[Unit]]
"""A passage, its text as far as it is read, the unit chosen, and all its units."""

_DEPENDENT = re.compile(
    r"(?:It|They|This|That|These|Those|Then|Otherwise|However|But|Also|Such|Instead|In that case"
    r"|After that)\b"
)
_BLOCK_MARK = re.compile(r"(?:#{1,6}|>|[-*+]|\d{1,9}(?=[.)]))(?=[\s.)])")
_PAIRED = ("`", "**", "__", "~~")


def spans(chosen: Iterable[Chosen]) -> tuple[Span, ...]:
    """Spans in reading order: passages as chosen, units as in their passage."""
    by_passage: dict[str, list[Chosen]] = {}
    for each in chosen:
        by_passage.setdefault(each[0].passage_id, []).append(each)
    laid: list[Span] = []
    for passage_id, group in by_passage.items():
        text = group[0][1]
        before = None
        for start, end, listed in _slices(group):
            separator = "" if not laid else _separator(text, before, start, listed=listed)
            laid.append(
                Span(separator + _as_markdown(text[start:end], listed=listed), (passage_id,))
            )
            before = end
    return tuple(laid)


def _slices(group: Sequence[Chosen]) -> list[tuple[int, int, bool]]:
    """The slices to quote from one passage, in order, neighbours joined."""
    text = group[0][1]
    wanted: set[tuple[int, int, bool]] = set()
    for _, _, unit, found in group:
        wanted.add((unit.start, unit.end, unit.kind != "sentence"))
        if unit.lead:
            wanted.add((*unit.lead, text[unit.lead[0]] == "|"))
        for before, after in pairwise(found):
            leans = unit.kind == "sentence" and _DEPENDENT.match(text, unit.start)
            if after == unit and before.block == unit.block and leans:
                wanted.add((before.start, before.end, False))
    joined: list[tuple[int, int, bool]] = []
    for start, end, listed in sorted(wanted):
        if joined and joined[-1][2] == listed and not text[joined[-1][1] : start].strip():
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), listed)
        else:
            joined.append((start, end, listed))
    return joined


def _separator(text: str, before: int | None, start: int, *, listed: bool) -> str:
    if before is None:
        return "\n\n"
    if listed:
        return "\n" if text[before:start].strip() or "\n\n" not in text[before:start] else "\n\n"
    return "\n\n" if "\n\n" in text[before:start] or "\n#" in text[before:start] else " "


def _as_markdown(said: str, *, listed: bool) -> str:
    """The slice, with marks escaped that would open a block or stay unclosed."""
    said = said.strip()
    if not listed and (mark := _BLOCK_MARK.match(said)):
        at = mark.end() if mark.group().isdigit() else 0
        said = f"{said[:at]}\\{said[at:]}"
    for pair in _PAIRED:
        if said.count(pair) % 2:
            said = said.replace(pair, "".join(f"\\{each}" for each in pair))
    return said
