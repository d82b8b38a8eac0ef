"""Part a Markdown passage into paragraphs, lists and tables, each with the heading above it.

Passages come without marks of headings: there a heading is a short line without
a full stop that stands right above its text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Bounds = tuple[int, int]
"""Where a stretch of text begins and just after where it ends."""

LONGEST_HEADING = 80  # characters

_LINE = re.compile(r"[^\n]*\n?")
_BULLET = re.compile(r" {0,6}(?:[-*+•]|(?P<number>\d{1,3}[.)]))[ \t]+")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)|\s*(?:[-*_=] ?){3,80}\s*$")
_PLAIN_HEADING = re.compile(r"(?:\*\*)?[^\W_a-z][^\n|`]*[^\s.!:;,|`]")
_STARTS = re.compile(r"[-*+•\d\"'(\[\u201c]|[^\W_a-z]")


@dataclass
class Block:
    """A paragraph (one part), or a list or table with one part an item or row.

    Args:
        kind: ``paragraph``, ``bullets``, ``steps`` or ``table``.
        heading: The bounds of the heading it stands under, within the passage.
    """

    kind: str
    heading: Bounds | None
    parts: list[Bounds] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    """The blocks of a passage in order; headings are none."""
    found: list[Block] = []
    inside, fenced, blank = "", False, True
    heading: Bounds | None = None
    lines = [line for line in _LINE.finditer(text) if line.group()]
    for at, line in enumerate(lines):
        start, end = line.span()
        stripped = line.group().strip()
        fenced ^= stripped.startswith(("```", "~~~"))
        if not fenced and _HEADING.match(line.group()):
            heading, inside, blank = (start, end), "", True
            continue
        if not fenced and not stripped:
            inside = inside if inside in {"bullets", "steps"} else ""
            blank = True
            continue
        following = lines[at + 1].group().strip() if at + 1 < len(lines) else ""
        if not fenced and blank and _is_heading(stripped, following):
            heading, inside = (start, end), ""
            continue
        kind = _kind(line.group(), fenced=fenced)
        hangs = inside in {"bullets", "steps"} and (line.group()[0] in " \t" or not blank)
        if kind == "paragraph" and hangs:
            found[-1].parts[-1] = (found[-1].parts[-1][0], end)
            continue
        if kind == inside == "paragraph":
            found[-1].parts[-1] = (found[-1].parts[-1][0], end)
        elif kind == inside:
            found[-1].parts.append((start, end))
        else:
            found.append(Block(kind, heading, [(start, end)]))
        inside, blank = kind, False
    return found


def _kind(line: str, *, fenced: bool) -> str:
    bullet = None if fenced else _BULLET.match(line)
    if bullet:
        return "steps" if bullet["number"] else "bullets"
    return "table" if line.lstrip().startswith("|") else "paragraph"


def _is_heading(line: str, following: str) -> bool:
    """Whether a line heads the one that follows it without an empty line between."""
    if not following or len(line) > LONGEST_HEADING or _BULLET.match(line):
        return False
    return bool(_PLAIN_HEADING.fullmatch(line) and _STARTS.match(following))
