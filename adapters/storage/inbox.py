"""The inbox: what platforms gave us, leased thread by thread, each handled in order.

A lease is on the thread. Every later write names its epoch; when another worker has
taken the thread since, the write changes nothing and raises ``LeaseLost``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from adapters.storage import (
    amendments,
    arrivals,
    ends,
    heads,
    inherited,
    lanes,
    outbox,
    receipts,
    retention,
)
from adapters.storage.amendments import Stopped
from adapters.storage.database import Database, Tx
from adapters.storage.outbox import Receipt
from adapters.storage.peers import Peers
from adapters.storage.turns import save_record
from adapters.storage.work import LEASE_SECONDS, MARGIN_SECONDS, Item, Lease, Received, Work
from core.ids import MessageRef, ThreadKey
from core.messages import InboundMessage
from core.outcome import Post, TurnOutcome, TurnRecord
from core.session import Session


class Inbox:
    """The durable queue of one installation.

    Args:
        saved: Told of each session that a turn left behind, once it is committed.
    """

    def __init__(
        self, database: Database, peers: Peers, saved: Callable[[Session], None] | None = None
    ) -> None:
        self._database = database
        self._peers = peers
        self._saved = saved
        self._served = ""  # the tenant whose turn it was
        self._renewed: dict[tuple[str, int | None], float] = {}  # thread, epoch -> until when
        self._behind = peers.now() - peers.ticks()
        self._old = peers.now() - inherited.LEFT_SECONDS

    async def put_message(self, message: InboundMessage) -> Received:
        """Commit a message; when this returns it will be answered exactly once."""
        return await self._database.write(
            lambda tx: arrivals.put_message(tx, message, self._peers.now())
        )

    async def accept(self, message: InboundMessage) -> tuple[Received, Work | None]:
        """Commit a message and, in the same commit, lease its thread when that is free."""
        return await self._database.write(lambda tx: arrivals.accept(tx, message, self._peers))

    async def confirm(self, thread: ThreadKey, action_id: str, author: str) -> Received:
        """Confirm a proposed action and queue it, in one commit; it runs once, in order."""
        return await self._database.write(
            lambda tx: arrivals.confirm(tx, thread, action_id, author, self._peers.now())
        )

    async def show(self, posts: Sequence[Post], turn_id: str, scope: str) -> None:
        """Commit posts outside of a turn, once per ``turn_id`` and ``scope``."""
        now = self._peers.now()
        await self._database.write(lambda tx: outbox.add(tx, posts, turn_id, now, scope))

    async def recover(self) -> None:
        """At start: end the leases of processes that are gone, and count anew what waits."""

        async def work(tx: Tx) -> None:
            await lanes.recover(tx, await self._peers.gone(tx), self._peers.now())
            await inherited.doubt(tx, self._old)

        await self._database.write(work)

    async def lease(self, *, sure: bool = False) -> Work | None:
        """Take the next tenant's thread that has waited longest, with its first piece of work.

        Args:
            sure: There is work, as far as the caller knows; otherwise a look costs less.
        """

        async def work(tx: Tx) -> Work | None:
            while (row := await lanes.ready(tx, self._peers, self._served)) is not None:
                taken = await lanes.take(tx, row, self._peers)
                self._served = row["tenant"]
                if taken is not None:
                    return taken
            return None

        await self._follow_the_clock()
        look = partial(lanes.ready, peers=self._peers, served=self._served, for_us=False)
        if not sure and await self._database.look(look) is None:
            return None
        return await self._database.write(work)

    async def _follow_the_clock(self) -> None:
        """When the wall clock was set back, bring forward by as much what was put off."""
        behind = self._peers.now() - self._peers.ticks()
        set_back = self._behind - behind
        if set_back >= 1.0:
            await self._database.write(lambda tx: outbox.bring_forward(tx, set_back))
        self._behind = behind

    async def renew(self, threads: Sequence[str]) -> None:
        """Prolong the leases of threads still being worked on."""
        me, until = self._peers.me, self._peers.ticks() + LEASE_SECONDS

        async def work(tx: Tx) -> list[tuple[str, int | None]]:
            prolonged = [(each, await lanes.prolong(tx, each, me, until)) for each in threads]
            await lanes.free_strays(tx, self._peers)
            return prolonged

        self._renewed = dict.fromkeys(await self._database.write(work), until)

    def holds(self, lease: Lease) -> bool:
        """Whether a lease is sure to be ours still: asked before anything leaves the house."""
        until = max(lease.until, self._renewed.get((lease.thread_key, lease.epoch), 0.0))
        known = self._peers.known_since() <= until - LEASE_SECONDS
        return known and self._peers.ticks() < until - MARGIN_SECONDS

    async def delivered(
        self, lease: Lease, sent: Sequence[Receipt], *, go_on: bool = True
    ) -> Work | None:
        """Write down what was sent; returns the thread's next work, or frees it.

        Args:
            go_on: False keeps the thread as it is, for something else to be done there first.
        """

        async def work(tx: Tx) -> Work | None:
            ended = 0
            for receipt in sent:
                if await outbox.record(tx, receipt):
                    ended += receipt.ended
                    await receipts.follow(tx, receipt, self._peers.now())
            left = await lanes.fence(tx, lease, ended)
            return await lanes.following(tx, lease, self._peers.now(), left) if go_on else None

        return await self._database.write(work)

    async def finish(
        self, lease: Lease, item: Item, outcome: TurnOutcome | None, *, dead: bool = False
    ) -> Work | None:
        """Write everything a turn decided, in one commit; returns the thread's next work.

        What the bot meant to say in a thread that a person took meanwhile is not said: the
        message goes back to the queue's head, and to that person.
        """
        following, session = await self._database.write(
            lambda tx: ends.finish(
                tx, lease, item, outcome, self._peers.now(), dead=dead, old=self._old
            )
        )
        if session is not None and self._saved is not None:
            self._saved(session)
        return following

    async def bury(self, lease: Lease, item: Item, words: Post) -> Work | None:
        """Give up on a message that no turn can be made of; it is kept for a look."""

        async def work(tx: Tx) -> Work | None:
            now = self._peers.now()
            await tx.run("UPDATE inbox SET state = 'dead' WHERE id = :id", id=item.row_id)
            await outbox.add(tx, [words], f"dead:{item.row_id}", now)
            return await lanes.following(tx, lease, now, await lanes.fence(tx, lease, 1))

        return await self._database.write(work)

    async def retry(self, lease: Lease, item: Item, delay: float) -> Work | None:
        """Put the head back for later; what stands behind it waits with it."""

        async def work(tx: Tx) -> Work | None:
            left = await lanes.fence(tx, lease)
            await heads.put_back(tx, item, self._peers.now() + delay)
            return await lanes.following(tx, lease, self._peers.now(), left)

        return await self._database.write(work)

    async def release(self, work: Work, *, counts: bool = False) -> None:
        """Give a thread back in the middle of ``work``, whose end could not be written down.

        Args:
            counts: Whether this was one of the message's attempts.
        """

        async def give_back(tx: Tx) -> None:
            await lanes.fence(tx, work.lease)
            if work.outgoing:
                await outbox.doubt(tx, work.lease.thread_key, self._peers.now())
            if work.item is not None:  # unless its end was written down after all
                await heads.put_back(tx, work.item, self._peers.now(), counts=counts)
            await lanes.free(tx, work.lease, self._peers.now())

        await self._database.write(give_back)

    async def amend(self, message: InboundMessage) -> bool:
        """Put new words into a message that still waits; whether one did."""
        return await self._database.write(lambda tx: amendments.amend(tx, message))

    async def withdraw(self, message: MessageRef) -> bool:
        """Take back a message that still waits; whether one did."""
        return await self._database.write(lambda tx: amendments.withdraw(tx, message))

    async def stop(self, thread: ThreadKey, before: float, stopped: Stopped) -> TurnOutcome | None:
        """End the message a thread is at, if it was written ``before``; None when none was."""
        return await self._database.write(
            lambda tx: amendments.stop(tx, thread, before, stopped, self._peers.now())
        )

    async def book(self, record: TurnRecord) -> None:
        """Write a row of the ledger that belongs to no message."""
        await self._database.write(lambda tx: save_record(tx, record))

    async def knows(self, thread: ThreadKey) -> bool:
        """Whether the bot has had anything to do with a thread, or a case's card starts it."""
        return await self._database.look(lambda tx: lanes.known(tx, str(thread)))

    async def depth(self) -> int:
        """How many messages and posts wait, for readiness and metrics."""
        return await self._database.read(lanes.depth)

    async def sweep(self) -> int:
        """Forget what has long been done; the number of rows deleted."""
        return await self._database.write(lambda tx: retention.sweep(tx, self._peers.now()))
