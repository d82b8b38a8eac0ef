"""Choose a tool by what people say when they want it, and fill in their own words.

Only two kinds of arguments are filled: text the schema marks ``x-from: message``,
and a choice when exactly one of its values was said. Anything else needs a model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from adapters.llm.follow_ups import cleaned, cut
from adapters.llm.words import terms
from core.drafts import ToolCall, ToolSpec

ALIKE = 0.4  # how alike a request and a tool must be, 0 to 1
CLEARLY = 0.03  # how far the best must be ahead of the second
UNKNOWN = 0.4  # weight of a word no tool mentions; what is broken or wanted can be anything
DESCRIBED = 0.8  # worth of a description beside an example


def choose(message: str, tools: Sequence[ToolSpec]) -> ToolCall | None:
    """The one call the message asks for, or None when no tool fits or an argument is missing."""
    ranked = sorted(
        ((_alike(message, tool, tools), tool) for tool in tools), key=lambda each: -each[0]
    )
    if not ranked or ranked[0][0] < ALIKE:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < CLEARLY:
        return None
    tool = ranked[0][1]
    arguments = _filled(message, tool.schema)
    return None if arguments is None else ToolCall(tool.name, arguments)


def _alike(message: str, tool: ToolSpec, tools: Sequence[ToolSpec]) -> float:
    """How well a request fits a tool's examples and description, rare words counting more."""
    said = set(terms(message))
    counts = Counter(term for each in tools for term in set(terms(_everything(each))))
    weight = {term: log(1 + (1 + len(tools)) / counts[term]) for term in counts}
    whole = sum(weight.get(term, 0.0 if term.isdecimal() else UNKNOWN) for term in said)
    best = 0.0
    for text, worth in ((_everything(tool), DESCRIBED), *((each, 1.0) for each in tool.examples)):
        known = set(terms(text))
        both = sum(weight[term] for term in said & known)
        shorter = min(whole, sum(weight[term] for term in known)) if worth == 1.0 else whole
        if both:
            best = max(best, worth * (both / whole + both / shorter) / 2)
    return best


def _everything(tool: ToolSpec) -> str:
    return " ".join((tool.name.replace("_", " "), tool.description, *tool.examples))


def _filled(message: str, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments that the message itself gives, or None when a required one is missing."""
    arguments: dict[str, Any] = {}
    for name, declared in schema.get("properties", {}).items():
        value = _value(message, _resolved(declared, schema))
        if value is not None:
            arguments[name] = value
    required = schema.get("required", ())
    return arguments if all(name in arguments for name in required) else None


def _resolved(declared: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A property with its one reference or its non-null alternative written out."""
    options = [each for each in declared.get("anyOf", ()) if each.get("type") != "null"]
    options += declared.get("allOf", ())
    inner = options[0] if len(options) == 1 else declared
    name = str(inner.get("$ref", "")).removeprefix("#/$defs/")
    return {**schema.get("$defs", {}).get(name, {}), **inner, **declared}


def _value(message: str, declared: Mapping[str, Any]) -> str | None:
    if declared.get("enum"):
        said = set(terms(message))
        named = [each for each in declared["enum"] if _named(str(each), said)]
        return named[0] if len(named) == 1 and isinstance(named[0], str) else None
    if declared.get("type") != "string" or declared.get("x-from") != "message":
        return None
    words = cut(cleaned(message), int(declared.get("maxLength", 2_000)))
    return words if len(words) >= int(declared.get("minLength", 1)) else None


def _named(choice: str, said: set[str]) -> bool:
    spoken = terms(choice.replace("_", " ").replace("-", " "))
    return bool(spoken) and said.issuperset(spoken)
