"""Read a reply of the Messages API: text with its citations, data, calls, and what it cost.

A reply counts only with a known stop reason. The text of one that was cut or
refused does not leave this module, so that nobody can take it for an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from adapters.llm.claude_request import Request
from adapters.llm.failures import UnusableReply
from adapters.llm.prices import Billed, Rated
from core.drafts import Completion, Span, Stop, Task, ToolCall
from core.usage import Usage

STOPS: Mapping[object, Stop] = {
    "end_turn": Stop.END,
    "tool_use": Stop.TOOL,
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.LENGTH,
    "refusal": Stop.REFUSAL,
}  # others, "pause_turn" and "stop_sequence" among them, answer nothing we asked
CALLS_MOST = 4
UNKNOWN_SOURCE = "unknown source"  # the id of no passage, so that the judge sees it


class Garbled(Exception):
    """A reply whose shape cannot be read, and what it cost as far as is known."""

    def __init__(self, usage: Usage) -> None:
        self.usage = usage
        super().__init__("The reply cannot be read.")


def completion(message: Any, asked: Request, model: Rated) -> Completion:
    """What the model said.

    Raises:
        Garbled: It has not the shape the API promises; asking again may help.
        UnusableReply: It ended in a way that is of no use for the task.
    """
    usage = used(message, model)
    try:
        return _read(message, asked, Completion(model.name, _stop(message), usage=usage))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Garbled(usage) from error


def used(message: Any, model: Rated) -> Usage:
    """What a reply cost, as far as it says; nothing when it says nothing."""
    counts = message.get("usage") if isinstance(message, dict) else None
    if not isinstance(counts, dict):
        return Usage()
    return model.price.usage(
        Billed(
            fresh=_count(counts.get("input_tokens")),
            written=_count(counts.get("cache_creation_input_tokens")),
            cached=_count(counts.get("cache_read_input_tokens")),
            out=_count(counts.get("output_tokens")),
        )
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _stop(message: Mapping[str, Any]) -> Stop:
    return STOPS.get(message["stop_reason"], Stop.OTHER)


def _read(message: Mapping[str, Any], asked: Request, reply: Completion) -> Completion:
    blocks: list[dict[str, Any]] = message["content"]
    match asked.task:
        case Task.ROUTE:
            _whole(reply)
            return replace(reply, data=_object("".join(_texts(blocks))))
        case Task.SUMMARISE:
            _whole(reply)
            words = "".join(_texts(blocks))
            if not words.strip():
                raise UnusableReply("empty", reply.usage)
            return replace(reply, spans=(Span(words),))
        case Task.ANSWER | Task.ACT if reply.stop is Stop.END:
            return replace(reply, spans=_spans(blocks, asked.sources))
        case Task.ANSWER | Task.ACT if reply.stop is Stop.TOOL:
            calls = tuple(_call(block) for block in blocks if block["type"] == "tool_use")
            stop = Stop.TOOL if calls else Stop.OTHER
            return replace(reply, stop=stop, calls=calls[:CALLS_MOST])
        case _:
            return reply


def _whole(reply: Completion) -> None:
    """Nobody downstream asks how a route or a summary ended, so a cut one ends here."""
    if reply.stop is not Stop.END:
        raise UnusableReply(reply.stop.value, reply.usage)


def _texts(blocks: list[dict[str, Any]]) -> list[str]:
    """The text blocks' words; thinking and what we do not know are left out."""
    return [_words(block) for block in blocks if block["type"] == "text"]


def _words(block: Mapping[str, Any]) -> str:
    words = block["text"]
    if not isinstance(words, str):
        raise TypeError("a text block without text")
    return words


def _spans(blocks: list[dict[str, Any]], sources: tuple[str, ...]) -> tuple[Span, ...]:
    spans = []
    for block in blocks:
        if block["type"] == "text" and _words(block):
            ids = (_cited(citation, sources) for citation in block.get("citations") or ())
            spans.append(Span(block["text"], tuple(dict.fromkeys(ids))))
    return tuple(spans)


def _cited(citation: Mapping[str, Any], sources: tuple[str, ...]) -> str:
    """The passage a citation names by both its place and its id; never a guess."""
    index, source = citation.get("search_result_index"), citation.get("source")
    if isinstance(index, int) and 0 <= index < len(sources) and sources[index] == source:
        return sources[index]
    return UNKNOWN_SOURCE


def _object(words: str) -> dict[str, Any]:
    data = orjson.loads(words)
    if not isinstance(data, dict):
        raise TypeError("not an object")
    return data


def _call(block: Mapping[str, Any]) -> ToolCall:
    name, arguments = block["name"], block["input"]
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise TypeError("a call without a name or arguments")
    return ToolCall(name, arguments)
