"""What the fake model says when no fault is scripted.

``offline_mind`` reads the request back into a prompt and lets the offline model
answer it, so that whole conversations make sense.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from adapters.llm.claude_messages import (
    CORRECTIONS,
    DETAILS,
    EXCHANGES,
    FACTS,
    RECALLED,
    SUMMARY,
    TOOL_RESULTS,
)
from adapters.llm.offline import OfflineModel
from core.account import Fact, FactSource
from core.drafts import Completion, Prompt, Stop, Task, ToolSpec
from core.evidence import Document, Passage
from core.ids import AccountKey, Platform, WorkspaceKey
from core.ports import Model
from core.routes import Tier
from core.session import Exchange, ExchangeKind
from core.window import Part, Piece

Mind = Callable[[dict[str, Any]], Awaitable["Reply"]]

STOPS = {
    Stop.END: "end_turn",
    Stop.TOOL: "tool_use",
    Stop.LENGTH: "max_tokens",
    Stop.REFUSAL: "refusal",
    Stop.OTHER: "pause_turn",
}
WORSE = 0.98  # of the score of the passage after it
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
SOMEBODY = AccountKey(WorkspaceKey(Platform.WEB, "fake"), "somebody")


@dataclass(frozen=True)
class Reply:
    """The content blocks of a reply and why it stopped."""

    content: list[dict[str, Any]]
    stop_reason: str | None = "end_turn"


def says(*words: str) -> Reply:
    """Plain text, one block each."""
    return Reply([{"type": "text", "text": each} for each in words])


def calls(*named: tuple[str, object]) -> Reply:
    """Tool calls by name and arguments."""
    blocks: list[dict[str, Any]] = [
        {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": arguments}
        for at, (name, arguments) in enumerate(named)
    ]
    return Reply(blocks, "tool_use")


def structured(fill: Callable[[str], dict[str, Any]]) -> Callable[..., Awaitable[Reply]]:
    """A mind that fills structured output from the question, and is offline otherwise."""

    async def mind(body: dict[str, Any]) -> Reply:
        if "format" in body.get("output_config", {}):
            return says(json.dumps(fill(question(body))))
        return await offline_mind(body)

    return mind


def question(body: dict[str, Any]) -> str:
    """The last text of the last message."""
    return str(body["messages"][-1]["content"][-1]["text"])


def results(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The search results of a request, in the order in which citations count them."""
    blocks = [block for message in body["messages"] for block in message["content"]]
    return [block for block in blocks if block["type"] == "search_result"]


def citing(words: str, at: int, result: dict[str, Any]) -> dict[str, Any]:
    """A text block that cites the first block of a search result."""
    citation = {
        "type": "search_result_location",
        "cited_text": result["content"][0]["text"],
        "source": result["source"],
        "title": result["title"],
        "search_result_index": at,
        "start_block_index": 0,
        "end_block_index": 1,
    }
    return {"type": "text", "text": words, "citations": [citation]}


def speaking(model: Model) -> Mind:
    """A mind that answers as a model does to the same prompt."""

    async def mind(body: dict[str, Any]) -> Reply:
        spoken = await model.complete(read_back(body))
        if spoken.data is not None:
            return says(json.dumps(spoken.data))
        if spoken.calls:
            return calls(*((call.name, dict(call.arguments)) for call in spoken.calls))
        return Reply(_cited(spoken, results(body)), STOPS[spoken.stop])

    return mind


offline_mind = speaking(OfflineModel())


def _cited(spoken: Completion, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    places = {result["source"]: at for at, result in enumerate(given)}
    blocks: list[dict[str, Any]] = []
    for span in spoken.spans:
        found = [places[each] for each in span.passage_ids if each in places]
        plain = {"type": "text", "text": span.text}
        blocks.append(citing(span.text, found[0], given[found[0]]) if found else plain)
    return blocks


def read_back(body: dict[str, Any]) -> Prompt:
    """The prompt a request was made from, as far as a model of core's needs it."""
    task = task_of(body)
    *earlier, last = body["messages"]
    given = last["content"][:-1]
    pieces = [Piece.of(Part.INSTRUCTIONS, body["system"][0]["text"])]
    for asked, answered in zip(earlier[::2], earlier[1::2], strict=True):
        *opening, said = asked["content"]
        pieces += [piece for block in opening for piece in _quoted(block)]
        name, _, words = said["text"].partition(": ")
        pieces.append(_exchange(name, words, answered["content"][0]["text"]))
    pieces += [piece for block in given for piece in _quoted(block)]
    found = [block for block in given if block["type"] == "search_result"]
    pieces += [_passage(block, place) for place, block in enumerate(found, 1 - len(found))]
    if task is not Task.SUMMARISE:
        pieces.append(Piece.of(Part.QUESTION, question(body)))
    tools = tuple(
        ToolSpec(each["name"], each["description"], _unread(each["input_schema"]))
        for each in body.get("tools", ())
    )
    return Prompt(task, Tier.MAIN, tuple(pieces), tools=tools)


def _unread(schema: dict[str, Any]) -> dict[str, Any]:
    """A tool's schema with the marks that the API only takes as description."""
    marked = json.loads(json.dumps(schema))
    for declared in marked.get("properties", {}).values():
        if "x-from: message" in declared.get("description", ""):
            declared["x-from"] = "message"
    return dict(marked)


def task_of(body: dict[str, Any]) -> Task:
    if "format" in body.get("output_config", {}):
        return Task.ROUTE
    if body.get("tools"):
        return Task.ACT
    return Task.SUMMARISE if question(body).startswith("Write the summary") else Task.ANSWER


def _passage(block: dict[str, Any], behind: int) -> Piece:
    """A passage; the best stands last, the others so far ``behind`` it."""
    title, _, heading = block["title"].split(" (updated ")[0].partition(" / ")
    document = Document(block["source"], title, "", "", date(2026, 1, 1), "everyone")
    words = "\n\n".join(part["text"] for part in block["content"])
    passage = Passage(block["source"], document, heading, words, WORSE**-behind)
    return Piece(Part.PASSAGE, words, 1, passage=passage)


def _quoted(block: dict[str, Any]) -> list[Piece]:
    """The pieces that a block of quoted data holds."""
    words = block.get("text", "")
    for label, piece in QUOTED.items():
        if words.startswith(label):
            data = json.loads(words.removeprefix(label))
            return [piece(each) for each in (data if isinstance(data, list) else [data])]
    return []


def _fact(words: str) -> Piece:
    key, _, rest = words.partition(": ")
    value = re.sub(r" \([^()]*\)$", "", rest)
    return Piece(Part.FACT, words, 1, fact=Fact(key, value, FactSource.DIRECTORY, EPOCH, EPOCH))


def _exchange(name: str, asked: str, answered: str) -> Piece:
    words = f"{name}: {asked}\nBot: {answered}"
    exchange = Exchange("", SOMEBODY, name, asked, answered, EPOCH, ExchangeKind.ANSWER)
    return Piece(Part.EXCHANGE, words, 1, exchange=exchange)


QUOTED: dict[str, Callable[[Any], Piece]] = {
    SUMMARY: lambda words: Piece.of(Part.SUMMARY, words),
    DETAILS: lambda words: Piece.of(Part.DETAILS, words),
    CORRECTIONS: lambda words: Piece.of(Part.CORRECTION, words),
    RECALLED: lambda words: Piece.of(Part.RECALLED, words),
    FACTS: _fact,
    TOOL_RESULTS: lambda words: Piece.of(Part.TOOL_RESULT, words),
    EXCHANGES: lambda row: _exchange(row["name"], row["asked"], row["answered"]),
}
