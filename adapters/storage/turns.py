"""What a turn leaves behind: its exchange, the session, the ledger row; and its journal."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import orjson

from adapters.storage.codec import dump, load
from adapters.storage.database import Database, Row, Tx
from adapters.storage.sessions import save_session
from core.drafts import Completion
from core.ids import ThreadKey
from core.outcome import Ending, TurnOutcome, TurnRecord
from core.session import Exchange, Session
from core.usage import Usage

T = TypeVar("T")

SILENT = {Ending.RELAYED, Ending.QUIET, Ending.ACTED, Ending.STOPPED, Ending.SUMMARISED}
SPOKEN = frozenset(Ending) - SILENT


async def save_turn(tx: Tx, outcome: TurnOutcome) -> Session | None:
    """Write a turn's exchange, session and ledger row; its journal has served.

    Returns:
        The session as stored, when the turn changed it.
    """
    saved: Session | None = None
    record = outcome.record
    if outcome.exchange is not None:
        await save_exchange(tx, outcome.exchange, record.thread)
    if outcome.session is not None:
        saved = await save_session(tx, outcome.session)
    await save_record(tx, record)
    await tx.run("DELETE FROM turn_step WHERE turn_id = :turn_id", turn_id=record.turn_id)
    return saved


async def save_exchange(tx: Tx, exchange: Exchange, thread: ThreadKey) -> None:
    """Write an exchange of a thread, once."""
    await tx.run(
        "INSERT INTO exchange (turn_id, tenant, thread_key, author, author_name, asked, answered,"
        " kind, only_for, at) VALUES (:turn_id, :tenant, :thread_key, :author, :author_name,"
        " :asked, :answered, :kind, :only_for, :at) ON CONFLICT DO NOTHING",
        turn_id=exchange.turn_id,
        tenant=str(thread.workspace),
        thread_key=str(thread),
        author=str(exchange.author),
        author_name=exchange.author_name,
        asked=exchange.asked,
        answered=exchange.answered,
        kind=exchange.kind.value,
        only_for=str(exchange.only_for) if exchange.only_for else None,
        at=exchange.at.timestamp(),
    )


async def save_record(tx: Tx, record: TurnRecord) -> None:
    """Write a row of the ledger, once."""
    detail = {
        "tokens_by_part": record.tokens_by_part,
        "used": record.used,
        "dropped": record.dropped,
    }
    await tx.run(
        "INSERT INTO turn (turn_id, tenant, thread_key, account, ending, route, decided_by, reason,"
        " model, confidence, tokens_in, tokens_out, cached, cost_usd, seconds, detail, at)"
        " VALUES (:turn_id, :tenant, :thread_key, :account, :ending, :route, :decided_by, :reason,"
        " :model, :confidence, :tokens_in, :tokens_out, :cached, :cost_usd, :seconds, :detail, :at)"
        " ON CONFLICT DO NOTHING",
        turn_id=record.turn_id,
        tenant=str(record.workspace),
        thread_key=str(record.thread),
        account=str(record.account),
        ending=record.ending.value,
        route=record.route,
        decided_by=record.decided_by,
        reason=record.reason.value if record.reason else None,
        model=record.model,
        confidence=record.confidence,
        tokens_in=record.usage.tokens_in,
        tokens_out=record.usage.tokens_out,
        cached=record.usage.cached,
        cost_usd=str(record.usage.cost_usd),
        seconds=record.seconds,
        detail=orjson.dumps(detail).decode(),
        at=record.at.timestamp(),
    )


async def overtaken(tx: Tx, record: TurnRecord) -> bool:
    """Whether a person took the thread of a turn while the bot was still at work on it."""
    if record.ending not in SPOKEN:
        return False
    row = await tx.one(
        "SELECT 1 FROM handoff_case WHERE thread_open = :thread AND state = 'claimed'",
        thread=str(record.thread),
    )
    return row is not None


async def has_acted(tx: Tx, turn_id: str) -> bool:
    """Whether a turn has done something that stands: asked for a person, or run an action."""
    row = await tx.one(
        "SELECT 1 FROM handoff_case WHERE turn_id = :turn_id UNION ALL SELECT 1 FROM action"
        " WHERE turn_id = :turn_id AND state IN ('confirmed', 'done', 'failed') LIMIT 1",
        turn_id=turn_id,
    )
    return row is not None


async def spent(tx: Tx, turn_id: str) -> Usage:
    """What the journalled model calls of a turn have cost so far."""
    rows = await tx.all("SELECT result FROM turn_step WHERE turn_id = :turn_id", turn_id=turn_id)
    return sum((load(Completion, row["result"]).usage for row in rows), Usage())


class SqlJournal:
    """The journal of one turn.

    What a model said is written before the next step begins; the last step's is not, because
    the turn's own commit follows at once.

    Args:
        resumed: The turn was begun before, so that there may be something to find.
    """

    def __init__(self, database: Database, turn_id: str, *, resumed: bool = True) -> None:
        self._database = database
        self._turn_id = turn_id
        self._resumed = resumed
        self._unwritten: tuple[str, str] | None = None  # a step, and its result

    async def once(self, step: str, kind: type[T], make: Callable[[], Awaitable[T]]) -> T:
        if self._resumed and (found := await self._found(step)) is not None:
            return load(kind, found["result"])
        if self._unwritten is not None:
            await self._write(*self._unwritten)
            self._unwritten = None
        made = await make()
        if not isinstance(made, Completion):
            await self._write(step, dump(kind, made))
        elif made.usage.calls:  # else it cost nothing, and comes out the same again
            self._unwritten = step, dump(kind, made)
        return made

    async def _write(self, step: str, result: str) -> None:
        await self._database.write(
            lambda tx: tx.run(
                "INSERT INTO turn_step (turn_id, step, result, at)"
                " VALUES (:turn_id, :step, :result, :at) ON CONFLICT DO NOTHING",
                turn_id=self._turn_id,
                step=step,
                result=result,
                at=time.time(),
            )
        )

    async def _found(self, step: str) -> Row | None:
        return await self._database.look(
            lambda tx: tx.one(
                "SELECT result FROM turn_step WHERE turn_id = :turn_id AND step = :step",
                turn_id=self._turn_id,
                step=step,
            )
        )
