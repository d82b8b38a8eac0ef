"""Who is addressed in a text. Only the envelope's entities say so; typed ``<at>`` is text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from adapters.teams.envelope import list_at, text_at

MENTIONS_MOST = 200  # of one message; what is beyond stays text


def mentions(activity: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The mention entities of an activity."""
    entities = list_at(activity, "entities")
    found = (each for each in entities if each.get("type") == "mention")
    return list(islice(found, MENTIONS_MOST))


def addressed(activity: Mapping[str, Any], bots: frozenset[str]) -> tuple[bool, bool]:
    """Whether the bot is mentioned, and whether anybody else is."""
    ids = [text_at(each, "mentioned", "id") for each in mentions(activity)]
    return any(each in bots for each in ids), any(each not in bots for each in ids)


def spoken(
    activity: Mapping[str, Any],
    bots: frozenset[str],
    shown: Callable[[Mapping[str, Any]], str],
) -> str:
    """The text without the bot's own mention, other mentions as ``shown`` says.

    Each entity stands for one place, the next at which its text is found: a person with
    the bot's name, or the bot's name in a sentence, stay.
    """
    text = text_at(activity, "text").replace("\xa0", " ").replace("&nbsp;", " ")
    kept: list[str] = []
    for each in mentions(activity):
        token = text_at(each, "text")
        before, found, after = text.partition(token) if token else (text, "", "")
        if not found:
            continue
        ours = text_at(each, "mentioned", "id") in bots
        kept += [before, "" if ours else shown(each)]
        text = after
    return "".join((*kept, text)).strip()


def by_name(entity: Mapping[str, Any]) -> str:
    """A mention as people read it."""
    return f"@{text_at(entity, 'mentioned', 'name') or 'somebody'}"


def by_id(entity: Mapping[str, Any]) -> str:
    """A mention as a command needs it: the id, or the channel's."""
    found = text_at(entity, "mentioned", "id")
    return found if found.startswith("19:") else f"@{found}"
