"""Session memory: what the product recalls of a conversation when a budget is all it has.

``memory_as_sent`` measures a prompt as it is, with its own room for each part.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.details import listed, newest_first
from core.recollection import recollect
from core.session import Exchange
from tests.evals.thread import Said, exchanges

CHARACTERS = 4  # of a token, as the script counts them
DETAILS = 0.4  # share of the room, at most


def prepare(turns: Sequence[Said]) -> tuple[Exchange, ...]:
    return exchanges(turns)


def assemble(state: Sequence[Exchange], query: str, budget: int) -> dict[str, object]:
    """What would be sent; the script looks for the evidence in the text itself."""
    room = budget * CHARACTERS
    said = newest_first(text for each in state for text in each.said)
    details = listed(said, room * DETAILS)
    lines = recollect(state, query, room - len(details) - 1)
    return {"text": f"{details}\n{lines}", "turn_ids": []}
