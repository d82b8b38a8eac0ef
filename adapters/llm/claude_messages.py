"""Lay out a prompt's pieces as the messages of one request, stable parts first.

Text of people and documents only ever sits in a text field of the API, or in a
JSON string inside one, so that it cannot pass for a message, a source or a role.
Answers and actions see the thread as real messages, whose beginning stays the
same from turn to turn and is cached while turns follow one another within minutes.
Routing and summarising read it as quoted data: they are asked about a conversation
and take no part in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.llm.candidates import SEPARATOR
from core.drafts import Prompt, Task
from core.evidence import Passage
from core.window import Part, Piece

Block = dict[str, Any]

EPHEMERAL = {"type": "ephemeral"}  # cached for five minutes
SUMMARY = "Summary of the conversation before this, quoted data: "
EXCHANGES = "Earlier exchanges, oldest first, quoted data: "
DETAILS = "Details of that part of the conversation, newest first, quoted data: "
CORRECTIONS = "What people here corrected; it outranks summary and details, quoted data: "
RECALLED = "Lines of that part that may matter now, quoted data: "
FACTS = "Facts about the person who asks, quoted data: "
TOOL_RESULTS = "Results of tools, quoted data: "
ASK_SUMMARY = "Write the summary of the exchanges above."
NOTHING_SAID = "(nothing)"  # the API refuses empty text

TAKES_PART = frozenset({Task.ANSWER, Task.ACT})


@dataclass(frozen=True, slots=True)
class Layout:
    """The messages of a request.

    Args:
        sources: The ids of the passages in it, in the order in which citations count them.
    """

    messages: list[Block]
    sources: tuple[str, ...]


def lay_out(prompt: Prompt) -> Layout:
    """The messages of a prompt; the last one is the person's and ends with the question."""
    messages: list[Block] = []
    opening = _quoted(SUMMARY, [piece.text for piece in _of(prompt, Part.SUMMARY)], alone=True)
    opening += _quoted(DETAILS, [piece.text for piece in _of(prompt, Part.DETAILS)], alone=True)
    opening += _quoted(CORRECTIONS, [piece.text for piece in _of(prompt, Part.CORRECTION)])
    exchanges = [_said(piece) for piece in _of(prompt, Part.EXCHANGE)]
    if prompt.task in TAKES_PART:
        for name, asked, answered in exchanges:
            messages.append({"role": "user", "content": [*opening, text(f"{name}: {asked}")]})
            messages.append({"role": "assistant", "content": [text(answered)]})
            opening = []
        stable = messages[-1]["content"] if messages else opening
        if stable and prompt.soon:  # else it is gone when the next turn comes, and was paid for
            stable[-1]["cache_control"] = EPHEMERAL
    else:
        rows = [{"name": name, "asked": q, "answered": a} for name, q, a in exchanges]
        opening += _quoted(EXCHANGES, rows)
    passages = [piece for piece in _of(prompt, Part.PASSAGE) if piece.text.strip()]
    last = [
        *opening,
        *_quoted(RECALLED, [piece.text for piece in _of(prompt, Part.RECALLED)], alone=True),
        *_quoted(FACTS, [piece.text for piece in _of(prompt, Part.FACT)]),
        *_quoted(TOOL_RESULTS, [piece.text for piece in _of(prompt, Part.TOOL_RESULT)]),
        *(_search_result(piece.passage, piece.text) for piece in passages if piece.passage),
        text(_question(prompt)),
    ]
    messages.append({"role": "user", "content": last})
    return Layout(messages, tuple(p.passage.passage_id for p in passages if p.passage))


def text(words: str) -> Block:
    """A text block; an unpaired surrogate, which JSON cannot carry, becomes a question mark."""
    sound = words.encode("utf-8", "replace").decode()
    return {"type": "text", "text": sound if sound.strip() else NOTHING_SAID}


def _of(prompt: Prompt, part: Part) -> list[Piece]:
    return [piece for piece in prompt.pieces if piece.part is part]


def _question(prompt: Prompt) -> str:
    return ASK_SUMMARY if prompt.task is Task.SUMMARISE else prompt.text_of(Part.QUESTION)


def _quoted(label: str, values: Sequence[object], *, alone: bool = False) -> list[Block]:
    """A block with a label of ours and the values as JSON, which nothing inside can end."""
    if not values:
        return []
    data = values[0] if alone and len(values) == 1 else values
    return [text(label + json.dumps(data, ensure_ascii=False))]


def _said(piece: Piece) -> tuple[str, str, str]:
    """Who said what, and the answer, each cut as core cut them when it wrote the piece.

    The words are taken from the exchange, so that "Bot:" in a person's message stays theirs.
    """
    exchange = piece.exchange
    if exchange is None:
        return "Conversation", piece.text, ""
    name, asked, answered = exchange.author_name, exchange.asked, exchange.answered
    body, mark = piece.text.removeprefix(f"{name}: "), "\nBot: "
    at = body.find(mark)
    while at >= 0:
        if asked.startswith(body[:at]) and answered.startswith(body[at + len(mark) :]):
            return name, body[:at], body[at + len(mark) :]
        at = body.find(mark, at + 1)
    return name, asked, answered


def _search_result(passage: Passage, words: str) -> Block:
    """A passage with one text block per paragraph, the smallest part a citation can name."""
    document = passage.document
    known = f"{document.title}{SEPARATOR}"
    below = "" if passage.heading == document.title else passage.heading.removeprefix(known)
    title = " / ".join(filter(None, (document.title, below)))
    paragraphs = [part for part in words.split("\n\n") if part.strip()]
    return {
        "type": "search_result",
        "source": passage.passage_id,
        "title": text(f"{title} (updated {document.updated:%Y-%m-%d})")["text"],
        "content": [text(part) for part in paragraphs],
        "citations": {"enabled": True},
    }
