"""Account memory in the database: current facts, and the superseded ones as history."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from adapters.storage.database import Database, Row, Tx
from core.account import Account, Fact, FactSource
from core.ids import AccountKey


def _fact(row: Row) -> Fact:
    expires_at = row["expires_at"]
    return Fact(
        key=row["key"],
        value=row["value"],
        source=FactSource(row["source"]),
        learned_at=datetime.fromtimestamp(row["learned_at"], UTC),
        expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at is not None else None,
    )


class SqlAccountStore:
    """The ``AccountStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def recall(self, account: AccountKey) -> Account:
        rows = await self._database.look(
            lambda tx: tx.all(
                "SELECT key, value, source, learned_at, expires_at FROM fact"
                " WHERE account = :account AND superseded_at IS NULL"
                " AND (expires_at IS NULL OR expires_at > :now) ORDER BY id LIMIT 200",
                account=str(account),
                now=self._clock(),
            )
        )
        return Account(account, tuple(_fact(row) for row in rows))

    async def learn(self, account: AccountKey, facts: Sequence[Fact]) -> None:
        async def work(tx: Tx) -> None:
            for fact in facts:
                await self._learn_one(tx, str(account), fact)

        await self._database.write(work)

    async def _learn_one(self, tx: Tx, account: str, fact: Fact) -> None:
        expires_at = fact.expires_at.timestamp() if fact.expires_at else None
        confirmed = await tx.run(
            "UPDATE fact SET learned_at = :learned_at, expires_at = :expires_at"
            " WHERE account = :account AND key = :key AND value = :value AND source = :source"
            " AND superseded_at IS NULL",
            account=account,
            key=fact.key,
            value=fact.value,
            source=fact.source.value,
            learned_at=fact.learned_at.timestamp(),
            expires_at=expires_at,
        )
        if confirmed:
            return
        await tx.run(
            "UPDATE fact SET superseded_at = :now WHERE account = :account AND key = :key"
            " AND superseded_at IS NULL",
            account=account,
            key=fact.key,
            now=self._clock(),
        )
        await tx.run(
            "INSERT INTO fact (account, key, value, source, learned_at, expires_at)"
            " VALUES (:account, :key, :value, :source, :learned_at, :expires_at)",
            account=account,
            key=fact.key,
            value=fact.value,
            source=fact.source.value,
            learned_at=fact.learned_at.timestamp(),
            expires_at=expires_at,
        )
