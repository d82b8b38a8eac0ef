"""Cut a Markdown passage into units that can be quoted on their own.

A unit is a sentence, a bullet with the line that leads into it, or a numbered
list as a whole, because steps make no sense one by one. Every unit is a slice
of the passage, so that a quotation is word for word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.llm.lexicon import abbreviations

READ_MOST = 8_000  # characters of one passage

_LINE = re.compile(r"[^\n]*\n?")
_BULLET = re.compile(r" {0,6}(?:[-*+•]|(?P<number>\d{1,3}[.)]))[ \t]+")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)|\s*(?:[-*_=] ?){3,80}\s*$")
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
    """

    start: int
    end: int
    block: int
    kind: str = "sentence"  # or "item", "steps"; "whole" for all items of a list
    lead: tuple[int, int] | None = None


def units(passage: str) -> tuple[Unit, ...]:
    """The quotable units of a passage, in order; linear in its length."""
    text = passage[:READ_MOST]
    found: list[Unit] = []
    for block, (kind, parts) in enumerate(_blocks(text)):
        if kind in {"bullets", "steps", "table"}:
            found += _list_units(text, block, kind, parts, _lead_before(text, found, block))
        else:
            found += [Unit(start, end, block) for part in parts for start, end in _cut(text, *part)]
    return tuple(found)


def _blocks(text: str) -> list[tuple[str, list[tuple[int, int]]]]:
    """Paragraphs, lists and tables with the bounds of their parts."""
    blocks: list[tuple[str, list[tuple[int, int]]]] = []
    inside, fenced = "", False
    for line in _LINE.finditer(text):
        start, end = line.span()
        stripped = line.group().strip()
        fenced ^= stripped.startswith(("```", "~~~"))
        bullet = None if fenced else _BULLET.match(line.group())
        if not fenced and (not stripped or _HEADING.match(line.group())):
            inside = inside if not stripped and inside in {"bullets", "steps"} else ""
            continue
        kind = "paragraph"
        if bullet:
            kind = "steps" if bullet["number"] else "bullets"
        elif stripped.startswith("|"):
            kind = "table"
        elif inside in {"bullets", "steps"} and (
            line.group()[0] in " \t" or text[start - 2] != "\n"
        ):
            first, _ = blocks[-1][1].pop()
            blocks[-1][1].append((first, end))
            continue
        if kind == inside == "paragraph":
            blocks[-1][1][-1] = (blocks[-1][1][-1][0], end)
        elif kind == inside:
            blocks[-1][1].append((start, end))
        else:
            blocks.append((kind, [(start, end)]))
        inside = kind
    return blocks


def _lead_before(text: str, found: list[Unit], block: int) -> tuple[int, int] | None:
    """The sentence ending in a colon just before a list; it is no unit of its own."""
    last = found[-1] if found else None
    if last is None or last.block != block - 1 or text[last.end - 1] != ":":
        return None
    found.pop()
    return last.start, last.end


def _list_units(
    text: str, block: int, kind: str, parts: list[tuple[int, int]], lead: tuple[int, int] | None
) -> list[Unit]:
    if kind == "table" and len(parts) > 2:
        lead, parts = (parts[0][0], parts[1][1]), parts[2:]
    items = [(start, start + len(text[start:end].rstrip())) for start, end in parts]
    if kind == "steps":
        return [Unit(items[0][0], items[-1][1], block, "steps", lead)]
    whole = Unit(items[0][0], items[-1][1], block, "whole", lead)
    return [whole] + [Unit(start, end, block, "item", lead) for start, end in items]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
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
