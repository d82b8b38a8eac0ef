"""The tree of a text as Slack's rich text: what is text there is never markup.

In ``mrkdwn`` and ``markdown`` blocks Slack looks for mentions and bare addresses; in
rich text it does not, so nothing a model or a person wrote can notify or link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from adapters.markdown.tree import Element, Node, Text

Part = dict[str, Any]
STYLES = {"strong": "bold", "em": "italic", "code": "code"}
INDENT_MOST = 8  # Slack, Block Kit reference, "rich_text_list"


def drawn(nodes: Sequence[Node]) -> list[Part]:
    """The elements of a rich text block for a whole tree."""
    parts: list[Part] = []
    inline: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and node.tag in ("p", "h", "ul", "ol", "pre", "quote", "li"):
            parts += _paragraph(inline)
            inline = []
            parts += _block(node, 0)
        else:
            inline.append(node)
    return _spaced(parts + _paragraph(inline))


def words(text: str, **style: bool) -> list[Part]:
    """Characters exactly as they are; nothing for an empty text, which Slack refuses."""
    if not text:
        return []
    return [{"type": "text", "text": text, **({"style": dict(style)} if style else {})}]


def section(parts: list[Part]) -> list[Part]:
    """A paragraph of inline parts."""
    return [{"type": "rich_text_section", "elements": parts}] if parts else []


def quoted(parts: list[Part]) -> list[Part]:
    """A quotation of inline parts."""
    return [{"type": "rich_text_quote", "elements": parts}] if parts else []


def _block(node: Element, depth: int) -> list[Part]:
    match node.tag:
        case "h":
            return section(list(_inline(node.children, {"bold": True})))
        case "ul" | "ol":
            return _list(node, depth)
        case "pre":
            code = list(_inline(node.children, {}))
            return [{"type": "rich_text_preformatted", "elements": code}] if code else []
        case "quote":
            inside = list(_flowing(node.children))
            return [{"type": "rich_text_quote", "elements": inside}] if inside else []
        case _:
            return _paragraph(node.children)


def _paragraph(nodes: Sequence[Node]) -> list[Part]:
    return section(list(_inline(nodes, {})))


def _list(node: Element, depth: int) -> list[Part]:
    """A list; a list inside becomes a sibling with more indent, which is Slack's way."""
    style = "ordered" if node.tag == "ol" else "bullet"
    parts: list[Part] = []
    number = 0
    for item in node.children:
        if not isinstance(item, Element):
            continue
        own = [each for each in item.children if not _is_list(each)]
        entry = section(list(_flowing(own))) or section(words("…"))
        if parts and parts[-1].get("indent") == depth:
            parts[-1]["elements"] += entry
        else:
            start: Part = {"offset": number} if style == "ordered" and number else {}
            kind: Part = {"type": "rich_text_list", "style": style, "indent": depth}
            parts.append({**kind, "elements": entry, **start})
        number += 1
        for each in item.children:
            if isinstance(each, Element) and _is_list(each):
                parts += _list(each, min(depth + 1, INDENT_MOST))
    return parts


def _is_list(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in ("ul", "ol")


def _flowing(nodes: Iterable[Node]) -> Iterable[Part]:
    """Paragraphs where Slack takes only inline parts: each on lines of its own."""
    for number, node in enumerate(nodes):
        if number and isinstance(node, Element) and node.tag in ("p", "h", "pre", "quote"):
            yield from words("\n")
        if isinstance(node, Element) and node.tag in ("ul", "ol", "li", "quote"):
            yield from _flowing(node.children)
        else:
            yield from _inline((node,), {})


def _inline(nodes: Iterable[Node], style: dict[str, bool]) -> Iterable[Part]:
    for node in nodes:
        if isinstance(node, Text):
            yield from words(node.text, **style)
        elif node.tag == "br":
            yield from words("\n")
        elif node.tag == "link":
            yield {"type": "link", "url": node.href, "text": _label(node), **_styled(style)}
        elif node.tag in STYLES:
            yield from _inline(node.children, {**style, STYLES[node.tag]: True})
        else:
            yield from _inline(node.children, style)


def _label(node: Element) -> str:
    return (
        "".join(each.text if isinstance(each, Text) else _label(each) for each in node.children)
        or node.href
    )


def _styled(style: dict[str, bool]) -> Part:
    return {"style": dict(style)} if style else {}


def _spaced(parts: list[Part]) -> list[Part]:
    """A blank line between two paragraphs, as people expect it."""
    spaced: list[Part] = []
    for part in parts:
        if spaced and spaced[-1]["type"] == part["type"] == "rich_text_section":
            spaced[-1]["elements"] = [*spaced[-1]["elements"], *words("\n\n"), *part["elements"]]
        else:
            spaced.append(part)
    return spaced
