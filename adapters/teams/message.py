"""A card as what Teams is sent: text, an Adaptive Card, or both, never above its size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from adapters.teams import adaptive, markdown, richtext
from core import text
from core.cards import Block, Button, Buttons, Card, Fields, Note, Plain, Prose, Source, Sources

BYTES_MOST = 24_000  # of an activity; Teams refuses above some 28 kB
CUT_LEAST = 60  # characters below which a text is not cut any further
VALUE_MOST = 400  # characters a field may have in a message that is too large as a whole
PARTS_MOST = 30
JUDGED = ("helpful", "unhelpful")
GENERATED = "AIGeneratedContent"
NAME_MOST, ABSTRACT_MOST = 80, 160  # characters of a citation


def activity(card: Card, drawing: str) -> dict[str, Any]:
    """The message activity of a card that fits into one."""
    sent: dict[str, Any] = {"type": "message", "summary": richtext.run(card.fallback)["text"]}
    said = tuple(each for each in card.blocks if isinstance(each, Prose | Note))
    shown = card
    if card.generated or (said == card.blocks and not card.title and not card.speaks_as):
        sent |= {"text": "\n\n".join(map(_said, said)), "textFormat": "markdown"}
        rest = tuple(each for each in card.blocks if each not in said)
        shown = replace(card, blocks=tuple(filter(None, map(_kept, rest)))) if rest else Card(())
    if shown.blocks or shown.title:
        sent["attachments"] = [adaptive.attachment(shown, drawing)]
    if card.generated:
        sent["entities"] = [_label(card)]
        if feedback(card):
            sent["channelData"] = {"feedbackLoop": {"type": "default"}}
    return sent


def feedback(card: Card) -> str:
    """What judging a generated answer is about; Teams has thumbs of its own for that."""
    if not card.generated:
        return ""
    buttons = [each for block in card.blocks if isinstance(block, Buttons) for each in block.items]
    return next((each.value for each in buttons if each.action in JUDGED), "")


def parts(card: Card) -> list[Card]:
    """The card as one message, or as several when it is too large for one."""
    found: list[Card] = []
    rest: Card | None = card
    while rest is not None and len(found) < PARTS_MOST:
        first, rest = _cut(rest)
        found.append(first)
    return found


def _cut(card: Card) -> tuple[Card, Card | None]:
    """As much of a card as fits, and what is left of it."""
    if _fits(card):
        return card, None
    blocks = card.blocks
    most = next(n for n in range(len(blocks), -1, -1) if _fits(_first(card, blocks[:n])))
    if most:
        return _first(card, blocks[:most]), _rest(card, blocks[most:])
    halves = _halves(blocks[0])
    halves = () if halves == blocks[:1] else halves  # it cannot be made any smaller
    return _cut(replace(card, blocks=(*halves, *blocks[1:])))


def _first(card: Card, blocks: tuple[Block, ...]) -> Card:
    return replace(card, blocks=blocks)


def _rest(card: Card, blocks: tuple[Block, ...]) -> Card:
    return replace(card, blocks=blocks, title="")


def _halves(block: Block) -> tuple[Block, ...]:
    """A block that alone is too large, as smaller ones."""
    match block:
        case Prose() | Plain():
            most = max(len(block.text) // 2, CUT_LEAST)
            return tuple(replace(block, text=each) for each in text.split(block.text, most))
        case Fields():
            items = tuple(replace(e, value=text.one_line(e.value, VALUE_MOST)) for e in block.items)
            return (Fields(items[:10]),)
        case Sources():
            return (Sources(tuple(_short(each) for each in block.items[:10])),)
        case Note():
            return (Note(text.one_line(block.text, VALUE_MOST)),)
        case Buttons():
            return ()


def _short(source: Source) -> Source:
    link = source.link if len(source.link) <= 1_000 else ""
    return Source(
        source.number,
        text.one_line(source.title, VALUE_MOST),
        link,
        text.one_line(source.age, 80),
        text.one_line(source.owner, 80),
    )


def _fits(card: Card) -> bool:
    if sum(len(each.text) for each in card.blocks if isinstance(each, Prose | Plain)) > BYTES_MOST:
        return False
    return len(orjson.dumps(activity(card, "0" * 36))) <= BYTES_MOST


def _said(block: Prose | Note) -> str:
    if isinstance(block, Note):
        return f"_{markdown.escape(block.text)}_"
    return markdown.text(block.text, block.links)


def _kept(block: Block) -> Block | None:
    """A block beside a generated text: without the buttons that Teams' thumbs stand for."""
    if not isinstance(block, Buttons):
        return block
    left: tuple[Button, ...] = tuple(each for each in block.items if each.action not in JUDGED)
    return Buttons(left) if left else None


def _label(card: Card) -> dict[str, Any]:
    """Says that a model worded it, and which documents the numbers in it mean."""
    sources = [each for block in card.blocks if isinstance(block, Sources) for each in block.items]
    label: dict[str, Any] = {
        "type": "https://schema.org/Message",
        "@type": "Message",
        "@context": "https://schema.org",
        "@id": "",
        "additionalType": [GENERATED],
    }
    if sources:
        label["citation"] = [_citation(each) for each in sources]
    return label


def _citation(source: Source) -> dict[str, Any]:
    about = text.one_line(" · ".join(filter(None, (source.age, source.owner))), ABSTRACT_MOST)
    document = {
        "@type": "DigitalDocument",
        "name": text.one_line(source.title, NAME_MOST) or "…",
        "abstract": about or "…",
    }
    if source.link.startswith(("https://", "http://")):
        document["url"] = source.link
    return {"@type": "Claim", "position": source.number, "appearance": document}
