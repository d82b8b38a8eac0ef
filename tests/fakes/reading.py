"""What a reader reads of a card, whatever platform draws it: lines of plain text and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.markdown.tree import Element, Node, Text, parse
from core.cards import (
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    Note,
    Plain,
    Prose,
    Replies,
    Source,
    Sources,
)

LINES = ("p", "h", "li", "pre", "quote", "br")  # what begins a new line


@dataclass
class Page:
    """What a reader finds on a message."""

    title: str = ""
    speaker: str = ""
    about: str = ""
    lines: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    links: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        return tidy("\n".join([self.title, *self.lines]))


def card_text(card: Card) -> str:
    """Everything a reader sees of a card, line by line; buttons in square brackets."""
    lines = [card.title]
    for block in card.blocks:
        match block:
            case Prose():
                lines.append(read(parse(block.text, block.links)))
            case Plain() | Note() | Replies():
                lines.append(block.text)
            case Fields():
                lines += [f"{each.label}: {each.value}" for each in block.items]
            case Sources():
                lines += [
                    " · ".join(
                        filter(None, (f"[{each.number}] {each.title}", each.age, each.owner))
                    )
                    for each in block.items
                ]
            case Buttons():
                lines.append(" ".join(f"[{each.label}]" for each in block.items))
    return tidy("\n".join(lines))


def source_line(source: Source) -> str:
    """A source as every platform words it."""
    parts = (f"[{source.number}] {source.title}", source.age, source.owner)
    return " · ".join(filter(None, parts))


def shown(markdown: str) -> str:
    """A text of ours as a reader reads it."""
    return read(parse(markdown))


def read(nodes: Sequence[Node]) -> str:
    """The text of a tree, a line for each paragraph."""
    return tidy("".join(map(_words, nodes)))


def hrefs(nodes: Sequence[Node]) -> list[str]:
    """Every address that a tree would turn into a link."""
    inside = [(node, hrefs(node.children)) for node in nodes if isinstance(node, Element)]
    return [each for node, found in inside for each in ([node.href] if node.href else []) + found]


def tidy(text: str) -> str:
    """Lines without blanks around them, and no empty ones: platforms space them as they like."""
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def _words(node: Node) -> str:
    if isinstance(node, Text):
        return node.text
    return "".join(map(_words, node.children)) + ("\n" if node.tag in LINES else "")
