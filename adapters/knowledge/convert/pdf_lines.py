"""Put lines of a PDF together again: headings, paragraphs, lists.

A PDF knows only where letters stand. Larger or bolder lines than most are headings, a
gap ends a paragraph, and what stands at the edge of nearly every page is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from adapters.knowledge.blocks import Block

LARGER = 1.12  # times the size of most of the text, for a heading
LONGEST_HEADING = 120  # characters
GAP = 1.7  # times the size of a line, between paragraphs
EDGE = 3  # lines at the top and bottom of a page where running titles stand
RUNNING = 0.6  # of the pages, at least three, for a line to be one
MOSTLY = 0.3  # of the text: when more is bold, bold means nothing
BULLET = re.compile(r"(?:[•◦▪‣∙●○■–*-]|\(?(\d{1,3}|[a-z])[.)])\s+(?=\S)")  # noqa: RUF001 - a dash
ENDS = (".", "!", "?", ":", ";", ",")
DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class Line:
    """A line as it stands on a page.

    Args:
        size: Of its letters; ``at`` is its height on the page, both in points.
        bold: How many of its characters are.
    """

    text: str
    size: float
    at: float
    bold: int = 0

    def add(self, text: str, size: float, *, bold: bool) -> None:
        """More of the same line."""
        self.text += text
        self.size = max(self.size, size)
        self.bold += len(text) * bold


@dataclass(frozen=True, slots=True)
class _Style:
    """What the text of a document looks like: the size of most of it, and of its headings."""

    body: float
    larger: tuple[float, ...]
    bold_means: bool

    def level(self, line: Line) -> int:
        """Of the heading that a line is, or 0."""
        text = line.text.strip()
        if len(text) > LONGEST_HEADING or not any(map(str.isalpha, text)):
            return 0
        if line.size > self.body * LARGER:
            return min(3, 1 + self.larger.index(round(line.size)))
        bold = self.bold_means and line.bold >= 0.9 * len(text)
        if bold and not text.endswith(ENDS) and not BULLET.match(text):
            return min(4, 1 + len(self.larger))
        return 0


def blocks_of(pages: Sequence[list[Line]]) -> list[Block]:
    """The blocks of a document, from the lines of its pages."""
    shown = [_without(lines, _running(pages)) for lines in pages]
    style = _style(line for lines in shown for line in lines)
    blocks: list[Block] = []
    for lines in shown:
        before: Line | None = None
        for line in lines:
            _place(line, before, style, blocks)
            before = line
    return blocks


def _place(line: Line, before: Line | None, style: _Style, blocks: list[Block]) -> None:
    """Add a line to the blocks, or to the last of them."""
    text = " ".join(line.text.split())
    level, last = style.level(line), blocks[-1] if blocks else None
    beside = before is not None and 0 <= before.at - line.at <= GAP * max(line.size, before.size)
    if level:
        if last is not None and last.level == level and beside:
            blocks[-1] = Block(f"{last.text} {text}"[:300], level)
        else:
            blocks.append(Block(text, level))
    elif mark := BULLET.match(text):
        number = f"{mark.group(1)}." if mark.group(1) else "-"
        tight = beside and last is not None and not last.level
        blocks.append(Block(f"{number} {text[mark.end() :]}", tight=tight))
    elif last is None or last.level or not (beside or _goes_on(last.text, text)):
        blocks.append(Block(text))
    else:
        blocks[-1] = Block(_joined(last.text, text), tight=last.tight)


def _goes_on(before: str, text: str) -> bool:
    """Whether a sentence was cut by the end of a column or page."""
    return not before.endswith((".", "!", "?", ":")) and text[:1].islower()


def _joined(before: str, text: str) -> str:
    """Two lines of a paragraph; a word parted by a hyphen is one again."""
    parted = before.endswith("-") and before[-2:-1].isalpha() and text[:1].islower()
    return before[:-1] + text if parted else f"{before} {text}"


def _style(lines: Iterable[Line]) -> _Style:
    sizes: Counter[int] = Counter()
    bold = 0
    for line in lines:
        sizes[round(line.size)] += len(line.text)
        bold += line.bold
    if not sizes:
        return _Style(0.0, (), bold_means=False)
    body = sizes.most_common(1)[0][0]
    larger = tuple(sorted((size for size in sizes if size > body), reverse=True))
    return _Style(body, larger, bold_means=bold < MOSTLY * sizes.total())


def _running(pages: Sequence[list[Line]]) -> frozenset[str]:
    """What stands at the edge of most pages, numbers aside."""
    edges: Counter[str] = Counter()
    for lines in pages:
        edges.update({_bare(line) for line in (*lines[:EDGE], *lines[-EDGE:])})
    least = max(3, RUNNING * len(pages))
    return frozenset(text for text, count in edges.items() if count >= least)


def _without(lines: list[Line], running: frozenset[str]) -> list[Line]:
    last = len(lines) - EDGE
    return [
        line
        for number, line in enumerate(lines)
        if not ((number < EDGE or number >= last) and _bare(line) in running)
    ]


def _bare(line: Line) -> str:
    return DIGITS.sub("#", " ".join(line.text.split()))
