"""Forget what a person wants forgotten, in every table, in one commit.

What is left are keys, numbers and times: the ledger, whose case it was, the receipt.
The file is rewritten afterwards, so that nothing is left in pages that are free.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from adapters.storage import lanes, traces
from adapters.storage.database import Database, Tx
from adapters.storage.traces import Wish
from core.forgetting import Receipt, Scope
from core.ids import AccountKey, ThreadKey
from core.session import Session

SETTLED_SECONDS = 300.0  # after which no turn is under way that had begun before


class SqlEraser:
    """Forgets, and keeps the receipts.

    Args:
        compact: Leaves nothing of what was deleted in the database's file.
    """

    def __init__(
        self,
        database: Database,
        compact: Callable[[], Awaitable[None]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self.compact = compact
        self._clock = clock

    async def fact(self, people: Sequence[AccountKey], key: str) -> Receipt:
        """Forget what is known under a key, with its history."""

        async def work(tx: Tx) -> Receipt:
            gone = 0
            for each in people:
                gone += await traces.facts(tx, str(each), key)
            return await self._noted(tx, people[0], Scope.FACT, facts=gone)

        return await self._database.write(work)

    async def thread(self, people: Sequence[AccountKey], thread: ThreadKey) -> Receipt:
        """Forget what these people said in a thread."""
        wish = Wish(tuple(people), thread)
        return await self._database.write(lambda tx: self._forget(tx, wish, Scope.THREAD))

    async def everything(self, people: Sequence[AccountKey]) -> Receipt:
        """Forget all that is known of these people, who are one."""
        wish = Wish(tuple(people))

        async def work(tx: Tx) -> Receipt:
            facts = 0
            for each in wish.keys:
                facts += await traces.facts(tx, each)
                await tx.run("DELETE FROM feedback WHERE account = :account", account=each)
                await tx.run(
                    "DELETE FROM account_link WHERE asker = :account OR other = :account",
                    account=each,
                )
                await tx.run(  # what was answered to presses and commands in Teams
                    "DELETE FROM teams_once WHERE"
                    " substr(subject, length(subject) - length(:account)) = ' ' || :account",
                    account=each,
                )
            return await self._forget(tx, wish, Scope.EVERYTHING, facts)

        return await self._database.write(work)

    async def _forget(self, tx: Tx, wish: Wish, scope: Scope, facts: int = 0) -> Receipt:
        now = self._clock()
        threads = await traces.threads(tx, wish)
        for lane in sorted(threads):
            await lanes.hold(tx, lane)
        for author in wish.keys:
            await traces.inbox(tx, author, wish)
        await traces.posts(tx, wish)
        number = f"E-{uuid4().hex[:8]}"
        requests = await traces.cases(tx, wish, now, number)
        await traces.actions(tx, wish)
        exchanges = await traces.exchanges(tx, wish)
        blanked = await traces.sessions(tx, wish, threads)
        return await self._noted(
            tx, wish.people[0], scope, number, facts=facts, exchanges=exchanges,
            requests=requests, blanked=blanked,
        )  # fmt: skip

    async def _noted(
        self,
        tx: Tx,
        account: AccountKey,
        scope: Scope,
        number: str = "",
        *,
        facts: int = 0,
        exchanges: int = 0,
        requests: int = 0,
        blanked: tuple[Session, ...] = (),
    ) -> Receipt:
        now, number = self._clock(), number or f"E-{uuid4().hex[:8]}"
        await tx.run(
            "INSERT INTO erasure (receipt, account, scope, at)"
            " VALUES (:receipt, :account, :scope, :now)",
            receipt=number,
            account=str(account),
            scope=scope.value,
            now=now,
        )
        at = datetime.fromtimestamp(now, UTC)
        return Receipt(number, at, facts, exchanges, requests, blanked)

    async def purge(self) -> bool:
        """Rewrite the database file if something was forgotten a while ago; whether it was.

        It was rewritten then as well; this is for what a turn under way wrote after that.
        """
        before = self._clock() - SETTLED_SECONDS
        waiting = await self._database.read(
            lambda tx: tx.one(
                "SELECT 1 FROM erasure WHERE purged_at IS NULL AND at <= :before LIMIT 1",
                before=before,
            )
        )
        if waiting is None:
            return False
        await self.compact()
        await self._database.write(
            lambda tx: tx.run(
                "UPDATE erasure SET purged_at = :now WHERE purged_at IS NULL AND at <= :before",
                now=self._clock(),
                before=before,
            )
        )
        return True
