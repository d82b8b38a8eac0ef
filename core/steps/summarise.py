"""Replace a block of old exchanges by a summary of them; private ones are left out for good."""

from __future__ import annotations

from core import text
from core.drafts import Prompt, Stop, Task
from core.errors import ModelReplyInvalid
from core.ports import Model
from core.prompts import instructions
from core.routes import Tier
from core.session import Session
from core.tokens import at_most
from core.window import Part, Piece, fit

BUDGET = 12_000  # tokens
SUMMARY_MOST = 2_000  # characters


async def summarise(session: Session, model: Model) -> Session:
    """The session with its overdue block summarised; itself when nothing is overdue.

    Raises:
        ModelError: No summary was made; the session stays as it is and is tried again later.
    """
    block = [exchange for exchange in session.overdue if exchange.only_for is None]
    if not session.overdue:
        return session
    if not block:
        return session.summarised(session.summary)
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(Task.SUMMARISE), required=True)]
    if session.summary:
        pieces.append(Piece.of(Part.SUMMARY, session.summary, required=True))
    for exchange in block:
        words = (
            f"{exchange.author_name}: {exchange.asked[:2_000]}\nBot: {exchange.answered[:2_000]}"
        )
        pieces.append(Piece(Part.EXCHANGE, words, at_most(words), exchange=exchange))
    completion = await model.complete(Prompt(Task.SUMMARISE, Tier.SMALL, fit(pieces, BUDGET)))
    summary = text.clean(completion.text).strip()
    if completion.stop is not Stop.END or not summary:
        raise ModelReplyInvalid(f"No summary came back: {completion.stop}.")
    return session.summarised(summary[:SUMMARY_MOST])
