"""A card as what Teams is sent: text, an Adaptive Card, or both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adapters.teams import adaptive, markdown, richtext
from core import text
from core.cards import ADDRESS, Block, Button, Buttons, Card, Note, Prose, Source, Sources

JUDGED = ("helpful", "unhelpful")
GENERATED = "AIGeneratedContent"
NOTE_MOST = 1_000
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


def _said(block: Prose | Note) -> str:
    if isinstance(block, Note):
        return f"_{markdown.escape(ADDRESS.sub('…', block.text[:NOTE_MOST]))}_"
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
