"""A card cut into messages that Teams takes, by an estimate that is never too low.

Drawing a card to measure it, again and again, takes seconds for a text full of line
breaks. Counting what makes a drawing large takes one look at each character.
"""

from __future__ import annotations

import re
from dataclasses import replace

from core import text
from core.cards import Block, Buttons, Card, Fields, Note, Plain, Prose, Replies, Source, Sources

BYTES_MOST = 24_000  # of an activity; Teams refuses above some 28 kB
PARTS_MOST = 40
CUT_LEAST = 60  # characters below which a text is not cut any further
VALUE_MOST = 300  # characters a field may have in a message that is too large as a whole
FRAME, LINE, MARK, BUTTON, SOURCE = 1_500, 100, 110, 1_100, 900  # bytes each adds, at most
MARKS = re.compile(r"[*_`\[]")
GAP = re.compile(r"\n{3,}")


def parts(card: Card) -> list[Card]:
    """The card as one message, or as several when it is too large for one."""
    if _size(card.blocks) + _head(card) <= BYTES_MOST:
        return [card]
    room = BYTES_MOST - _head(card)
    blocks = [small for each in card.blocks for small in _cut(each, room)]
    found: list[tuple[Block, ...]] = [()]
    for each in blocks:
        if found[-1] and _size((*found[-1], each)) > room:
            found.append(())
        found[-1] = (*found[-1], each)
    shown = [
        replace(card, blocks=each, title="" if n else card.title) for n, each in enumerate(found)
    ]
    return shown[:PARTS_MOST]


def _head(card: Card) -> int:
    """What every part has of its own."""
    return FRAME + _bytes(card.title) + _bytes(card.speaks_as)


def _size(blocks: tuple[Block, ...]) -> int:
    return sum(map(_block, blocks))


def _block(block: Block) -> int:
    match block:
        case Prose():
            return _prose(block.text)
        case Plain() | Note():
            return _plain(block.text)
        case Fields():
            return sum(2 * LINE + _bytes(each.label) + _bytes(each.value) for each in block.items)
        case Sources():
            said = (_bytes(each.title + each.age + each.owner) for each in block.items)
            links = (2 * _bytes(each.link) for each in block.items)
            return SOURCE * len(block.items) + 2 * sum(said) + sum(links)
        case Replies():
            return 3 * BUTTON + 2 * _bytes(block.person + block.value)
        case Buttons():
            values = sum(2 * _bytes(each.value + each.label) for each in block.items)
            return BUTTON * (len(block.items) + 1) + values


def _plain(words: str) -> int:
    return _bytes(words) + LINE * (words.count("\n") + 1)


def _prose(words: str) -> int:
    return _plain(words) + MARK * sum(1 for _ in MARKS.finditer(words))


def _bytes(words: str) -> int:
    """The bytes of a text in JSON."""
    return len(words.encode()) + words.count('"') + words.count("\\") + words.count("\n")


def _cut(block: Block, room: int) -> tuple[Block, ...]:
    """A block as blocks that each fit."""
    size = _block(block)
    if size <= room:
        return (block,)
    match block:
        case Prose() | Plain():
            words = GAP.sub("\n\n", block.text)
            if words != block.text:
                return _cut(replace(block, text=words), room)
            most = max(len(words) * room // (2 * size), CUT_LEAST)
            if len(words) <= most:
                return ()
            halves = (replace(block, text=each) for each in text.split(words, most))
            return tuple(small for each in halves for small in _cut(each, room))
        case Fields():
            short = (replace(e, value=text.one_line(e.value, VALUE_MOST)) for e in block.items[:10])
            return (Fields(tuple(short)),)
        case Sources():
            return (Sources(tuple(map(_short, block.items[:10]))),)
        case Note():
            return (Note(text.one_line(block.text, VALUE_MOST)),)
        case Buttons() | Replies():
            return ()


def _short(source: Source) -> Source:
    link = source.link if len(source.link) <= VALUE_MOST else ""
    title, owner = text.one_line(source.title, 80), text.one_line(source.owner, 80)
    return Source(source.number, title, link, text.one_line(source.age, 80), owner)
