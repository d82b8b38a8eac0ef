"""Replace a block of old exchanges by a summary of them; private ones are left out for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core import text
from core.drafts import Completion, Prompt, Stop, Task
from core.errors import ModelReplyInvalid
from core.ids import derived_id
from core.outcome import Ending, TurnRecord
from core.ports import Book, Clock, Model
from core.prompts import instructions
from core.routes import Tier
from core.session import Session
from core.steps.assemble import remembered
from core.tokens import at_most
from core.window import Part, Piece, fit

BUDGET = 12_000  # tokens
SUMMARY_MOST = 1_200  # characters; it stands in every prompt from now on


async def summarise(session: Session, model: Model, clock: Clock, book: Book) -> Session:
    """The session with its overdue block summarised; itself when nothing is overdue.

    Args:
        book: Told what it cost, also of a summary that cannot be used.

    Raises:
        ModelError: No summary was made; the session stays as it is and is tried again later.
    """
    block = [exchange for exchange in session.overdue if exchange.only_for is None]
    if not session.overdue:
        return session
    if not block:
        return session.summarised(session.summary)
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(Task.SUMMARISE), required=True)]
    pieces += (replace(piece, required=True) for piece in remembered(session))
    for exchange in block:
        words = (
            f"{exchange.author_name}: {exchange.asked[:2_000]}\nBot: {exchange.answered[:2_000]}"
        )
        pieces.append(Piece(Part.EXCHANGE, words, at_most(words), exchange=exchange))
    begun = clock()
    prompt = Prompt(Task.SUMMARISE, Tier.SMALL, fit(pieces, BUDGET))
    completion = await model.complete(prompt)
    if completion.usage.calls:
        await book(_record(session, prompt, completion, begun, clock()))
    summary = text.clean(completion.text).strip()
    if completion.stop is not Stop.END or not summary:
        raise ModelReplyInvalid(f"No summary came back: {completion.stop}.")
    return session.summarised(summary[:SUMMARY_MOST])


def _record(
    session: Session, prompt: Prompt, completion: Completion, begun: datetime, ended: datetime
) -> TurnRecord:
    """The ledger row of a try: each has its own, for each is paid."""
    return TurnRecord(
        derived_id("summary", str(session.thread), begun.isoformat()).hex,
        session.thread.workspace,
        session.thread,
        session.exchanges[-1].author,  # whose message made the thread too long
        Ending.SUMMARISED,
        begun,
        (ended - begun).total_seconds(),
        model=completion.model,
        usage=completion.usage,
        tokens_by_part=prompt.tokens_by_part,
    )
