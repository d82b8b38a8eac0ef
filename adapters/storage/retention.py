"""How long what is done is remembered, and how it goes: a little at a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from adapters.storage.actions import keep_private
from adapters.storage.codec import dump, load
from adapters.storage.database import Database, Tx
from core.escalation import Escalation
from core.forgetting import ENDED, unnamed

DAY = 24 * 3600.0  # seconds
KEYS_LIVE = 7 * DAY  # ids of messages, by which a late copy is recognised
IDLE_LIVE = 30 * DAY  # receipts and idle threads
AT_ONCE = 500  # rows of each


async def sweep(tx: Tx, now: float) -> int:
    """Forget what has long been done: keys of messages, receipts, idle threads.

    Returns:
        The number of rows deleted; at ``AT_ONCE`` or more there may be others to follow.
    """
    keys = await tx.run(
        "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done'"
        " AND received_at < :before LIMIT :most)",
        before=now - KEYS_LIVE,
        most=AT_ONCE,
    )
    receipts = await tx.run(
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE"
        " state IN ('sent', 'dead') AND created_at < :before LIMIT :most)",
        before=now - IDLE_LIVE,
        most=AT_ONCE,
    )
    threads = await tx.run(
        "DELETE FROM thread WHERE thread_key IN (SELECT thread_key FROM thread"
        " WHERE pending = 0 AND owner IS NULL AND ready_at < :before LIMIT :most)",
        before=now - IDLE_LIVE,
        most=AT_ONCE,
    )
    steps = await tx.run(  # of turns that did not come to an end
        "DELETE FROM turn_step WHERE at < :before AND turn_id <> ''", before=now - IDLE_LIVE
    )
    return keys + receipts + threads + steps


class Retention:
    """Ends what people said and what the ledger counts, each after its own time.

    Args:
        words: Days that exchanges are kept, facts after they expired, and the words of requests
            after they were closed.
        ledger: Days that turns, actions and judgements of answers are kept.
    """

    def __init__(
        self, database: Database, words: int, ledger: int, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._words, self._ledger = words * DAY, ledger * DAY
        self._clock = clock

    async def sweep(self) -> int:
        """End some of what is too old; at ``AT_ONCE`` or more there may be others to follow."""
        spoken, counted = self._clock() - self._words, self._clock() - self._ledger
        deleted = await self._database.write(partial(_spoken, before=spoken))
        deleted += await self._database.write(
            lambda tx: _requested(tx, before=spoken, now=self._clock())
        )
        deleted += await self._database.write(partial(_offered, before=self._clock() - DAY))
        tenant = await self._database.read(partial(_next, after=""))
        while tenant:
            old = partial(_counted, tenant=tenant, before=counted)
            deleted += await self._database.write(old)
            tenant = await self._database.read(partial(_next, after=tenant))
        return deleted + await self._database.write(partial(_decided, before=counted))


async def _spoken(tx: Tx, before: float) -> int:
    exchanges = await tx.run(
        "DELETE FROM exchange WHERE turn_id IN"
        " (SELECT turn_id FROM exchange WHERE at < :before ORDER BY at LIMIT :most)",
        before=before,
        most=AT_ONCE,
    )
    facts = await tx.run(
        "DELETE FROM fact WHERE id IN"
        " (SELECT id FROM fact WHERE expires_at < :before ORDER BY expires_at LIMIT :most)",
        before=before,
        most=AT_ONCE,
    )
    return exchanges + facts


async def _requested(tx: Tx, before: float, now: float) -> int:
    """Leave the keys, the reason and the times of requests: the measures count by them."""
    rows = await tx.all(
        "SELECT case_id, escalation FROM handoff_case WHERE cleared_at IS NULL"
        " AND resolved_at < :before AND thread_open IS NULL ORDER BY resolved_at LIMIT :most",
        before=before,
        most=AT_ONCE,
    )
    for row in rows:
        left = unnamed(load(Escalation, row["escalation"]), ENDED)
        await tx.run(
            "UPDATE handoff_case SET escalation = :left, said = '', link = '',"
            " cleared_at = :now"
            " WHERE case_id = :case_id",
            left=dump(Escalation, left),
            now=now,
            case_id=row["case_id"],
        )
    return len(rows)


async def _offered(tx: Tx, before: float) -> int:
    """End offers that nobody answered; what somebody said of themselves goes with them."""
    rows = await tx.all(
        "UPDATE action SET state = 'expired' WHERE action_id IN (SELECT action_id FROM action"
        " WHERE state = 'proposed' AND expires_at < :before LIMIT :most) RETURNING action_id",
        before=before,
        most=AT_ONCE,
    )
    for row in rows:
        await keep_private(tx, row["action_id"])
    return len(rows)


async def _next(tx: Tx, after: str) -> str:
    """The tenant after this one in the ledger, found by its index."""
    row = await tx.one("SELECT MIN(tenant) AS tenant FROM turn WHERE tenant > :after", after=after)
    return str(row["tenant"] or "") if row else ""


async def _counted(tx: Tx, tenant: str, before: float) -> int:
    old = (
        "(SELECT turn_id FROM turn WHERE tenant = :tenant AND at < :before ORDER BY at LIMIT :most)"
    )
    values = {"tenant": tenant, "before": before, "most": AT_ONCE}
    await tx.run(f"DELETE FROM feedback WHERE turn_id IN {old}", **values)  # noqa: S608 - our own words
    return await tx.run(f"DELETE FROM turn WHERE turn_id IN {old}", **values)  # noqa: S608 - our own words


async def _decided(tx: Tx, before: float) -> int:
    deleted = 0
    for state in ("done", "failed", "cancelled", "expired", "proposed"):
        deleted += await tx.run(
            "DELETE FROM action WHERE action_id IN (SELECT action_id FROM action"
            " WHERE state = :state AND expires_at < :before LIMIT :most)",
            state=state,
            before=before,
            most=AT_ONCE,
        )
    return deleted
