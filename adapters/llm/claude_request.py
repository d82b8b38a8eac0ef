"""Turn a prompt into the body of one request to the Messages API.

Nothing random and no prefill: current models refuse sampling parameters, and a
forced tool. Thinking counts towards ``max_tokens``, so the limits leave room for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
from anthropic import transform_schema

from adapters.llm.claude_messages import EPHEMERAL, Block, lay_out, text
from core.drafts import Prompt, Task, ToolSpec
from core.window import Part

MAX_TOKENS: Mapping[Task, int] = {
    Task.ROUTE: 2_048,
    Task.ANSWER: 4_096,
    Task.ACT: 2_048,
    Task.SUMMARISE: 2_048,
}
EFFORT: Mapping[Task, str] = {
    Task.ROUTE: "low",
    Task.ANSWER: "medium",
    Task.ACT: "low",
    Task.SUMMARISE: "low",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent, and what is needed to read the reply."""

    task: Task
    body: Block
    sources: tuple[str, ...]


def request(prompt: Prompt, model: str) -> Request:
    """The request that asks ``model`` what ``prompt`` asks."""
    layout = lay_out(prompt)
    instructions = text(prompt.text_of(Part.INSTRUCTIONS))
    body: Block = {
        "model": model,
        "max_tokens": MAX_TOKENS[prompt.task],
        "system": [{**instructions, "cache_control": EPHEMERAL}],
        "messages": layout.messages,
        "output_config": {"effort": EFFORT[prompt.task]},
    }
    if prompt.task is Task.ROUTE and prompt.schema is not None:
        schema = _accepted(orjson.dumps(prompt.schema))
        body["output_config"]["format"] = {"type": "json_schema", "schema": schema}
    if prompt.task is Task.ACT and prompt.tools:
        body["tools"] = [_tool(spec) for spec in prompt.tools]
        body["tool_choice"] = {"type": "auto", "disable_parallel_tool_use": True}
    return Request(prompt.task, body, layout.sources)


def _tool(spec: ToolSpec) -> Block:
    """A tool whose arguments the API holds to its schema; core checks them again."""
    samples = "".join(f"\nAsked for like this: {example}" for example in spec.examples)
    return {
        "name": spec.name,
        "description": spec.description + samples,
        "input_schema": _accepted(orjson.dumps(spec.schema)),
        "strict": True,
    }


@lru_cache(maxsize=256)
def _accepted(schema: bytes) -> Any:
    """A JSON schema in the dialect the API takes; what it has no words for becomes description."""
    return transform_schema(orjson.loads(schema))
