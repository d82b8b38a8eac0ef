"""Cards as the playground's page draws them: plain JSON, text never markup."""

from __future__ import annotations

from typing import Any, assert_never

from adapters.markdown.tree import Node, Text, parse
from core.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Fields,
    Note,
    Plain,
    Prose,
    Replies,
    Source,
    Sources,
)

MARKDOWN_MOST = 12_000  # characters of one block


def card(shown: Card) -> dict[str, Any]:
    """The body of a message."""
    return {
        "title": shown.title,
        "tone": shown.tone.value,
        "blocks": [_block(block) for block in shown.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Prose():
            nodes = parse(block.text[:MARKDOWN_MOST], block.links)
            return {"kind": "prose", "nodes": [_node(node) for node in nodes]}
        case Plain():
            return {"kind": "plain", "text": block.text, "quoted": block.quoted}
        case Fields():
            items = [{"label": each.label, "value": each.value} for each in block.items]
            return {"kind": "fields", "items": items}
        case Sources():
            return {"kind": "sources", "items": [_source(each) for each in block.items]}
        case Note() | Replies():
            return {"kind": "note", "text": block.text}
        case Buttons():
            return {"kind": "buttons", "items": [_button(each) for each in block.items]}
        case _:
            assert_never(block)


def _source(source: Source) -> dict[str, Any]:
    return {
        "number": source.number,
        "title": source.title,
        "link": source.link,
        "age": source.age,
        "owner": source.owner,
    }


def _button(button: Button) -> dict[str, Any]:
    return {
        "label": button.label,
        "action": button.action,
        "value": button.value,
        "style": button.style.value,
    }


def _node(node: Node) -> dict[str, Any]:
    if isinstance(node, Text):
        return {"tag": "text", "text": node.text}
    drawn: dict[str, Any] = {
        "tag": node.tag,
        "children": [_node(child) for child in node.children],
    }
    if node.href:
        drawn["href"] = node.href
    return drawn
