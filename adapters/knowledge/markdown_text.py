"""Turn Markdown into plain blocks of text, headings among them.

The syntax tree decides what is text, not regular expressions: images, comments
and raw HTML have none, links keep their words, lists keep one line an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.knowledge.visible import Veil, seen

# HTML is parsed so that it can be told from text, and then left out.
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


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


def first_heading(markdown: str) -> str:
    """The words of the first heading; empty when there is none."""
    return next((block.text for block in blocks(markdown) if block.level), "")


def blocks(markdown: str) -> Iterator[Block]:
    """The visible blocks of an article, in reading order."""
    lists, veil = _Lists(), Veil()
    cells: list[str] | None = None
    level, rows = 0, 0
    for token in PARSER.parse(markdown):
        match token.type:
            case "html_block":
                veil.feed(token.content)
            case "heading_open":
                level = int(token.tag[1])
            case "heading_close":
                level = 0
            case "bullet_list_open":
                lists.open("-")
            case "ordered_list_open":
                lists.open(str(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.close()
            case "list_item_open":
                lists.item()
            case "table_open":
                rows = 0
            case "tr_open":
                cells = []
            case "tr_close":
                if cells and any(cells):
                    yield Block(" | ".join(cells), tight=rows > 0)
                    rows += 1
                cells = None
            case "fence" | "code_block" if not veil.closed:
                text = seen(token.content).strip("\n")
                if text.strip():
                    yield Block(text, code=True)
            case "inline":
                text = inline(token.children or (), veil)
                if cells is not None:
                    cells.append(text)
                elif text and level:
                    yield Block(text, level)
                elif text:
                    mark, tight = lists.mark()
                    yield Block(mark + text, tight=tight)
            case _:
                pass


def inline(tokens: Sequence[Token], veil: Veil) -> str:
    """The visible words of a line; ``veil`` learns of the HTML in it."""
    words: list[str] = []
    for token in tokens:
        if token.type == "html_inline":
            veil.feed(token.content)
        elif veil.closed:
            continue
        elif token.type in {"softbreak", "hardbreak"}:
            words.append(" ")
        elif token.type in {"text", "code_inline", "text_special"}:
            words.append(token.content)
    return " ".join(seen("".join(words)).split())


class _Lists:
    """The lists that are open, and the mark that the next line of text gets."""

    def __init__(self) -> None:
        self._marks: list[str] = []
        self._next = ""
        self._begun = False

    def open(self, mark: str) -> None:
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
