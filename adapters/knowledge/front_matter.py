"""Read the few lines of YAML at the head of an article, and where each of them stands.

Read from the parser's events, not loaded: values stay the text that was written,
so a date is not guessed at, and aliases, tags or deep nesting cannot grow into anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

FENCE = "---"
MOST_CHARACTERS = 64_000
DEEPEST = 20  # levels of nesting in fields that are not ours
HOW = "Start the file with '---', lines such as 'audience: everyone', and '---'"


class FrontMatterInvalid(ValueError):
    """The head of an article cannot be read; ``line`` counts from 1 in the file."""

    def __init__(self, line: int, what: str) -> None:
        self.line, self.what = line, what
        super().__init__(f"line {line}: {what}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as it was written.

    Args:
        items: The words of a text (one item) or of a list; None when it is nested deeper.
    """

    line: int
    items: tuple[str, ...] | None
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields by name, the rest of the file, and the line the closing fence is on."""

    fields: dict[str, Field]
    body: str
    end: int


def split(text: str) -> FrontMatter:
    """Part an article into its fields and its body.

    Raises:
        FrontMatterInvalid: There is no front matter, or it cannot be read.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise FrontMatterInvalid(1, f"there is no front matter. {HOW}.")
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), 0)
    if not end:
        raise FrontMatterInvalid(1, f"the front matter is not closed. {HOW}.")
    head = "\n".join(lines[1:end])
    return FrontMatter(fields_of("\n" + head), "\n".join(lines[end + 1 :]), end + 1)


def fields_of(head: str) -> dict[str, Field]:
    """The fields of a YAML text; its lines count from 1.

    Raises:
        FrontMatterInvalid: It cannot be read.
    """
    if len(head) > MOST_CHARACTERS:
        raise FrontMatterInvalid(
            1, f"the fields have {len(head)} characters; keep them below {MOST_CHARACTERS}."
        )
    fields: dict[str, Field] = {}
    try:
        events = _plain(yaml.parse(head, Loader=yaml.SafeLoader))
        opening = next(events, None)
        if opening is None:
            return fields
        if not isinstance(opening, yaml.MappingStartEvent):
            raise FrontMatterInvalid(
                _line(opening), "there are no fields here, such as 'audience: everyone'."
            )
        for key in events:
            if isinstance(key, yaml.MappingEndEvent):
                break
            if not isinstance(key, yaml.ScalarEvent):
                raise FrontMatterInvalid(_line(key), "a field's name must be a word.")
            if key.value in fields:
                first = fields[key.value].line
                raise FrontMatterInvalid(
                    _line(key), f"'{key.value}' stands here and on line {first}; keep one of them."
                )
            fields[key.value] = _field(_line(key), events)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FrontMatterInvalid(
            line, f"this is not YAML ({error.problem}). Put the value in quotes."
        ) from error
    except yaml.YAMLError as error:
        raise FrontMatterInvalid(1, "the front matter has characters YAML forbids.") from error
    return fields


def _field(line: int, events: Iterator[yaml.Event]) -> Field:
    """Consume one value; its words when it is a text or a flat list of texts."""
    value = next(events)
    if isinstance(value, yaml.ScalarEvent):
        return Field(line, (value.value,))
    items: list[str] = []
    flat, depth = isinstance(value, yaml.SequenceStartEvent), 1
    while depth:
        event = next(events)
        if isinstance(event, yaml.CollectionStartEvent):
            flat, depth = False, depth + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            items.append(event.value)
        if depth > DEEPEST:
            raise FrontMatterInvalid(_line(event), f"lists go deeper than {DEEPEST} levels.")
    return Field(line, tuple(items) if flat else None, is_list=True)


def _plain(events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events inside the one document; whatever points elsewhere or has a type is refused."""
    documents = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterInvalid(
                _line(event), "anchors and aliases ('&', '*') are not read. Put it in quotes."
            )
        if str(getattr(event, "tag", None) or "!") != "!":
            raise FrontMatterInvalid(_line(event), "types ('!') are not read. Put it in quotes.")
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > 1:
            raise FrontMatterInvalid(_line(event), "there are two YAML documents. Keep one.")
        if isinstance(
            event, yaml.ScalarEvent | yaml.CollectionStartEvent | yaml.CollectionEndEvent
        ):
            yield event


def _line(event: yaml.Event) -> int:
    """The line in the file; YAML counts from 0."""
    return event.start_mark.line + 1 if event.start_mark else 1
