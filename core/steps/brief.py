"""What somebody who takes over needs from the conversation, without its transcript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core import text
from core.session import Exchange, ExchangeKind
from core.steps.rules import only_wishes
from core.tools import Action, ActionState

FIRST_MOST, NOW_MOST = 260, 240  # characters of what was asked first, and of what is asked now
ID_MOST = 32  # characters; what is longer is a text and no id
CALLS_MOST = 30  # of a thread, the newest


def wants(mine: Sequence[Exchange], now: str) -> str:
    """What a person came for, and what they want now where that is something else.

    Args:
        mine: Their exchanges here, oldest first.
    """
    now = text.one_line(now, NOW_MOST)
    first = next((each.asked for each in since_handed_over(mine) if not _beside(each)), "")
    came_for = text.one_line(first, FIRST_MOST)
    if not came_for or came_for in now or now.startswith(came_for[:100]):
        return now
    return f"{came_for} (then: {now})"


def done(actions: Iterable[Action]) -> tuple[str, ...]:
    """The tools that were used, each with the ids it was given; an id is named once."""
    named: dict[str, list[str]] = {}
    known: set[str] = set()
    for action in actions:
        if action.private:
            continue
        label = (
            action.tool if action.state is ActionState.DONE else f"{action.tool} ({action.state})"
        )
        ids = [each for each in _ids(action.arguments) if each not in known]
        named.setdefault(label, []).extend(ids)
        known.update(ids)
    return tuple(f"{label} {', '.join(ids)}".strip() for label, ids in named.items())


def since_handed_over(mine: Sequence[Exchange]) -> Sequence[Exchange]:
    """What somebody asked after the last time that a person took over, or was asked for."""
    for at in range(len(mine), 0, -1):
        if mine[at - 1].kind is ExchangeKind.ESCALATION:
            return mine[at:]
    return mine


def _beside(exchange: Exchange) -> bool:
    """Whether it says nothing of the matter."""
    return exchange.kind is ExchangeKind.GREETING or only_wishes(exchange.asked)


def _ids(arguments: dict[str, Any]) -> Iterable[str]:
    for name, value in arguments.items():
        for each in value if isinstance(value, list) else [value]:
            said = text.one_line(str(each), ID_MOST + 1)
            is_id = name.endswith("_id") or any(map(str.isdecimal, said))
            if isinstance(each, str) and is_id and len(said) <= ID_MOST and " " not in said:
                yield said
