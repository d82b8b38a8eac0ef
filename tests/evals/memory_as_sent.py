"""Session memory as an answer's prompt has it, whatever budget the script names.

A thread runs through the product's own strategy: blocks leave the window and are summarised
offline; a prompt holds summary, details, the newest exchanges, and what is recalled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.llm.digest import digest
from core.drafts import Task
from core.evidence import Evidence
from core.ids import ThreadKey
from core.messages import Place
from core.session import Exchange, Session
from core.steps.assemble import assemble as assembled
from core.steps.remember import remember
from core.window import Part
from tests.evals.thread import THREAD, Said, exchanges, message


@dataclass(frozen=True)
class Thread:
    """A thread after its last turn; it is its own transcript."""

    session: Session
    exchanges: Sequence[Exchange]

    async def between(
        self, thread: ThreadKey, first: datetime, last: datetime
    ) -> tuple[Exchange, ...]:
        return tuple(each for each in self.exchanges if first <= each.at <= last)


def prepare(turns: Sequence[Said]) -> Thread:
    said, session = exchanges(turns), Session(THREAD)
    for each in said:
        session = session.after(each, Place.CHANNEL)
        if session.overdue:
            session = session.summarised(digest(session.summary, session.overdue))
    return Thread(session, said)


def assemble(thread: Thread, query: str, budget: int) -> dict[str, object]:
    recalled = asyncio.run(remember(thread.session, query, None, thread))
    prompt = assembled(
        Task.ANSWER, message(query), thread.session, None, Evidence(), recalled=recalled
    )
    ours = (
        piece for piece in prompt.pieces if piece.part not in (Part.INSTRUCTIONS, Part.QUESTION)
    )
    return {"text": "\n".join(piece.text for piece in ours), "turn_ids": []}
