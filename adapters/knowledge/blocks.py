"""The visible blocks of a document, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a paragraph, an item of a list, a row of a table, or code.

    Args:
        level: 1 to 6 for a heading, else 0.
        tight: It follows the block before it without an empty line.
    """

    text: str
    level: int = 0
    tight: bool = False
    code: bool = False


class Lists:
    """The lists that are open, and the mark that the next line of text gets."""

    def __init__(self) -> None:
        self._marks: list[str] = []
        self._next = ""
        self._begun = False

    def open(self, mark: str) -> None:
        """A list begins; ``mark`` is "-", or the number of its first item."""
        self._begun = bool(self._marks)
        self._marks.append(mark)

    def close(self) -> None:
        self._marks.pop()
        self._next = ""

    def item(self) -> None:
        indent, mark = "  " * (len(self._marks) - 1), self._marks[-1]
        if mark == "-":
            self._next = f"{indent}- "
        else:
            self._marks[-1] = str(int(mark) + 1)
            self._next = f"{indent}{mark}. "

    def mark(self) -> tuple[str, bool]:
        """The mark, and whether the line belongs right below the one before it."""
        mark, tight = self._next, self._begun
        self._next, self._begun = " " * len(mark), bool(self._marks)
        return mark, tight and bool(self._marks)
