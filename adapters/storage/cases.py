"""Cases in the database. Each step is one conditional UPDATE, committed with what it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from adapters.storage import case_steps, inherited, outbox
from adapters.storage.codec import dump, load
from adapters.storage.database import Database, Row, Tx
from adapters.storage.outbox import Receipt, Sending
from core.errors import StoreUnavailable
from core.escalation import Escalation
from core.ids import ThreadKey, WorkspaceKey
from core.messages import Person
from core.outcome import Post
from handoff import card
from handoff.case import Case, CaseState, Draw, Step, Verdict

NUMBER_TRIES = 20  # when others take the same number, as they can the first
RECENT = 50  # claimed cases that an expectation is measured from


def case_of(row: Row) -> Case:  # noqa: D103 - as its type says
    def moment(column: str) -> datetime | None:
        return datetime.fromtimestamp(row[column], UTC) if row[column] is not None else None

    return Case(
        case_id=row["case_id"],
        number=row["number"],
        workspace=WorkspaceKey.parse(row["tenant"]),
        escalation=load(Escalation, row["escalation"]),
        state=CaseState(row["state"]),
        version=row["version"],
        opened_at=datetime.fromtimestamp(row["opened_at"], UTC),
        link=row["link"],
        owner=load(Person, row["owner"]) if row["owner"] else None,
        claimed_at=moment("claimed_at"),
        resolved_at=moment("resolved_at"),
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        card_thread=ThreadKey.parse(row["card_thread"]) if row["card_thread"] else None,
        undelivered=bool(row["undelivered"]),
    )


async def card_receipt(tx: Tx, receipt: Receipt, now: float) -> None:
    """Note which thread a case's card started, when the receipt is that of a card.

    A step taken while the card was on its way had nothing to redraw yet; that is done here.
    """
    subject = receipt.outgoing.post.subject
    if not subject.startswith(card.SUBJECT) or receipt.state is not Sending.SENT:
        return
    channel = receipt.outgoing.post.to
    thread = ThreadKey(channel.workspace, channel.channel_id, receipt.platform_id)
    row = await tx.one(
        "UPDATE handoff_case SET card_thread = :thread, undelivered = :no"
        " WHERE case_id = :case_id AND card_thread IS NULL RETURNING *",
        thread=str(thread),
        no=False,
        case_id=subject.removeprefix(card.SUBJECT),
    )
    if row is not None and row["version"] > 0:
        case = case_of(row)
        await outbox.add(tx, card.redrawn(case), case.case_id, now, f"late:{case.version}")


class SqlCaseStore:
    """The ``CaseStore`` of an installation."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._old = clock() - inherited.LEFT_SECONDS

    async def open(self, case: Case, draw: Draw) -> Case:
        async def work(tx: Tx) -> Case | None:
            tenant, thread = str(case.workspace), str(case.escalation.thread)
            await tx.one(  # who opens at the same time waits, and counts on from here
                "SELECT number FROM handoff_case WHERE tenant = :tenant"
                " ORDER BY number DESC LIMIT 1 FOR UPDATE",
                tenant=tenant,
            )
            added = await tx.run(
                "INSERT INTO handoff_case (case_id, number, tenant, turn_id, thread_open, state,"
                " version, undelivered, escalation, opened_at, link) SELECT :case_id,"
                " COALESCE(MAX(number), 0) + 1, :tenant, :turn_id, :thread, :state, :version,"
                " :undelivered, :escalation, :opened_at, :link FROM handoff_case"
                " WHERE tenant = :tenant ON CONFLICT DO NOTHING",
                case_id=case.case_id,
                tenant=tenant,
                turn_id=case.escalation.turn_id,
                thread=thread,
                state=case.state.value,
                version=case.version,
                undelivered=case.undelivered,
                escalation=dump(Escalation, case.escalation),
                opened_at=case.opened_at.timestamp(),
                link=case.link,
            )
            row = await tx.one(
                "SELECT * FROM handoff_case WHERE turn_id = :turn_id OR thread_open = :thread"
                " ORDER BY CASE WHEN turn_id = :turn_id THEN 0 ELSE 1 END LIMIT 1",
                turn_id=case.escalation.turn_id,
                thread=thread,
            )
            if row is None:
                return None  # another process took the number at this moment
            stands = case_of(row)
            if added:
                old = await inherited.is_due_to(tx, case.escalation, self._old)
                posts, now = draw(stands), self._clock()
                await outbox.add(tx, posts, case.case_id, now, "open", doubtful=old)
                await _note(tx, stands, str(case.escalation.requester.key), "opened", self._clock())
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

    async def touching(self, thread: ThreadKey) -> Case | None:
        row = await self._database.look(
            lambda tx: tx.one(
                "SELECT * FROM handoff_case WHERE thread_open = :thread OR card_thread = :thread"
                " ORDER BY CASE WHEN card_thread = :thread THEN 0 ELSE 1 END LIMIT 1",
                thread=str(thread),
            )
        )
        return case_of(row) if row else None

    async def unseen(self, workspace: WorkspaceKey) -> tuple[Case, ...]:
        rows = await self._database.read(
            lambda tx: tx.all(
                "SELECT * FROM handoff_case WHERE tenant = :tenant AND card_thread IS NULL"
                " AND state IN ('waiting', 'claimed') ORDER BY opened_at",
                tenant=str(workspace),
            )
        )
        return tuple(case_of(row) for row in rows)

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
            await _note(tx, case, str(step.actor.key), step.becomes, self._clock())
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

    async def send_card(self, case: Case, post: Post) -> None:
        async def work(tx: Tx) -> None:
            now = self._clock()
            older = await tx.all(
                "UPDATE outbox SET state = 'dead', payload = '', error = 'sent elsewhere'"
                " WHERE subject = :subject AND state IN ('intent', 'ambiguous') RETURNING lane",
                subject=post.subject,
            )
            for row in older:
                await tx.run(
                    "UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane",
                    lane=row["lane"],
                )
            await outbox.add(tx, [post], case.case_id, now, f"card:{now}")

        await self._database.write(work)


async def _note(tx: Tx, case: Case, actor: str, event: str, now: float) -> None:
    await tx.run(
        "INSERT INTO case_event (case_id, actor, event, at) VALUES (:case_id, :actor, :event, :at)",
        case_id=case.case_id,
        actor=actor,
        event=event,
        at=now,
    )
