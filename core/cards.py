"""What the bot can show: cards made of blocks that every platform can draw.

A card is the intersection of Slack's Block Kit and Microsoft's Adaptive Cards.
Adapters draw it with one ``match`` over the blocks, ended by ``assert_never``,
so that a new block is a type error until every platform can draw it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\([^()\s]{1,2000}\)")
MARKS = re.compile(r"[`*]")
ADDRESS = re.compile(r"\S*(?:://|\b(?:javascript|data|mailto):)\S*")


class Tone(StrEnum):
    """How a card looks at a glance."""

    PLAIN = "plain"
    ATTENTION = "attention"
    DONE = "done"


class Style(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown, from our wording or from a model.

    It is parsed to a tree before it is drawn; of its links only those in
    ``links`` stay links, letter for letter; images and HTML never do.
    """

    text: str
    links: tuple[str, ...] = ()
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Plain:
    """Somebody's words, shown exactly and never interpreted."""

    text: str
    quoted: bool = False
    kind: Literal["plain"] = "plain"


@dataclass(frozen=True, slots=True)
class Field:
    """One labelled value; the value may hold somebody's words and is shown as text."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Labelled values, at most ten on any platform."""

    items: tuple[Field, ...]
    kind: Literal["fields"] = "fields"


@dataclass(frozen=True, slots=True)
class Source:
    """A document an answer rests on, as a reader sees it."""

    number: int
    title: str
    link: str
    age: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """The documents behind an answer, in the order they were cited."""

    items: tuple[Source, ...]
    kind: Literal["sources"] = "sources"


@dataclass(frozen=True, slots=True)
class Note:
    """A quiet line in our own words."""

    text: str
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that carries an opaque id; rights and state are read when it is pressed."""

    label: str
    action: str
    value: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Buttons:
    """A row of buttons."""

    items: tuple[Button, ...]
    kind: Literal["buttons"] = "buttons"


@dataclass(frozen=True, slots=True)
class Replies:
    """Says how an answer reaches somebody elsewhere: written in this message's thread.

    Where the bot may not hear threads, the card itself takes the answer.

    Args:
        person: Who reads the answers.
        value: Opaque id of the case they belong to, for staff; empty for its requester.
    """

    person: str
    value: str = ""
    kind: Literal["replies"] = "replies"

    @property
    def text(self) -> str:
        """How, in words, where the bot hears the thread."""
        said = f"Replies in this thread reach {self.person}"
        return f"{said}; start with ! to keep one here." if self.value else f"{said}."


Block = Prose | Plain | Fields | Sources | Note | Buttons | Replies


@dataclass(frozen=True, slots=True)
class Card:
    """One visible message.

    Args:
        blocks: What is shown, from top to bottom.
        title: A heading in our own words, or empty.
        speaks_as: The name of the person whose words these are; empty for the bot itself.
        generated: A model worded it; platforms that can, say so.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    tone: Tone = Tone.PLAIN
    speaks_as: str = ""
    generated: bool = False

    @property
    def fallback(self) -> str:
        """The card as one line of text, for notifications and screen readers; no address."""
        words = [self.title] if self.title else []
        for block in self.blocks:
            if isinstance(block, Prose):
                words.append(MARKS.sub("", LINK.sub(r"\1", block.text[:600])))
            elif isinstance(block, Plain):
                words.append(block.text)
            elif isinstance(block, Fields):
                words += [each.value for each in block.items]
        line = ADDRESS.sub("…", " ".join(" · ".join(words)[:600].split()))  # quadratic: cut first
        return line[:300] or "New message"
