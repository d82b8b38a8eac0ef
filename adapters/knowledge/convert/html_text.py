"""Gather the words of a page into blocks, as its elements open and close."""

from __future__ import annotations

import re

from adapters.knowledge.blocks import Block, Lists
from adapters.knowledge.visible import seen

HEADINGS = {f"h{level}": level for level in range(1, 7)}
WITHIN_LINES = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q rp rt ruby s"
    " samp small span strike strong sub sup time tt u var wbr"
)
INLINE = frozenset(WITHIN_LINES.split())
CELLS = frozenset({"td", "th"})
NUMBER = re.compile(r"\d{1,6}", re.ASCII)


class Text:
    """The blocks so far, and the words of the one that is open."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._words: list[str] = []
        self._lists = Lists()
        self._level = self._code = self._depth = 0
        self._tables: list[bool] = []  # of the open ones, whether each holds data
        self._cells: list[str] | None = None
        self._rows = 0

    def words(self, text: str) -> None:
        """Words that stand in the page."""
        self._words.append(text if self._code else " ".join(_spaced(text)))

    def enter(self, tag: str, start: str = "", *, data: bool = False) -> None:
        """An element opens.

        Args:
            start: The number an ordered list begins with, if it says so.
            data: It is a table whose rows are rows of values.
        """
        if tag == "br":
            self._words.append("\n")
        elif tag not in INLINE:
            self._flush()
            self._level = HEADINGS.get(tag, self._level)
            match tag:
                case "ul" | "dl":
                    self._list("-")
                case "ol":
                    self._list(start if NUMBER.fullmatch(start) else "1")
                case "li" | "dt" if self._depth:
                    self._lists.item()
                case "pre":
                    self._code += 1
                case "table":
                    self._tables.append(data)
                    self._rows = 0
                case "tr" if self._tables and self._tables[-1]:
                    self._cells = []

    def leave(self, tag: str) -> None:
        """An element closes."""
        if tag in INLINE or tag == "br":
            return
        if tag in CELLS and self._cells is not None:
            self._cells.append(self._line())
        else:
            self._flush()
        match tag:
            case "ul" | "ol" | "dl" if self._depth:
                self._depth -= 1
                self._lists.close()
            case "pre":
                self._code -= 1
            case "table" if self._tables:
                self._tables.pop()
                self._cells = None
            case "tr" if self._cells is not None:
                self._row(self._cells)
                self._cells = None
            case _ if tag in HEADINGS:
                self._level = 0

    def done(self) -> list[Block]:
        """Every block."""
        self._flush()
        return self._blocks

    def _list(self, mark: str) -> None:
        self._depth += 1
        self._lists.open(mark)

    def _row(self, cells: list[str]) -> None:
        if any(cells):
            self._blocks.append(Block(" | ".join(cells), tight=self._rows > 0))
            self._rows += 1

    def _line(self) -> str:
        words, self._words = "".join(self._words), []
        return " ".join(seen(words).split())

    def _flush(self) -> None:
        """End the open block; lines parted by a single break stay together."""
        if self._cells is not None:
            self._words.append(" ")  # a paragraph inside of a cell
            return
        text, self._words = "".join(self._words), []
        if self._code:
            if text.strip():
                self._blocks.append(Block(seen(text).strip("\n"), code=True))
            return
        if self._level:
            if line := " ".join(seen(text).split()):
                self._blocks.append(Block(line, self._level))
            return
        together = False
        for raw in text.split("\n"):
            if line := " ".join(seen(raw).split()):
                mark, tight = self._lists.mark()
                self._blocks.append(Block(mark + line, tight=tight or together))
            together = bool(line)


def _spaced(text: str) -> list[str]:
    """The words, with an empty one at an end that has a space."""
    words = text.split()
    if not words:
        return ["", ""] if text else []
    return [*[""] * text[0].isspace(), *words, *[""] * text[-1].isspace()]
