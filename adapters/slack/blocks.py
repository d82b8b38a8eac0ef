"""Core's cards as Block Kit, within Slack's published limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never
from urllib.parse import urlsplit

from adapters.markdown.tree import flat, parse
from adapters.slack import richtext
from adapters.slack.mrkdwn import cut, escape
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

# characters and counts; Slack, Block Kit reference
HEADER_MOST = 150
NOTE_MOST = 2_000
BUTTON_LABEL_MOST = 75
BUTTON_VALUE_MOST = 2_000
BUTTONS_MOST = 25
BLOCKS_MOST = 50
FIELD_MOST = 2_000
TOTAL_MOST = 12_000  # of one message; about 13,000 was observed
FALLBACK_MOST = 300
SHORT_MOST = 2_000

ACTION_PREFIX = "desk."
FIELDS, SOURCES = "desk-fields-", "desk-sources-"  # what the block ids of these begin with
FEEDBACK = "feedback"
JUDGED = ("helpful", "unhelpful")
SIGNS = {Tone.PLAIN: "", Tone.ATTENTION: "🔶 ", Tone.DONE: "✅ "}


class Room:
    """How much text a message still has room for."""

    def __init__(self) -> None:
        self._left = TOTAL_MOST

    def take(self, text: str, most: int = TOTAL_MOST) -> str:
        kept = cut(text, min(most, self._left)) if self._left > 1 else ""
        self._left -= len(kept)
        return kept


def draw(card: Card) -> list[dict[str, Any]]:
    """The blocks of a message."""
    room = Room()
    blocks: list[dict[str, Any]] = []
    if card.title:
        title = room.take(SIGNS[card.tone] + card.title, HEADER_MOST)
        blocks.append({"type": "header", "text": _plain(title)})
    if card.speaks_as:
        name = richtext.words(room.take(card.speaks_as, HEADER_MOST), bold=True)
        blocks += _rich(richtext.section(name))
    for number, block in enumerate(card.blocks):
        blocks += _block(block, room, number)
    return blocks[:BLOCKS_MOST]


def shortened(card: Card, why: str) -> list[dict[str, Any]]:
    """The card's beginning as plain text, its buttons kept, for when Slack takes no more."""
    said = " ".join(each.text for each in card.blocks if isinstance(each, Prose | Plain))
    nodes = parse(said[:SHORT_MOST])
    kept = tuple(each for each in card.blocks if isinstance(each, Buttons))
    short = Card((Note(why), Plain(cut(flat(nodes), SHORT_MOST)), *kept), speaks_as=card.speaks_as)
    return draw(short)


def linked(words: str, link: str) -> list[dict[str, Any]]:
    """A line of our own that leads to a message."""
    return _rich(richtext.section([{"type": "link", "url": link, "text": words}]))


def fallback(blocks: list[dict[str, Any]]) -> str:
    """What drawn blocks say, as text for notifications and screen readers, with no markup in it."""
    said = " · ".join(filter(None, map(_line, blocks)))
    return escape(cut(said, FALLBACK_MOST)) or "New message"


def _line(block: dict[str, Any]) -> str:
    """A block in a notification: of fields the values alone, of sources nothing."""
    name = block.get("block_id", "")
    if name.startswith(SOURCES):
        return ""
    if name.startswith(FIELDS):
        (section,) = block["elements"]
        values = (each["text"] for each in section["elements"] if "style" not in each)
        return " · ".join(filter(None, (" ".join(each.split()) for each in values)))
    return " ".join(" ".join(_texts(block)).split())


def _texts(drawn: object) -> Iterable[str]:
    """Every text of drawn blocks that is not on a button, in reading order."""
    if isinstance(drawn, list):
        for each in drawn:
            yield from _texts(each)
    elif isinstance(drawn, dict) and drawn.get("type") not in ("actions", "context_actions"):
        if isinstance(drawn.get("text"), str):
            yield drawn["text"]
        yield from _texts(drawn.get("text"))
        yield from _texts(drawn.get("elements"))


def _block(block: Block, room: Room, number: int) -> list[dict[str, Any]]:
    match block:
        case Prose():
            return _rich(richtext.drawn(parse(room.take(block.text), block.links)))
        case Plain():
            words = richtext.words(room.take(block.text))
            return _rich(richtext.quoted(words) if block.quoted else richtext.section(words))
        case Fields():
            return _rich(_fields(block, room), f"{FIELDS}{number}")
        case Sources():
            return _rich(_sources(block, room), f"{SOURCES}{number}")
        case Note() | Replies():
            note = room.take(block.text, NOTE_MOST)
            return [{"type": "context", "elements": [_plain(note)]}] if note else []
        case Buttons():
            return _buttons(block.items[:BUTTONS_MOST], number)
        case _:
            assert_never(block)


def _rich(parts: list[dict[str, Any]], name: str = "") -> list[dict[str, Any]]:
    named = {"block_id": name} if name else {}
    return [{"type": "rich_text", **named, "elements": parts}] if parts else []


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _fields(block: Fields, room: Room) -> list[dict[str, Any]]:
    """One line each, so that a value is text and nothing else; sections would read markup."""
    parts: list[dict[str, Any]] = []
    for item in block.items:
        label = room.take(item.label, FIELD_MOST)
        value = room.take(item.value, FIELD_MOST)
        line = [*richtext.words(label, bold=True), *richtext.words(f"  {value}" if value else "")]
        parts += [*(richtext.words("\n") if parts and line else []), *line]
    return richtext.section(parts)


def _sources(block: Sources, room: Room) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for item in block.items:
        parts += richtext.words("\n") if parts else []
        parts += richtext.words(f"[{item.number}] ")
        parts += _titled(item, room.take(item.title, FIELD_MOST) or "…")
        said = " · ".join(each for each in (item.age, item.owner) if each)
        parts += richtext.words(room.take(f" · {said}", FIELD_MOST) if said else "")
    return richtext.section(parts)


def _titled(item: Source, title: str) -> Iterable[dict[str, Any]]:
    if urlsplit(item.link).scheme in ("http", "https"):
        return [{"type": "link", "url": item.link, "text": title}]
    return richtext.words(title)


def _buttons(items: tuple[Button, ...], number: int) -> list[dict[str, Any]]:
    """Judging an answer has an element of its own in Slack; all else is a row of buttons."""
    judged = {each.action: each for each in items if each.action in JUDGED}
    rest = [each for each in items if each.action not in JUDGED or len(judged) < len(JUDGED)]
    blocks: list[dict[str, Any]] = []
    if len(judged) == len(JUDGED):
        blocks.append(_feedback(judged["helpful"], judged["unhelpful"], number))
    if rest:
        elements = [_button(each, place) for place, each in enumerate(rest)]
        blocks.append({"type": "actions", "block_id": f"desk-{number}", "elements": elements})
    return blocks


def _feedback(yes: Button, no: Button, number: int) -> dict[str, Any]:
    element = {
        "type": "feedback_buttons",
        "action_id": ACTION_PREFIX + FEEDBACK,
        "positive_button": _judgement(yes),
        "negative_button": _judgement(no),
    }
    return {"type": "context_actions", "block_id": f"desk-judge-{number}", "elements": [element]}


def _judgement(button: Button) -> dict[str, Any]:
    value = f"{button.action}.{button.value}"[:BUTTON_VALUE_MOST]
    return {"text": _plain(cut(button.label, BUTTON_LABEL_MOST)), "value": value}


def _button(button: Button, place: int) -> dict[str, Any]:
    drawn: dict[str, Any] = {
        "type": "button",
        "text": _plain(cut(button.label, BUTTON_LABEL_MOST)),
        "action_id": f"{ACTION_PREFIX}{button.action}.{place}",  # unique in its message
        "value": button.value[:BUTTON_VALUE_MOST],
    }
    if button.style is not Style.PLAIN:
        drawn["style"] = button.style.value
    return drawn
