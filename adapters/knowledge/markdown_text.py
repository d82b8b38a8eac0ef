"""Turn Markdown into plain blocks of text, headings among them.

The syntax tree decides what is text, not regular expressions: images, comments
and raw HTML have none, links keep their words, lists keep one line an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.knowledge.blocks import Block, Lists
from adapters.knowledge.visible import Veil, seen

# HTML is parsed so that it can be told from text, and then left out.
PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def blocks(markdown: str) -> Iterator[Block]:
    """The visible blocks of an article, in reading order."""
    lists, veil = Lists(), Veil()
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
