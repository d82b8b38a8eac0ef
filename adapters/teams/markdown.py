"""A Markdown tree as the Markdown that Teams reads in a message's text.

Everything with a meaning to Teams is escaped, so that only what the tree says is
bold, a list or a link; ``<`` becomes an entity, so that no ``<at>`` is ever written.
Numbers in brackets stay, because Teams turns them into citations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from adapters.markdown.tree import Node, Text, parse

CITED = r"\[(?=[0-9]{1,2}\])|(?<=\[[0-9])\]|(?<=\[[0-9]{2})\]"
SPECIAL = re.compile(rf"{CITED}|([\\`*_\[\]~|]|(?<=\])\()")
STARTS = re.compile(r"^([ \t]*(?:[0-9]{1,9}(?=[.)])|(?=[#+=-])))", re.MULTILINE)
TAG = re.compile(r"<(?=/?at\b)", re.IGNORECASE)
URL_SAFE = ":/?#@!$&*+,;=%~-._'[]"


def text(markdown: str, links: Sequence[str] = ()) -> str:
    """A text for a message, of whose links only those in ``links`` are kept."""
    return drawn(parse(markdown, links))


def drawn(nodes: Sequence[Node]) -> str:
    """A tree, paragraph by paragraph."""
    return "\n\n".join(filter(None, (_block(node, "") for node in nodes)))


def escape(words: str) -> str:
    """Words that Teams shows as they are."""
    plain = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    inline = SPECIAL.sub(lambda found: f"\\{found[1]}" if found[1] else found[0], plain)
    return STARTS.sub(r"\1\\", inline)


def _block(node: Node, before: str) -> str:
    if isinstance(node, Text):
        return escape(node.text)
    match node.tag:
        case "ul" | "ol":
            items = enumerate(node.children, start=1)
            return "\n".join(
                f"{before}{f'{number}.' if node.tag == 'ol' else '-'} {_item(item, before)}"
                for number, item in items
            )
        case "pre":
            return f"```\n{_code(node.children)}\n```"
        case "quote":
            inner = "\n\n".join(_block(child, "") for child in node.children)
            return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
        case "h":
            return f"**{_inlines(node.children)}**"
        case _:
            return _inlines(node.children)


def _item(node: Node, before: str) -> str:
    children = (node,) if isinstance(node, Text) else node.children
    return "\n".join(_block(child, f"{before}    ") for child in children)


def _inlines(nodes: Sequence[Node]) -> str:
    return "".join(map(_inline, nodes))


def _inline(node: Node) -> str:
    if isinstance(node, Text):
        return escape(node.text)
    match node.tag:
        case "strong":
            return f"**{_inlines(node.children)}**"
        case "em":
            return f"_{_inlines(node.children)}_"
        case "code":
            return f"`{_code(node.children).replace(chr(10), ' ')}`"
        case "link":
            return f"[{_inlines(node.children)}]({quote(node.href, safe=URL_SAFE)})"
        case "br":
            return "  \n"
        case _:
            return _inlines(node.children)


def _code(nodes: Sequence[Node]) -> str:
    """Code without what could end it, or be taken for a tag."""
    words = "".join(each.text for each in nodes if isinstance(each, Text))
    quiet = words.replace("`", "\u02cb")
    return TAG.sub("<\u2060", quiet)
