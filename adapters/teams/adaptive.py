"""Core's cards as Adaptive Cards 1.5, with people's words in TextRuns only."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, assert_never

from adapters.markdown.tree import parse
from adapters.teams import richtext, words
from adapters.teams.parse import DATA, REPLY
from adapters.teams.richtext import block, linked, run
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
    Style,
    Tone,
)

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"  # the newest that Teams shows on every device
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
BUTTONS_MOST = 6  # Teams shows no more in a row
REPLY_MOST = 4_000  # characters of a reply written on a card

COLORS = {Tone.PLAIN: "Default", Tone.ATTENTION: "Attention", Tone.DONE: "Good"}
STYLES = {Style.PLAIN: "default", Style.PRIMARY: "positive", Style.DANGER: "destructive"}


def attachment(card: Card, drawing: str) -> dict[str, Any]:
    """A card as an attachment of a message.

    Args:
        drawing: Names this drawing, so that a press on it can be told from one on another.
    """
    return {"contentType": CONTENT_TYPE, "content": draw(card, drawing)}


def draw(card: Card, drawing: str) -> dict[str, Any]:
    """The card itself."""
    body: list[dict[str, Any]] = []
    if card.title:
        title = run(card.title, weight="Bolder", size="Medium", color=COLORS[card.tone])
        body.append(block([title], spacing="Default"))
    if card.speaks_as:
        body.append(block([run(card.speaks_as, weight="Bolder")], spacing="Default"))
    for each in card.blocks:
        body += _block(each, drawing)
    return {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": VERSION,
        "body": body,
        "fallbackText": richtext.run(card.fallback)["text"],
        "msteams": {"width": "Full"},
    }


def _block(shown: Block, drawing: str) -> list[dict[str, Any]]:
    match shown:
        case Prose():
            return richtext.drawn(parse(shown.text, shown.links))
        case Plain():
            lines = richtext.written(shown.text, isSubtle=shown.quoted)
            return [_container(lines, "emphasis")] if shown.quoted else lines
        case Fields():
            return [_container([_field(each.label, each.value) for each in shown.items])]
        case Sources():
            return [_container([_source(each) for each in shown.items])]
        case Note():
            return [_note(shown.text)]
        case Replies():
            return _replies(shown, drawing)
        case Buttons():
            return [_buttons(shown.items[:BUTTONS_MOST], drawing)]
        case _:
            assert_never(shown)


def _container(items: Sequence[dict[str, Any]], style: str = "default") -> dict[str, Any]:
    return {"type": "Container", "style": style, "items": list(items), "spacing": "Default"}


def _field(label: str, value: str) -> dict[str, Any]:
    return block([run(f"{label}: ", weight="Bolder"), run(value)], spacing="Small")


def _source(source: Source) -> dict[str, Any]:
    said = " · ".join(each for each in (source.age, source.owner) if each)
    title = linked(source.title or "…", source.link)
    return block([run(f"[{source.number}] "), title, run(f" · {said}", isSubtle=True)])


def _buttons(items: Sequence[Button], drawing: str) -> dict[str, Any]:
    actions = [_action(each, drawing) for each in items]
    return {"type": "ActionSet", "actions": actions, "spacing": "Medium"}


def _replies(shown: Replies, drawing: str) -> list[dict[str, Any]]:
    """How to answer, true with and without leave to read a channel; staff can do it here."""
    if not shown.value:
        return [_note(words.REQUESTER_REPLIES.format(person=shown.person))]
    place = {
        "type": "Input.Text",
        "id": REPLY,
        "placeholder": words.REPLY_HINT,
        "isMultiline": True,
        "maxLength": REPLY_MOST,
        "spacing": "Small",
    }
    send = Button(words.REPLY_SEND, REPLY, shown.value)
    return [
        _note(words.STAFF_REPLIES.format(person=shown.person)),
        place,
        _buttons([send], drawing),
    ]


def _note(text: str) -> dict[str, Any]:
    return _container(richtext.written(text, isSubtle=True, size="Small"))


def _action(button: Button, drawing: str) -> dict[str, Any]:
    """Action.Execute, answered in place; where a client does not know it, Action.Submit."""
    parts = (drawing, button.action, button.value)
    nonce = sha256("\x1f".join(parts).encode()).hexdigest()[:24]
    data = {DATA: {"action": button.action, "value": button.value, "nonce": nonce}}
    drawn = {
        "title": button.label,
        "data": data,
        "style": STYLES[button.style],
        "associatedInputs": "auto" if button.action == REPLY else "none",
    }
    return {
        "type": "Action.Execute",
        "verb": button.action,
        **drawn,
        "fallback": {"type": "Action.Submit", **drawn},
    }
