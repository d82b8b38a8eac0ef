"""A closed request becomes part of what its thread remembers, in the commit that closes it."""

from __future__ import annotations

from adapters.storage.codec import load
from adapters.storage.database import Tx
from adapters.storage.sessions import save_session
from adapters.storage.turns import save_exchange
from core.session import Session
from handoff import outcome
from handoff.case import Case


async def remember(tx: Tx, case: Case) -> None:
    """Write how it ended, as an exchange of the thread and into its session."""
    exchange, thread = outcome.remembered(case), case.escalation.thread
    await save_exchange(tx, exchange, thread)
    row = await tx.one(
        "SELECT state FROM session WHERE thread_key = :thread FOR UPDATE", thread=str(thread)
    )
    session = load(Session, row["state"]) if row else Session(thread)
    session = session.alive(exchange.at, thread)
    await save_session(tx, session.after(exchange, case.escalation.place))
