"""The inbox: what platforms gave us, leased thread by thread, each handled in order.

A lease is on the thread. Every later write names its epoch; when another worker has
taken the thread since, the write changes nothing and raises ``LeaseLost``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adapters.storage import amendments, cases, outbox
from adapters.storage.codec import dump
from adapters.storage.database import Database, Row, Tx
from adapters.storage.outbox import Outgoing, Receipt
from adapters.storage.turns import save_turn
from core import wording
from core.cards import Card, Plain
from core.errors import LeaseLost
from core.ids import MessageRef, ThreadKey
from core.messages import InboundMessage
from core.outcome import Post, TurnOutcome

LEASE_SECONDS = 15.0
QUEUE_MOST = 20  # waiting messages of one person in one thread
KEYS_LIVE_SECONDS = 7 * 24 * 3600.0  # how long a message's id is remembered
IDLE_LIVE_SECONDS = 30 * 24 * 3600.0  # how long receipts and idle threads are


class Kind(StrEnum):
    """What an inbox row asks for."""

    MESSAGE = "message"
    ACTION = "action"


class Received(StrEnum):
    """What became of something a platform gave us; acknowledge all three."""

    NEW = "new"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one thread.

    Args:
        until: On the lease clock, unless it was renewed since.
        orphaned: The owner before us, another process, never gave the thread back.
    """

    thread_key: str
    owner: str
    epoch: int
    until: float = 0.0
    orphaned: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """The head of a thread's queue."""

    row_id: int
    kind: Kind
    payload: str
    attempts: int
    deaths: int


@dataclass(frozen=True, slots=True)
class Work:
    """What to do next in a leased thread: send these, or else handle that."""

    lease: Lease
    outgoing: tuple[Outgoing, ...] = ()
    item: Item | None = None


class Inbox:
    """The durable queue of one installation.

    Args:
        lease_clock: Leases never follow the wall clock, which may be set.
    """

    def __init__(
        self,
        database: Database,
        owner: str,
        clock: Callable[[], float] = time.time,
        lease_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._lease_clock = lease_clock
        self._renewed: dict[str, float] = {}  # thread -> until when, as last written
        self._behind = clock() - lease_clock()

    async def put_message(self, message: InboundMessage) -> Received:
        """Commit a message; when this returns it will be answered exactly once."""

        async def work(tx: Tx) -> Received:
            now, lane = self._clock(), str(message.thread)
            waiting: Row = await tx.one(
                "SELECT COUNT(*) AS n, MIN(id) AS oldest FROM inbox WHERE thread_key = :lane"
                " AND state = 'queued' AND author = :author",
                lane=lane,
                author=str(message.author.key),
            )
            crowded = waiting["n"] >= QUEUE_MOST
            added = await self._insert(
                tx,
                dedupe=f"message:{message.ref}",
                lane=lane,
                tenant=str(message.workspace),
                author=str(message.author.key),
                ord=message.sent_at.timestamp(),
                kind=Kind.MESSAGE,
                payload="" if crowded else dump(InboundMessage, message),
                state="done" if crowded else "queued",
            )
            if not added:
                return Received.DUPLICATE
            if crowded:
                notice = Card((Plain(wording.OUT_OF_MESSAGES),))
                post = Post(message.thread, notice, only_for=message.author.key)
                await outbox.add(tx, [post], f"crowd:{lane}", now, str(waiting["oldest"]))
                return Received.TOO_MANY
            await outbox.expect(tx, lane, str(message.workspace), now)
            return Received.NEW

        return await self._database.write(work)

    async def confirm(self, thread: ThreadKey, action_id: str, author: str) -> Received:
        """Confirm a proposed action and queue it, in one commit; it runs once, in order."""

        async def work(tx: Tx) -> Received:
            now = self._clock()
            confirmed = await tx.run(
                "UPDATE action SET state = 'confirmed' WHERE action_id = :action_id"
                " AND state = 'proposed'",
                action_id=action_id,
            )
            if not confirmed:
                return Received.DUPLICATE
            await self._insert(
                tx,
                dedupe=f"action:{action_id}",
                lane=str(thread),
                tenant=str(thread.workspace),
                author=author,
                ord=now,
                kind=Kind.ACTION,
                payload=action_id,
                state="queued",
            )
            await outbox.expect(tx, str(thread), str(thread.workspace), now)
            return Received.NEW

        return await self._database.write(work)

    async def show(self, posts: Sequence[Post], turn_id: str, scope: str) -> None:
        """Commit posts outside of a turn, once per ``turn_id`` and ``scope``."""
        await self._database.write(lambda tx: outbox.add(tx, posts, turn_id, self._clock(), scope))

    async def _insert(self, tx: Tx, *, lane: str, **values: object) -> bool:
        return bool(
            await tx.run(
                "INSERT INTO inbox (dedupe, tenant, thread_key, author, ord, kind, payload, state,"
                " attempts, deaths, available_at, received_at) VALUES (:dedupe, :tenant, :lane,"
                " :author, :ord, :kind, :payload, :state, 0, 0, 0, :now) ON CONFLICT DO NOTHING",
                lane=lane,
                now=self._clock(),
                **values,
            )
        )

    async def recover(self) -> int:
        """At start: end the leases of processes that are gone, and count anew what waits."""
        return await self._database.write(
            lambda tx: tx.run(
                "UPDATE thread SET lease_until = 0,"
                " ready_at = CASE WHEN ready_at > :now THEN :now ELSE ready_at END, pending ="
                " (SELECT COUNT(*) FROM inbox WHERE inbox.thread_key = thread.thread_key"
                " AND inbox.state IN ('queued', 'running')) +"
                " (SELECT COUNT(*) FROM outbox WHERE outbox.lane = thread.thread_key"
                " AND outbox.state IN ('intent', 'ambiguous'))"
                " WHERE owner IS NOT NULL OR pending <> 0",
                now=self._clock(),
            )
        )

    async def lease(self) -> Work | None:
        """Take the thread that has waited longest, with its first piece of work.

        A lease of our own never runs out for us: whoever works on it gives it back.
        """

        async def work(tx: Tx) -> Work | None:
            while (row := await self._ready(tx)) is not None:
                taken = await self._taken(tx, row)
                if taken is not None:
                    return taken
            return None

        await self._follow_the_clock()
        found = await self._database.read(self._ready)
        return await self._database.write(work) if found else None

    async def _follow_the_clock(self) -> None:
        """When the wall clock was set back, bring forward by as much what was put off."""
        behind = self._clock() - self._lease_clock()
        set_back = self._behind - behind
        if set_back >= 1.0:
            await self._database.write(lambda tx: outbox.bring_forward(tx, set_back))
        self._behind = behind

    async def _ready(self, tx: Tx) -> Row | None:
        return await tx.one(
            "SELECT thread_key, owner, epoch FROM thread WHERE pending > 0 AND ready_at <= :now"
            " AND (owner IS NULL OR (owner <> :me AND lease_until <= :ticks))"
            " ORDER BY ready_at LIMIT 1",
            now=self._clock(),
            me=self._owner,
            ticks=self._lease_clock(),
        )

    async def _taken(self, tx: Tx, row: Row) -> Work | None:
        """What there is to do in a thread that is ready; None when nothing is due after all."""
        lane, orphaned = row["thread_key"], row["owner"] is not None
        until = self._lease_clock() + LEASE_SECONDS
        await tx.run(
            "UPDATE thread SET owner = :owner, epoch = epoch + 1, lease_until = :until"
            " WHERE thread_key = :lane",
            owner=self._owner,
            until=until,
            lane=lane,
        )
        if orphaned:
            await outbox.doubt(tx, lane)
        return await self._next(tx, Lease(lane, self._owner, row["epoch"] + 1, until, orphaned))

    async def renew(self, threads: Sequence[str]) -> None:
        """Prolong the leases of threads still being worked on."""
        until = self._lease_clock() + LEASE_SECONDS

        async def work(tx: Tx) -> list[str]:
            return [lane for lane in threads if await self._prolong(tx, lane, until)]

        self._renewed = dict.fromkeys(await self._database.write(work), until)

    async def _prolong(self, tx: Tx, lane: str, until: float) -> int:
        return await tx.run(
            "UPDATE thread SET lease_until = :until WHERE thread_key = :lane AND owner = :owner",
            until=until,
            lane=lane,
            owner=self._owner,
        )

    def holds(self, lease: Lease) -> bool:
        """Whether a lease is sure to be ours still: asked before anything leaves the house."""
        until = max(lease.until, self._renewed.get(lease.thread_key, 0.0))
        return self._lease_clock() < until

    async def delivered(
        self, lease: Lease, receipts: Sequence[Receipt], *, go_on: bool = True
    ) -> Work | None:
        """Write down what was sent; returns the thread's next work, or frees it.

        Args:
            go_on: False keeps the thread as it is, for something else to be done there first.
        """

        async def work(tx: Tx) -> Work | None:
            ended = 0
            for receipt in receipts:
                if await outbox.record(tx, receipt):
                    ended += 1
                    await cases.card_receipt(tx, receipt, self._clock())
            await self._fenced(tx, lease, ended)
            return await self._next(tx, lease) if go_on else None

        return await self._database.write(work)

    async def finish(
        self, lease: Lease, item: Item, outcome: TurnOutcome | None, *, dead: bool = False
    ) -> Work | None:
        """Write everything a turn decided, in one commit; returns the thread's next work."""

        async def work(tx: Tx) -> Work | None:
            await self._fenced(tx, lease, 1)
            await tx.run(
                "UPDATE inbox SET state = :state, payload = CASE WHEN :dead THEN payload ELSE ''"
                " END WHERE id = :id",
                state="dead" if dead else "done",
                dead=dead,
                id=item.row_id,
            )
            if outcome is not None:
                await save_turn(tx, outcome)
                await outbox.add(tx, outcome.posts, outcome.record.turn_id, self._clock())
            return await self._next(tx, lease)

        return await self._database.write(work)

    async def bury(self, lease: Lease, item: Item, words: Post) -> Work | None:
        """Give up on a message that no turn can be made of; it is kept for a look."""

        async def work(tx: Tx) -> Work | None:
            await self._fenced(tx, lease, 1)
            await tx.run("UPDATE inbox SET state = 'dead' WHERE id = :id", id=item.row_id)
            await outbox.add(tx, [words], f"dead:{item.row_id}", self._clock())
            return await self._next(tx, lease)

        return await self._database.write(work)

    async def retry(self, lease: Lease, item: Item, delay: float) -> Work | None:
        """Put the head back for later; what stands behind it waits with it."""

        async def work(tx: Tx) -> Work | None:
            await self._fenced(tx, lease, 0)
            await tx.run(
                "UPDATE inbox SET state = 'queued', available_at = :at"
                " WHERE id = :id AND state = 'running'",
                at=self._clock() + delay,
                id=item.row_id,
            )
            return await self._next(tx, lease)

        return await self._database.write(work)

    async def release(self, work: Work, *, counts: bool = False) -> None:
        """Give a thread back in the middle of ``work``, whose end could not be written down.

        Args:
            counts: Whether this was one of the message's attempts.
        """

        async def give_back(tx: Tx) -> None:
            await self._fenced(tx, work.lease, 0)
            if work.outgoing:
                await outbox.doubt(tx, work.lease.thread_key)
            if work.item is not None:  # unless its end was written down after all
                await tx.run(
                    "UPDATE inbox SET state = 'queued', attempts = attempts - :uncounted"
                    " WHERE id = :id AND state = 'running'",
                    uncounted=0 if counts else 1,
                    id=work.item.row_id,
                )
            await self._free(tx, work.lease, self._clock())

        await self._database.write(give_back)

    async def amend(self, message: InboundMessage) -> bool:
        """Put new words into a message that still waits; whether one did."""
        return await self._database.write(lambda tx: amendments.amend(tx, message))

    async def withdraw(self, message: MessageRef) -> bool:
        """Take back a message that still waits; whether one did."""
        return await self._database.write(lambda tx: amendments.withdraw(tx, message))

    async def knows(self, thread: ThreadKey) -> bool:
        """Whether the bot has had anything to do with a thread, or a case's card starts it."""
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT 1 FROM thread WHERE thread_key = :lane"
                " UNION ALL SELECT 1 FROM handoff_case WHERE card_thread = :lane LIMIT 1",
                lane=str(thread),
            )
        )
        return row is not None

    async def depth(self) -> int:
        """How many messages and posts wait, for readiness and metrics."""
        row = await self._database.read(
            lambda tx: tx.one("SELECT COALESCE(SUM(pending), 0) AS n FROM thread")
        )
        return int(row["n"]) if row else 0

    async def sweep(self) -> int:
        """Forget what has long been done: keys of messages, receipts, idle threads.

        At most 500 rows of each a call.
        """

        async def work(tx: Tx) -> int:
            now = self._clock()
            keys = await tx.run(
                "DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE state = 'done'"
                " AND received_at < :before LIMIT 500)",
                before=now - KEYS_LIVE_SECONDS,
            )
            receipts = await tx.run(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE"
                " state IN ('sent', 'dead') AND created_at < :before LIMIT 500)",
                before=now - IDLE_LIVE_SECONDS,
            )
            threads = await tx.run(
                "DELETE FROM thread WHERE thread_key IN (SELECT thread_key FROM thread"
                " WHERE pending = 0 AND owner IS NULL AND ready_at < :before LIMIT 500)",
                before=now - IDLE_LIVE_SECONDS,
            )
            return keys + receipts + threads

        return await self._database.write(work)

    async def _fenced(self, tx: Tx, lease: Lease, ended: int) -> None:
        kept = await tx.run(
            "UPDATE thread SET pending = pending - :ended WHERE thread_key = :lane"
            " AND owner = :owner AND epoch = :epoch",
            ended=ended,
            lane=lease.thread_key,
            owner=lease.owner,
            epoch=lease.epoch,
        )
        if not kept:
            raise LeaseLost(f"The lease {lease.epoch} on a thread was taken over.")

    async def _free(self, tx: Tx, lease: Lease, ready_at: float | None) -> None:
        """Give a thread back until then; None: nothing waits there, whatever was counted."""
        await tx.run(
            "UPDATE thread SET owner = NULL, lease_until = 0, ready_at = :ready_at,"
            " pending = CASE WHEN :idle THEN 0 ELSE pending END"
            " WHERE thread_key = :lane AND epoch = :epoch",
            ready_at=self._clock() if ready_at is None else ready_at,
            idle=ready_at is None,
            lane=lease.thread_key,
            epoch=lease.epoch,
        )

    async def _next(self, tx: Tx, lease: Lease) -> Work | None:
        now = self._clock()
        outgoing = await outbox.due(tx, lease.thread_key, now)
        if outgoing:
            return Work(lease, tuple(outgoing))
        head = await tx.one(
            "SELECT id, kind, payload, state, attempts, deaths, available_at FROM inbox"
            " WHERE thread_key = :lane AND state IN ('queued', 'running') ORDER BY ord, id LIMIT 1",
            lane=lease.thread_key,
        )
        if head is not None and head["available_at"] <= now:
            return Work(lease, (), await self._started(tx, head, orphaned=lease.orphaned))
        await self._free(tx, lease, await self._ready_again(tx, lease, head))
        return None

    async def _started(self, tx: Tx, head: Row, *, orphaned: bool) -> Item:
        died = 1 if head["state"] == "running" and orphaned else 0
        await tx.run(
            "UPDATE inbox SET state = 'running', attempts = attempts + 1,"
            " deaths = deaths + :died WHERE id = :id",
            died=died,
            id=head["id"],
        )
        return Item(
            head["id"],
            Kind(head["kind"]),
            head["payload"],
            head["attempts"] + 1,
            head["deaths"] + died,
        )

    async def _ready_again(self, tx: Tx, lease: Lease, head: Row | None) -> float | None:
        post = await tx.one(
            "SELECT available_at FROM outbox WHERE lane = :lane"
            " AND state IN ('intent', 'ambiguous') ORDER BY id LIMIT 1",
            lane=lease.thread_key,
        )
        times = [row["available_at"] for row in (head, post) if row is not None]
        return min(times, default=None)
