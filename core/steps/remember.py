"""Bring back what was said long ago in this thread, when it matters to the question."""

from __future__ import annotations

from core.ids import AccountKey
from core.ports import Transcript
from core.recollection import recollect
from core.session import Session
from core.strategies import Strategy

ROOM = (
    2_400  # characters of recalled lines, some 700 tokens; only a question that fits many takes all
)
LEAST = 1 / 3  # of the best line's worth, for others to come along with it


async def remember(
    session: Session, question: str, reader: AccountKey | None, transcript: Transcript
) -> str:
    """Lines of exchanges that only the summary holds; nothing while all are word for word.

    Only the hybrid strategy looks back so far.

    Args:
        reader: As for ``assemble``: what is only for somebody else is not recalled.
    """
    if session.began is None or session.summarised_until is None:
        return ""
    if session.strategy is not Strategy.HYBRID:
        return ""
    old = await transcript.between(session.thread, session.began, session.summarised_until)
    held = {exchange.turn_id for exchange in session.exchanges}
    readable = [each for each in old if each.readable_by(reader) and each.turn_id not in held]
    return recollect(readable, question, ROOM, LEAST)
