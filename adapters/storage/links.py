"""Which accounts belong to one person: asked for on one platform, confirmed on the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

from adapters.storage.database import Database, Tx
from core.ids import AccountKey

ASKED_SECONDS = 24 * 3600.0  # how long the other side may take
OTHERS = (
    "SELECT other AS account FROM account_link WHERE asker = :account AND state = 'linked'"
    " UNION SELECT asker FROM account_link WHERE other = :account AND state = 'linked'"
)


class SqlLinks:
    """Links between accounts, at most one for each."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def accounts(self, account: AccountKey) -> tuple[AccountKey, ...]:
        """The account, and those that are linked to it."""
        rows = await self._database.look(lambda tx: tx.all(OTHERS, account=str(account)))
        return (account, *(AccountKey.parse(row["account"]) for row in rows))

    async def ask(self, asker: AccountKey, other: AccountKey) -> str:
        """Note a wish to link; returns its id."""
        link_id = uuid4().hex

        async def work(tx: Tx) -> str:
            await tx.run(  # a newer wish takes the place of an older
                "UPDATE account_link SET state = 'ended', decided_at = :now"
                " WHERE asker = :asker AND state = 'asked'",
                asker=str(asker),
                now=self._clock(),
            )
            await tx.run(
                "INSERT INTO account_link (link_id, asker, other, state, asked_at)"
                " VALUES (:link_id, :asker, :other, 'asked', :now)",
                link_id=link_id,
                asker=str(asker),
                other=str(other),
                now=self._clock(),
            )
            return link_id

        return await self._database.write(work)

    async def asker(self, link_id: str, other: AccountKey) -> AccountKey | None:
        """Who asks this account to be linked, while the wish is open."""
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT asker FROM account_link WHERE link_id = :link_id AND other = :other"
                " AND state = 'asked' AND asked_at > :since",
                link_id=link_id,
                other=str(other),
                since=self._clock() - ASKED_SECONDS,
            )
        )
        return AccountKey.parse(row["asker"]) if row else None

    async def decide(self, link_id: str, *, linked: bool) -> bool:
        """End an open wish, once; False when it was not open, or either has a link already."""

        async def work(tx: Tx) -> bool:
            taken = await tx.one(
                "SELECT 1 FROM account_link AS wish JOIN account_link AS there"
                " ON there.state = 'linked' AND (there.asker IN (wish.asker, wish.other)"
                " OR there.other IN (wish.asker, wish.other)) WHERE wish.link_id = :link_id",
                link_id=link_id,
            )
            return bool(
                await tx.run(
                    "UPDATE account_link SET state = :state, decided_at = :now"
                    " WHERE link_id = :link_id AND state = 'asked'",
                    state="linked" if linked and taken is None else "ended",
                    now=self._clock(),
                    link_id=link_id,
                )
            ) and not (linked and taken)

        return await self._database.write(work)

    async def end(self, account: AccountKey) -> bool:
        """Undo an account's link; False when there was none."""
        return bool(
            await self._database.write(
                lambda tx: tx.run(
                    "UPDATE account_link SET state = 'ended', decided_at = :now"
                    " WHERE state = 'linked' AND (asker = :account OR other = :account)",
                    now=self._clock(),
                    account=str(account),
                )
            )
        )
