"""The action ledger: proposed calls and what became of them; and feedback on answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from adapters.storage.codec import dump, load
from adapters.storage.database import Database, Row, Tx
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.tools import Action, ActionState

ENDED = frozenset(
    {ActionState.DONE, ActionState.FAILED, ActionState.CANCELLED, ActionState.EXPIRED}
)


class SqlActionStore:
    """The ``ActionStore`` of an installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def propose(self, action: Action) -> None:
        await self._database.write(
            lambda tx: tx.run(
                "INSERT INTO action (action_id, turn_id, thread_key, requester, state, payload,"
                " receipt, proposed_at, expires_at) VALUES (:action_id, :turn_id, :thread_key,"
                " :requester, :state, :payload, '', :proposed_at, :expires_at)"
                " ON CONFLICT DO NOTHING",
                action_id=action.action_id,
                turn_id=action.turn_id,
                thread_key=str(action.thread),
                requester=str(action.requester.key),
                state=action.state.value,
                payload=dump(Action, action),
                proposed_at=action.proposed_at.timestamp(),
                expires_at=action.expires_at.timestamp(),
            )
        )

    async def get(self, action_id: str) -> Action | None:
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT payload, state, receipt FROM action WHERE action_id = :action_id",
                action_id=action_id,
            )
        )
        return None if row is None else _stored(row)

    async def of_thread(self, thread: ThreadKey, most: int) -> list[Action]:
        rows = await self._database.look(
            lambda tx: tx.all(
                "SELECT payload, state, receipt FROM action WHERE thread_key = :thread"
                " ORDER BY proposed_at DESC LIMIT :most",
                thread=str(thread),
                most=most,
            )
        )
        return [_stored(row) for row in reversed(rows)]

    async def move(
        self, action_id: str, old: ActionState, new: ActionState, receipt: str = ""
    ) -> bool:
        async def work(tx: Tx) -> bool:
            moved = await tx.run(
                "UPDATE action SET state = :new, receipt = :receipt"
                " WHERE action_id = :action_id AND state = :old",
                action_id=action_id,
                old=old.value,
                new=new.value,
                receipt=receipt,
            )
            if moved and new in ENDED:
                await keep_private(tx, action_id)
            return bool(moved)

        return await self._database.write(work)


async def keep_private(tx: Tx, action_id: str) -> None:
    """Leave nothing of what somebody said of themselves in the ledger, once it is decided.

    What they wanted kept is a fact of its own, which they can have forgotten; the rest is nobody's.
    """
    row = await tx.one("SELECT payload FROM action WHERE action_id = :id", id=action_id)
    action = load(Action, row["payload"]) if row else None
    if action is not None and action.private and action.arguments:
        await tx.run(
            "UPDATE action SET payload = :payload WHERE action_id = :id",
            payload=dump(Action, replace(action, arguments={})),
            id=action_id,
        )


def _stored(row: Row) -> Action:
    stored = load(Action, row["payload"])
    return replace(stored, state=ActionState(row["state"]), receipt=row["receipt"])


class SqlFeedbackStore:
    """What people thought of answers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(
        self, turn_id: str, workspace: WorkspaceKey, by: AccountKey, *, helpful: bool, at: datetime
    ) -> bool:
        """Remember a press, the last one of each person; False when there was no such turn."""
        noted = await self._database.write(
            lambda tx: tx.run(
                "INSERT INTO feedback (turn_id, account, helpful, at)"
                " SELECT turn_id, :account, :helpful, :at FROM turn"
                " WHERE turn_id = :turn_id AND tenant = :tenant"
                " ON CONFLICT (turn_id, account)"
                " DO UPDATE SET helpful = excluded.helpful, at = excluded.at",
                turn_id=turn_id,
                tenant=str(workspace),
                account=str(by),
                helpful=helpful,
                at=at.timestamp(),
            )
        )
        return bool(noted)
