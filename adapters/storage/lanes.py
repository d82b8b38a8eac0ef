"""Threads as lanes of work: who holds which, and what is due there next.

A lane's posts leave before its next message is handled. All of it is SQL over a
transaction of somebody else's.
"""

from __future__ import annotations

from collections.abc import Iterable

from adapters.storage import heads, outbox
from adapters.storage.database import Row, Tx
from adapters.storage.peers import Peers
from adapters.storage.work import LEASE_SECONDS, Lease, Work
from core.errors import LeaseLost

READY = (
    "SELECT thread_key, tenant, owner, epoch, pending FROM thread"
    " WHERE pending > 0 AND ready_at <= :now"
    " AND (owner IS NULL OR (owner <> :me AND lease_until <= :ticks)) AND tenant > :served"
    " ORDER BY tenant, ready_at LIMIT 1"
)
READY_FOR_US = READY + " FOR UPDATE SKIP LOCKED"


async def recover(tx: Tx, gone: Iterable[str], now: float) -> None:
    """At start: end the leases of processes that are gone, and count anew what waits."""
    await tx.all(  # whoever adds to these lanes waits until they are counted
        "SELECT 1 FROM thread WHERE owner IS NOT NULL OR pending <> 0 ORDER BY thread_key"
        " FOR UPDATE"
    )
    await tx.run(
        "UPDATE thread SET pending ="
        " (SELECT COUNT(*) FROM inbox WHERE inbox.thread_key = thread.thread_key"
        " AND inbox.state IN ('queued', 'running')) +"
        " (SELECT COUNT(*) FROM outbox WHERE outbox.lane = thread.thread_key"
        " AND outbox.state IN ('intent', 'ambiguous')),"
        " ready_at = CASE WHEN owner IS NULL AND ready_at > :now THEN :now ELSE ready_at END"
        " WHERE owner IS NOT NULL OR pending <> 0",
        now=now,
    )
    for owner in gone:
        await end_leases(tx, owner, now)


async def end_leases(tx: Tx, owner: str, now: float) -> int:
    """Let others take what a dead process held; the number of lanes."""
    return await tx.run(
        "UPDATE thread SET lease_until = 0,"
        " ready_at = CASE WHEN ready_at > :now THEN :now ELSE ready_at END WHERE owner = :owner",
        now=now,
        owner=owner,
    )


async def ready(tx: Tx, peers: Peers, served: str, *, for_us: bool = True) -> Row | None:
    """The lane of the next tenant in turn that has waited longest and is free.

    Free is also one whose owner let its lease run out. A lease of our own never runs out for
    us: whoever works on it gives it back.

    Args:
        served: The tenant whose turn it was; one that writes much waits for its own alone.
        for_us: Nobody else gets it while the transaction lasts; False only looks.
    """
    sql = READY_FOR_US if for_us else READY
    now, ticks = peers.now(), peers.ticks()
    found = await tx.one(sql, now=now, me=peers.me, ticks=ticks, served=served)
    if found is None and served:
        found = await tx.one(sql, now=now, me=peers.me, ticks=ticks, served="")
    return found


async def known(tx: Tx, lane: str) -> bool:
    """Whether a lane was ever there, or is that of a case's card."""
    row = await tx.one(
        "SELECT 1 FROM thread WHERE thread_key = :lane"
        " UNION ALL SELECT 1 FROM handoff_case WHERE card_thread = :lane LIMIT 1",
        lane=lane,
    )
    return row is not None


async def depth(tx: Tx) -> int:
    """How many pieces of work wait in all lanes."""
    row = await tx.one("SELECT COALESCE(SUM(pending), 0) AS n FROM thread")
    return int(row["n"]) if row else 0


async def take(tx: Tx, row: Row, peers: Peers) -> Work | None:
    """Lease a lane that is ready; None when nothing is due there after all."""
    lease = await _leased(tx, row, peers)
    if lease.orphaned:
        await outbox.doubt(tx, lease.thread_key, peers.now())
    return await following(tx, lease, peers.now(), row["pending"])


async def take_alone(tx: Tx, row: Row, message: Row, peers: Peers) -> Work:
    """Lease a lane in which nothing waits but this message."""
    return Work(await _leased(tx, row, peers), (), await heads.started(tx, message, 0))


async def _leased(tx: Tx, row: Row, peers: Peers) -> Lease:
    lane, until = row["thread_key"], peers.ticks() + LEASE_SECONDS
    await tx.run(
        "UPDATE thread SET owner = :owner, epoch = epoch + 1, lease_until = :until"
        " WHERE thread_key = :lane",
        owner=peers.me,
        until=until,
        lane=lane,
    )
    return Lease(lane, peers.me, row["epoch"] + 1, until, orphaned=row["owner"] is not None)


async def prolong(tx: Tx, lane: str, me: str, until: float) -> int | None:
    """Hold a lane for longer; returns the lease's epoch, None when it is not ours any more."""
    row = await tx.one(
        "UPDATE thread SET lease_until = :until WHERE thread_key = :lane AND owner = :owner"
        " RETURNING epoch",
        until=until,
        lane=lane,
        owner=me,
    )
    return row["epoch"] if row else None


async def free_strays(tx: Tx, peers: Peers) -> None:
    """Give back what we lease and never prolonged: we were not told that its commit succeeded."""
    await tx.run(
        "UPDATE thread SET owner = NULL, lease_until = 0 WHERE owner = :me"
        " AND lease_until <= :ticks",
        me=peers.me,
        ticks=peers.ticks(),
    )


async def fence(tx: Tx, lease: Lease, ended: int = 0) -> int:
    """Count work as ended, if the lease still stands; else undo all by raising ``LeaseLost``.

    Returns:
        How much work the lane has left.
    """
    kept = await tx.one(
        "UPDATE thread SET pending = pending - :ended WHERE thread_key = :lane"
        " AND owner = :owner AND epoch = :epoch RETURNING pending",
        ended=ended,
        lane=lease.thread_key,
        owner=lease.owner,
        epoch=lease.epoch,
    )
    if kept is None:
        raise LeaseLost(f"The lease {lease.epoch} on a thread was taken over.")
    return int(kept["pending"])


async def hold(tx: Tx, lane: str) -> None:
    """Let nobody begin or add work in a lane before this transaction ends."""
    await tx.one("SELECT 1 FROM thread WHERE thread_key = :lane FOR UPDATE", lane=lane)


async def free(tx: Tx, lease: Lease, ready_at: float, *, idle: bool = False) -> None:
    """Give a lane back until ``ready_at``; ``idle``: nothing waits there, whatever was counted."""
    await tx.run(
        "UPDATE thread SET owner = NULL, lease_until = 0, ready_at = :ready_at,"
        " pending = CASE WHEN :idle THEN 0 ELSE pending END"
        " WHERE thread_key = :lane AND epoch = :epoch",
        ready_at=ready_at,
        idle=idle,
        lane=lease.thread_key,
        epoch=lease.epoch,
    )


async def following(tx: Tx, lease: Lease, now: float, left: int) -> Work | None:
    """What to do next in a leased lane; when nothing is due, the lane is free again.

    Args:
        left: How much work the lane has.
    """
    if not left:
        await free(tx, lease, now)
        return None
    outgoing = await outbox.due(tx, lease.thread_key, now)
    if outgoing:
        return Work(lease, tuple(outgoing))
    head = await tx.one(
        "SELECT id, kind, payload, state, attempts, deaths, available_at, received_at FROM inbox"
        " WHERE thread_key = :lane AND state IN ('queued', 'running')"
        " ORDER BY ord, id LIMIT 1 FOR UPDATE",
        lane=lease.thread_key,
    )
    if head is not None and head["available_at"] <= now:
        died = lease.orphaned and head["state"] == "running"
        deaths = head["deaths"] + (1 if died else 0)
        if not deaths or await heads.may_run_alone(tx, head["id"]):
            return Work(lease, (), await heads.started(tx, head, deaths))
        head = {"available_at": await heads.put_off(tx, head["id"], deaths, now)}
    post = await tx.one(
        "SELECT available_at FROM outbox WHERE lane = :lane"
        " AND state IN ('intent', 'ambiguous') ORDER BY id LIMIT 1",
        lane=lease.thread_key,
    )
    times = [row["available_at"] for row in (head, post) if row is not None]
    await free(tx, lease, min(times, default=now), idle=not times)
    return None
