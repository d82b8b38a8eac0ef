"""Text for cards as RichTextBlocks: their runs are shown as written, never read as markup.

TextBlocks and facts read Markdown and ``{{DATE()}}``; a TextRun does not know the
first, and the second is broken up here. Each line is a block of its own, because
clients disagree on line breaks within one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.markdown.tree import Node, Text

INDENT = "\u2003"
Run = dict[str, Any]
Line = list[Run]


def run(text: str, **looks: Any) -> Run:
    """A stretch of text."""
    inert = text.replace("{{", "{\u2060{").replace("${", "$\u2060{")
    return {"type": "TextRun", "text": inert, **looks}


def linked(text: str, url: str, **looks: Any) -> Run:
    """A stretch of text that opens a web page; any other address leaves it plain."""
    if urlsplit(url).scheme not in ("http", "https"):
        return run(text, **looks)
    return run(text, **looks, selectAction={"type": "Action.OpenUrl", "url": url})


def block(line: Line, *, spacing: str = "None", **more: Any) -> dict[str, Any]:
    """A line as a card's element."""
    return {"type": "RichTextBlock", "inlines": line, "spacing": spacing, **more}


def written(text: str, **looks: Any) -> list[dict[str, Any]]:
    """Somebody's words, exactly, line by line."""
    lines = text.split("\n")
    return [
        block([run(line or " ", **looks)], spacing="None" if number else "Default")
        for number, line in enumerate(lines)
    ]


def drawn(nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """A Markdown tree as blocks."""
    blocks = []
    for node in nodes:
        lines = _lines(node, {}, "")
        for number, line in enumerate(lines):
            blocks.append(block(line or [run(" ")], spacing="None" if number else "Default"))
    return blocks


def _lines(node: Node, looks: Run, before: str) -> list[Line]:
    """The lines of a node that stands on its own."""
    if isinstance(node, Text):
        return _broken(_inline(node, looks))
    match node.tag:
        case "ul" | "ol":
            found: list[Line] = []
            for number, item in enumerate(node.children, start=1):
                mark = f"{number}. " if node.tag == "ol" else "• "
                lines = _item(item, looks, before + INDENT)
                lines[0] = [run(before + mark, **looks), *lines[0]]
                found += lines
            return found
        case "pre":
            code = "".join(each.text for each in node.children if isinstance(each, Text))
            return [[run(line or " ", fontType="Monospace")] for line in code.split("\n")]
        case "quote":
            quiet = {**looks, "isSubtle": True}
            lines = [line for child in node.children for line in _lines(child, quiet, before)]
            return [[run("│ ", isSubtle=True), *line] for line in lines]
        case "h":
            return _broken(_inlines(node.children, {**looks, "weight": "Bolder"}))
        case _:
            return _broken(_inlines(node.children, looks))


def _item(node: Node, looks: Run, before: str) -> list[Line]:
    """A list item: its first paragraph goes on behind the mark, the rest below it."""
    children = node.children if not isinstance(node, Text) else (node,)
    lines = [line for child in children for line in _lines(child, looks, before)]
    return lines or [[]]


def _inlines(nodes: Sequence[Node], looks: Run) -> Line:
    return [each for node in nodes for each in _inline(node, looks)]


def _inline(node: Node, looks: Run) -> Line:
    if isinstance(node, Text):
        return [run(node.text, **looks)]
    match node.tag:
        case "strong":
            return _inlines(node.children, {**looks, "weight": "Bolder"})
        case "em":
            return _inlines(node.children, {**looks, "italic": True})
        case "code":
            return _inlines(node.children, {**looks, "fontType": "Monospace"})
        case "link":
            return [
                linked(each["text"], node.href, **looks) for each in _inlines(node.children, {})
            ]
        case "br":
            return [run("\n")]
        case _:
            return _inlines(node.children, looks)


def _broken(runs: Line) -> list[Line]:
    """Runs as lines, cut at their line breaks."""
    lines: list[Line] = [[]]
    for each in runs:
        first, *rest = each["text"].split("\n")
        if first:
            lines[-1].append({**each, "text": first})
        lines += [[{**each, "text": part}] if part else [] for part in rest]
    return [line for line in lines if line] or [[]]
