"""Cut a document into passages: long enough to answer, short enough to quote.

A passage is what stands under one heading. Tiny neighbours are joined, long ones
are split between paragraphs, then lines, then sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from adapters.knowledge.blocks import Block

FEWEST, MOST = 40, 220  # words
LETTERS = 12  # that count as a word in scripts without spaces, addresses and the like
SEPARATOR = " › "  # noqa: RUF001 - the sign readers see between headings
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Cut:
    """A passage before it is stored: the way of headings to it, and its plain text."""

    heading: str
    text: str


@dataclass
class _Section:
    """Blocks under one way of headings."""

    path: tuple[str, ...]
    blocks: list[Block] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(_count(block.text) for block in self.blocks)


def cut(title: str, blocks: Iterable[Block]) -> tuple[Cut, ...]:
    """The passages of a document, in reading order; none when it has no text."""
    cuts = []
    for section in _joined(_sections(title, blocks)):
        heading = SEPARATOR.join(section.path)
        cuts += [Cut(heading, _text(group)) for group in _groups(section)]
    return tuple(cuts)


def _sections(title: str, blocks: Iterable[Block]) -> list[_Section]:
    """One section a heading; every way begins with the title."""
    ways: list[tuple[int, str]] = [(0, title)]
    sections = [_Section((title,))]
    for block in blocks:
        if not block.level:
            sections[-1].blocks.append(block)
            continue
        ways = [way for way in ways if way[0] < block.level]
        if block.text.casefold() != title.casefold():
            ways.append((block.level, block.text))
        sections.append(_Section(tuple(text for _, text in ways)))
    return [section for section in sections if section.blocks]


def _joined(sections: list[_Section]) -> list[_Section]:
    """Join a tiny section to the one before it, or to the next when it is the first."""
    kept: list[_Section] = []
    for section in sections:
        last = kept[-1] if kept else None
        if last and min(last.words, section.words) < FEWEST and _fits(last, section):
            kept[-1] = _join(last, section)
        else:
            kept.append(section)
    return kept


def _fits(one: _Section, two: _Section) -> bool:
    return one.words + two.words <= MOST


def _join(one: _Section, two: _Section) -> _Section:
    """Both under the headings they share; what they do not share becomes a line of text."""
    shared = tuple(
        a for a, b in takewhile(lambda ab: ab[0] == ab[1], zip(one.path, two.path, strict=False))
    )
    joined = _Section(shared)
    for section in (one, two):
        below = section.path[len(shared) :]
        if below:
            joined.blocks.append(Block(SEPARATOR.join(below)))
        head, *rest = section.blocks
        joined.blocks += [Block(head.text, tight=bool(below), code=head.code), *rest]
    return joined


def _groups(section: _Section) -> Iterator[list[Block]]:
    """Blocks in as few and as even groups as the limit allows."""
    pieces = [piece for block in section.blocks for piece in _pieces(block)]
    left = sum(_count(piece.text) for piece in pieces)
    group: list[Block] = []
    size = 0
    for piece in pieces:
        words = _count(piece.text)
        aim = (size + left) / -(-(size + left) // MOST)
        if group and (size + words > MOST or size + words / 2 > aim):
            yield group
            group, size = [], 0
        group.append(piece)
        size, left = size + words, left - words
    if group:
        yield group


def _pieces(block: Block) -> Iterator[Block]:
    """The block, or parts of it that are short enough each."""
    if _count(block.text) <= MOST:
        yield block
        return
    parts = block.text.split("\n") if block.code else SENTENCE_END.split(block.text)
    tight = block.tight
    for part in filter(str.strip, parts):
        for chunk in _chunks(part):
            yield Block(chunk, tight=tight, code=block.code)
            tight = True


def _chunks(part: str) -> Iterator[str]:
    """A sentence or line without end, cut after so many words, or letters where none end."""
    words = part.split(" ")
    for start in range(0, len(words), MOST):
        chunk = " ".join(words[start : start + MOST])
        for place in range(0, len(chunk), MOST * LETTERS):
            yield chunk[place : place + MOST * LETTERS]


def _text(group: list[Block]) -> str:
    """The blocks as one readable text."""
    text = group[0].text
    for block in group[1:]:
        text += ("\n" if block.tight else "\n\n") + block.text
    return text


def _count(text: str) -> int:
    """Words, or what the letters amount to where no spaces part them."""
    return max(len(text.split()), len(text) // LETTERS)
