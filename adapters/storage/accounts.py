"""Account memory in the database: current facts, and the superseded ones as history.

Of each key one row is current, which a unique index makes sure of. Linked accounts of
one person are read together, each is written on its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from adapters.storage.database import Database, Row, Tx
from core.account import Account, Fact, FactSource, spelled
from core.ids import AccountKey

TRIES = 3  # when another process learns the same at this moment
SHOWN_MOST = 200  # facts of one person
PERSON = (
    "(SELECT :account UNION SELECT other FROM account_link WHERE asker = :account"
    " AND state = 'linked' UNION SELECT asker FROM account_link WHERE other = :account"
    " AND state = 'linked')"
)
COLUMNS = "id, key, value, source, learned_at, expires_at, said_by"
CURRENT = (
    f"SELECT {COLUMNS} FROM fact WHERE account IN {PERSON} AND superseded_at IS NULL"  # noqa: S608 - our own words
    f" AND (expires_at IS NULL OR expires_at > :now) ORDER BY id LIMIT {SHOWN_MOST}"
)


def fact_of(row: Row) -> Fact:
    """A row as core knows it."""
    expires_at, said_by = row["expires_at"], row["said_by"]
    return Fact(
        key=row["key"],
        value=row["value"],
        source=FactSource(row["source"]),
        learned_at=datetime.fromtimestamp(row["learned_at"], UTC),
        expires_at=datetime.fromtimestamp(expires_at, UTC) if expires_at is not None else None,
        by=AccountKey.parse(said_by) if said_by else None,
        fact_id=row["id"],
    )


class SqlAccountStore:
    """The ``AccountStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def recall(self, account: AccountKey) -> Account:
        rows = await self._database.look(
            lambda tx: tx.all(CURRENT, account=str(account), now=self._clock())
        )
        return Account(account, _one_a_key(map(fact_of, rows)))

    async def learn(self, account: AccountKey, facts: Sequence[Fact]) -> None:
        async def work(tx: Tx) -> None:
            for fact in facts:
                await self._learn_one(tx, str(account), fact)

        await self._database.write(work)

    async def take_back(self, account: AccountKey, key: str) -> bool:
        """End what an admin said under a key; it stays as history. False when there is nothing."""
        return bool(
            await self._database.write(
                lambda tx: tx.run(
                    "UPDATE fact SET superseded_at = :now WHERE account = :account AND key = :key"
                    " AND source = 'admin' AND superseded_at IS NULL",
                    now=self._clock(),
                    account=str(account),
                    key=key,
                )
            )
        )

    async def _learn_one(self, tx: Tx, account: str, fact: Fact) -> None:
        values = {
            "account": account,
            "key": spelled(fact.key),
            "value": fact.value,
            "source": fact.source.value,
            "learned_at": fact.learned_at.timestamp(),
            "expires_at": fact.expires_at.timestamp() if fact.expires_at else None,
            "said_by": str(fact.by) if fact.by else None,
        }
        confirmed = await tx.run(
            "UPDATE fact SET learned_at = :learned_at, expires_at = :expires_at, said_by = :said_by"
            " WHERE account = :account AND key = :key AND value = :value AND source = :source"
            " AND superseded_at IS NULL",
            **values,
        )
        if confirmed:
            return
        for _ in range(TRIES):
            await tx.run(  # a look-up does not take back what somebody said
                "UPDATE fact SET superseded_at = :now WHERE account = :account AND key = :key"
                " AND superseded_at IS NULL AND (:by_word OR source NOT IN ('person', 'admin')"
                " OR expires_at <= :now)",
                account=account,
                key=values["key"],
                by_word=fact.source.by_word,
                now=self._clock(),
            )
            added = await tx.run(
                "INSERT INTO fact (account, key, value, source, learned_at, expires_at, said_by)"
                " VALUES (:account, :key, :value, :source, :learned_at, :expires_at, :said_by)"
                " ON CONFLICT DO NOTHING",
                **values,
            )
            if added or not fact.source.by_word:
                return


def _one_a_key(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Of what linked accounts know about the same, somebody's word, else the newest."""
    best: dict[str, Fact] = {}
    for fact in facts:
        known = best.get(fact.key)
        if known is None or _weight(fact) >= _weight(known):
            best.pop(fact.key, None)
            best[fact.key] = fact
    return tuple(best.values())


def _weight(fact: Fact) -> tuple[bool, datetime]:
    return fact.source.by_word, fact.learned_at
