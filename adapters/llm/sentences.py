"""Cut a Markdown passage into units that can be quoted on their own.

A unit is a sentence, a bullet with the line that leads into it, or a numbered
list as a whole, because steps make no sense one by one. Every unit is a slice
of the passage, so that a quotation is word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from adapters.llm.blocks import Bounds, blocks
from adapters.llm.lexicon import abbreviations

READ_MOST = 8_000  # characters of one passage

_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'\u201d\u2019»)\]*_]*+\s++")
_LAST_WORD = re.compile(r"[^\s(\[\"'\u201c\u2018]{1,20}$")
_BEFORE_NUMBER = frozenset({"no", "nos", "para", "sec", "room", "p"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A quotable slice of a passage.

    Args:
        start: Where it begins in the passage; ``end`` is just after it.
        block: The paragraph or list it stands in, counted from 0.
        lead: Where the line begins and ends that introduces it, or None.
        heading: Where the heading begins and ends that it stands under; never quoted.
    """

    start: int
    end: int
    block: int
    kind: str = "sentence"  # or "item", "steps"; "whole" for all items of a list
    lead: Bounds | None = None
    heading: Bounds | None = None


def units(passage: str) -> tuple[Unit, ...]:
    """The quotable units of a passage, in order; linear in its length."""
    text = passage[:READ_MOST]
    found: list[Unit] = []
    for at, block in enumerate(blocks(text)):
        if block.kind == "paragraph":
            cuts = [bounds for part in block.parts for bounds in _cut(text, *part)]
            found += [Unit(start, end, at, heading=block.heading) for start, end in cuts]
        else:
            lead = _lead_before(text, found, at)
            listed = _list_units(text, at, block.kind, block.parts, lead)
            found += [replace(unit, heading=block.heading) for unit in listed]
    return tuple(found)


def _lead_before(text: str, found: list[Unit], block: int) -> Bounds | None:
    """The sentence ending in a colon just before a list; it is no unit of its own."""
    last = found[-1] if found else None
    if last is None or last.block != block - 1 or text[last.end - 1] != ":":
        return None
    found.pop()
    return last.start, last.end


def _list_units(
    text: str, block: int, kind: str, parts: list[Bounds], lead: Bounds | None
) -> list[Unit]:
    if kind == "table" and len(parts) > 2:
        lead, parts = (parts[0][0], parts[1][1]), parts[2:]
    items = [(start, start + len(text[start:end].rstrip())) for start, end in parts]
    if kind == "steps":
        return [Unit(items[0][0], items[-1][1], block, "steps", lead)]
    whole = Unit(items[0][0], items[-1][1], block, "whole", lead)
    return [whole] + [Unit(start, end, block, "item", lead) for start, end in items]


def _cut(text: str, start: int, end: int) -> list[Bounds]:
    """The bounds of a paragraph's sentences."""
    bounds = []
    for stop in _END.finditer(text, start, end):
        if _is_end(text, start, stop, end):
            bounds.append((start, start + len(text[start : stop.end()].rstrip())))
            start = stop.end()
    rest = start + len(text[start:end].rstrip())
    return [*bounds, (start, rest)] if rest > start else bounds


def _is_end(text: str, start: int, stop: re.Match[str], end: int) -> bool:
    after = text[stop.end() : min(stop.end() + 3, end)].lstrip("\"'\u201c\u2018«([*_")
    if not after:
        return stop.end() >= end
    if stop.group()[0] != ".":
        return not after[0].islower()
    before = _LAST_WORD.search(text, max(start, stop.start() - 20), stop.start())
    word = before.group().lower() if before else ""
    if word in abbreviations() or (word in _BEFORE_NUMBER and after[0].isdigit()):
        return False
    initial = len(word) == 1 and word.isalpha() and text[stop.start() - 1].isupper()
    return not (after[0].islower() or initial)
