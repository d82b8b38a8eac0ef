"""Cases in the database. Each step is one conditional UPDATE, committed with what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from adapters.storage import case_outcomes, case_steps, inherited, outbox
from adapters.storage.case_rows import case_of, note
from adapters.storage.codec import dump
from adapters.storage.database import Database, Tx
from core.errors import StoreUnavailable
from core.escalation import Escalation
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.outcome import Post
from handoff import card, relay
from handoff.case import Case, CaseState, Draw, Step

NUMBER_TRIES = 20  # when others take the same number, as they can the first
RECENT = 50  # claimed cases that an expectation is measured from


class SqlCaseStore:
    """The ``CaseStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._old = clock() - inherited.LEFT_SECONDS

    async def open(self, case: Case, draw: Draw) -> Case:
        async def work(tx: Tx) -> Case | None:
            tenant, thread = str(case.workspace), str(case.escalation.thread)
            requester = str(case.escalation.requester.key)
            await tx.one(  # who opens at the same time waits, and counts on from here
                "SELECT number FROM handoff_case WHERE tenant = :tenant"
                " ORDER BY number DESC LIMIT 1 FOR UPDATE",
                tenant=tenant,
            )
            added = await tx.run(
                "INSERT INTO handoff_case (case_id, number, tenant, turn_id, requester,"
                " thread_open, state, version, undelivered, escalation, said, opened_at, link)"
                " SELECT :case_id, COALESCE(MAX(number), 0) + 1, :tenant, :turn_id, :requester,"
                " :thread, :state, :version, :undelivered, :escalation, '', :opened_at, :link"
                " FROM handoff_case"
                " WHERE tenant = :tenant ON CONFLICT DO NOTHING",
                case_id=case.case_id,
                tenant=tenant,
                turn_id=case.escalation.turn_id,
                requester=requester,
                thread=thread,
                state=case.state.value,
                version=case.version,
                undelivered=case.undelivered,
                escalation=dump(Escalation, case.escalation),
                opened_at=case.opened_at.timestamp(),
                link=case.link,
            )
            row = await tx.one(
                "SELECT * FROM handoff_case WHERE turn_id = :turn_id"
                " OR (thread_open = :thread AND requester = :requester)"
                " ORDER BY CASE WHEN turn_id = :turn_id THEN 0 ELSE 1 END LIMIT 1",
                turn_id=case.escalation.turn_id,
                thread=thread,
                requester=requester,
            )
            if row is None:
                return None  # another process took the number at this moment
            stands = case_of(row)
            if added:
                old = await inherited.is_due_to(tx, case.escalation, self._old)
                posts, now = draw(stands), self._clock()
                await outbox.add(tx, posts, case.case_id, now, "open", doubtful=old)
                await note(tx, stands, requester, "opened", self._clock())
            return stands

        for _ in range(NUMBER_TRIES):
            if (stands := await self._database.write(work)) is not None:
                return stands
        raise StoreUnavailable("So many requests are opened at once that no number stays free.")

    async def get(self, case_id: str) -> Case | None:
        row = await self._database.look(
            lambda tx: tx.one("SELECT * FROM handoff_case WHERE case_id = :id", id=case_id)
        )
        return case_of(row) if row else None

    async def join(self, case_id: str, further: Escalation, draw: Draw) -> Case | None:
        async def work(tx: Tx) -> Case | None:
            row = await tx.one(
                "SELECT * FROM handoff_case WHERE case_id = :id AND thread_open IS NOT NULL"
                " FOR UPDATE",
                id=case_id,
            )
            before = case_of(row) if row else None
            if before is None or before.escalation.joined_by(further) is before.escalation:
                return before
            case = replace(before, escalation=before.escalation.joined_by(further))
            await tx.run(
                "UPDATE handoff_case SET escalation = :escalation WHERE case_id = :id",
                escalation=dump(Escalation, case.escalation),
                id=case_id,
            )
            scope = relay.scope(case, case.escalation.also[-1])
            await outbox.add(tx, draw(case), case_id, self._clock(), scope)
            return case

        return await self._database.write(work)

    async def touching(self, thread: ThreadKey, writer: AccountKey) -> Case | None:
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT * FROM handoff_case WHERE thread_open = :thread OR card_thread = :thread"
                " ORDER BY CASE WHEN card_thread = :thread THEN 0"
                " WHEN state = 'claimed' AND requester = :writer THEN 1"
                " WHEN state = 'claimed' THEN 2 ELSE 3 END, number LIMIT 1",
                thread=str(thread),
                writer=str(writer),
            )
        )
        return case_of(row) if row else None

    async def elsewhere(self, workspace: WorkspaceKey, channel: ThreadKey) -> tuple[Case, ...]:
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT * FROM handoff_case WHERE tenant = :tenant"
                " AND state IN ('waiting', 'claimed') ORDER BY opened_at",
                tenant=str(workspace),
            )
        )
        found = map(case_of, rows)
        return tuple(
            each
            for each in found
            if each.card_thread is None or each.card_thread.channel != channel
        )

    async def earlier(self, thread: ThreadKey, requester: AccountKey) -> Case | None:
        rows = await self._database.look(
            lambda tx: tx.all(
                "SELECT * FROM handoff_case WHERE requester = :requester AND state = 'resolved'"
                " ORDER BY number DESC LIMIT :limit",
                requester=str(requester),
                limit=RECENT,
            )
        )
        return next((each for each in map(case_of, rows) if each.escalation.thread == thread), None)

    async def hear(self, case: Case, said: str) -> None:
        await self._database.write(
            lambda tx: tx.run(
                "UPDATE handoff_case SET said = :said WHERE case_id = :id AND state = 'claimed'",
                said=said,
                id=case.case_id,
            )
        )

    async def recent_waits(self, workspace: WorkspaceKey) -> tuple[timedelta, ...]:
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT claimed_at - opened_at AS waited FROM handoff_case"
                " WHERE tenant = :tenant AND claimed_at IS NOT NULL"
                " ORDER BY claimed_at DESC LIMIT :limit",
                tenant=str(workspace),
                limit=RECENT,
            )
        )
        return tuple(timedelta(seconds=row["waited"]) for row in rows)

    async def take(self, case_id: str, step: Step, draw: Draw) -> Case | None:
        async def work(tx: Tx) -> Case | None:
            row = await tx.one(case_steps.update(step), **case_steps.values(case_id, step))
            if row is None:
                return None
            case = case_of(row)
            posts = draw(case)
            await outbox.add(tx, posts, case.case_id, self._clock(), f"v{case.version}")
            await note(tx, case, str(step.actor.key), step.event, self._clock())
            if step.event == CaseState.RESOLVED:
                await case_outcomes.remember(tx, case)
            return case

        return await self._database.write(work)

    async def note_undelivered(self, case_id: str, posts: tuple[Post, ...]) -> None:
        async def work(tx: Tx) -> None:
            first = await tx.run(
                "UPDATE handoff_case SET undelivered = :yes WHERE case_id = :case_id"
                " AND undelivered = :no AND card_thread IS NULL",
                yes=True,
                no=False,
                case_id=case_id,
            )
            if first:
                await outbox.add(tx, posts, case_id, self._clock(), "undelivered")

        await self._database.write(work)

    async def send(self, case: Case, posts: tuple[Post, ...], scope: str) -> None:
        """Send what belongs to a case outside of a step, once per ``scope``."""
        await self._database.write(
            lambda tx: outbox.add(tx, posts, case.case_id, self._clock(), scope)
        )

    async def move(self, case: Case, draw: Draw) -> bool:
        async def work(tx: Tx) -> bool:
            stood = str(case.card_thread) if case.card_thread else ""
            row = await tx.one(
                "UPDATE handoff_case SET card_thread = NULL, version = version + :moved"
                " WHERE case_id = :id AND version = :version AND thread_open IS NOT NULL"
                " AND COALESCE(card_thread, '') = :stood RETURNING *",
                moved=1 if stood else 0,
                id=case.case_id,
                version=case.version,
                stood=stood,
            )
            if row is None:
                return False
            older = await tx.all(
                "UPDATE outbox SET state = 'dead', payload = '', error = 'sent elsewhere'"
                " WHERE subject = :subject AND state IN ('intent', 'ambiguous') RETURNING lane",
                subject=card.SUBJECT + case.case_id,
            )
            for each in older:
                await tx.run(
                    "UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane",
                    lane=each["lane"],
                )
            now = self._clock()
            await outbox.add(tx, draw(case_of(row)), case.case_id, now, f"card:{now}")
            return True

        return await self._database.write(work)
