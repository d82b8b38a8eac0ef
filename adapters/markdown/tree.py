"""Markdown to a small tree of what may be shown. Nothing else survives.

Links stay links only when their address is on the list, letter for letter; any
other is shown as its text and its host, so that a label cannot lie. Images become
their description, HTML becomes text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

Tag = Literal["p", "h", "ul", "ol", "li", "pre", "quote", "strong", "em", "code", "link", "br"]

PARSER = MarkdownIt("commonmark", {"maxNesting": 12}).disable(
    ["html_block", "html_inline", "autolink", "reference"]
)
ADDRESS = re.compile(
    r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s<>\"|]+"
    r"|\b(?i:javascript|data|vbscript|msteams):\S+"
)
BARE = re.compile(r"\b((?:[a-zA-Z0-9_-]{1,63}\.){1,8}[a-zA-Z]{2,24}(?::\d{1,5})?)([/?#][^\s<>\"|])")
WEB = re.compile(r"https?://", re.IGNORECASE)
DEEPEST = 40  # levels of emphasis in one paragraph; more is shown as it was written
TAGS: dict[str, Tag] = {
    "paragraph": "p",
    "heading": "h",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "blockquote": "quote",
    "strong": "strong",
    "em": "em",
}


@dataclass(frozen=True, slots=True)
class Text:
    """Characters, shown as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class Element:
    """A stretch with a meaning; ``href`` is set on links only."""

    tag: Tag
    children: tuple[Node, ...] = ()
    href: str = ""


Node = Text | Element


def parse(markdown: str, links: Sequence[str] = ()) -> tuple[Node, ...]:
    """The tree of a text, of whose links only those in ``links`` are kept.

    What is nested too deep to be meant is shown as it was written, and nothing is lost.
    """
    listed, tokens = frozenset(links), PARSER.parse(markdown)
    if any(_depth(token.children or ()) > DEEPEST for token in tokens):
        return (Element("p", _text(markdown, listed)),)
    nodes = _nodes(tokens, listed)
    if not flat(nodes).strip() and markdown.strip():
        return (Element("p", _text(markdown.strip(), listed)),)
    return nodes


def _depth(tokens: Sequence[Token]) -> int:
    return max(accumulate((token.nesting for token in tokens), initial=0))


def _nodes(tokens: Sequence[Token], links: frozenset[str]) -> tuple[Node, ...]:
    """The nodes of tokens, whose opening ones have the matching closing ones behind them."""
    nodes: list[Node] = []
    opened: list[tuple[int, list[Node]]] = []  # where, and what stands before it
    for place, token in enumerate(tokens):
        if token.nesting > 0:
            opened.append((place, nodes))
            nodes = []
        elif token.nesting < 0:
            start, before = opened.pop()
            before += _around(tokens[start:place], tuple(nodes), links)
            nodes = before
        else:
            nodes += _leaf(token, links)
    return tuple(nodes)


def _around(
    tokens: Sequence[Token], children: tuple[Node, ...], links: frozenset[str]
) -> tuple[Node, ...]:
    """What a pair of tokens makes of the nodes between them; the closing one is left out."""
    kind = tokens[0].type.removesuffix("_open")
    if kind == "link":
        return _link(tokens, children, links)
    return (Element(TAGS[kind], children),) if kind in TAGS else children


def _leaf(token: Token, links: frozenset[str]) -> tuple[Node, ...]:
    match token.type:
        case "inline":
            return _nodes(token.children or (), links)
        case "text":
            return _text(token.content, links)
        case "softbreak":
            return (Text("\n"),)
        case "hardbreak":
            return (Element("br"),)
        case "code_inline":
            return (Element("code", (Text(_defused(token.content)),)),)
        case "fence" | "code_block":
            return (Element("pre", (Text(_defused(token.content.rstrip("\n"))),)),)
        case "image":
            return (Text(f"[image: {token.content or 'no description'}]"),)
        case _:
            return (Text(token.content),) if token.content else ()


def _text(words: str, links: frozenset[str]) -> tuple[Node, ...]:
    """Plain words; an address among them is a link when listed, else only its host."""
    if ":" not in words:  # so that no address stands in it
        return (Text(_apart(words)),) if words else ()
    nodes: list[Node] = []
    at = 0
    for match in ADDRESS.finditer(words):
        address = match.group().rstrip(".,;:!?)'\"")
        nodes.append(Text(_apart(words[at : match.start()])))
        if address in links and WEB.match(address):
            nodes.append(Element("link", (Text(address),), address))
        else:
            nodes.append(Text(_host(address) or "[address removed]"))
        at = match.start() + len(address)
    nodes.append(Text(_apart(words[at:])))
    return tuple(node for node in nodes if node != Text(""))


def _apart(words: str) -> str:
    """Words in which no host without a scheme, which platforms link too, carries a path."""
    return BARE.sub(r"\1 \2", words) if "." in words else words


def _defused(code: str) -> str:
    """Code without addresses that a platform would turn into links."""
    return ADDRESS.sub(lambda match: _host(match.group()) or "[address removed]", code)


def _link(
    tokens: Sequence[Token], label: tuple[Node, ...], links: frozenset[str]
) -> tuple[Node, ...]:
    href = str(tokens[0].attrs.get("href", ""))
    if href in links and WEB.match(href):
        if _misleads(_written(tokens), href):
            label = (Text(urlsplit(href).netloc),)
        return (Element("link", label, href),)
    host = _host(href)
    return (*label, Text(f" ({host})")) if host else label


def _written(tokens: Iterable[Token]) -> str:
    """The letters of a label, as the model wrote them."""
    return "".join(
        each.content if each.type in ("text", "code_inline") else _written(each.children or ())
        for each in tokens
    )


def _misleads(label: str, href: str) -> bool:
    """Whether a label looks like the address of another host."""
    shown = label.strip().casefold()
    if "." not in shown or " " in shown:
        return False
    host = urlsplit(shown if "//" in shown else f"//{shown}").netloc
    return bool(host) and "." in host and host != urlsplit(href).netloc.casefold()


def _host(href: str) -> str:
    """The host of a link that is not kept, without anything it could carry."""
    try:
        return urlsplit(href).hostname or ""
    except ValueError:
        return ""


def flat(nodes: Sequence[Node]) -> str:
    """The text of a tree alone."""
    return "".join(node.text if isinstance(node, Text) else flat(node.children) for node in nodes)
