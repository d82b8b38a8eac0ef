"""Posts on their way out: committed as an intent before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from adapters.storage.codec import dump, load
from adapters.storage.database import Row, Tx
from core.errors import StoreError
from core.ids import derived_id
from core.outcome import Post

SETTLE_SECONDS = 5.0  # how long a platform may take to show what it accepted


class Sending(StrEnum):
    """Where an outgoing post stands."""

    INTENT = "intent"
    AMBIGUOUS = "ambiguous"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post to deliver.

    Args:
        post_id: The same on every try; platforms recognise it.
        look_first: It may be visible already; look before sending.
    """

    row_id: int
    post_id: str
    post: Post
    attempts: int
    look_first: bool
    turn_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one try to deliver.

    Args:
        platform_id: The platform's id of the message, when it was sent.
        again_at: When to try again, in seconds since 1970; or, when it was sent after having
            been in doubt, until when a copy of it may turn up.
        refused: The platform will not show it as things are.
    """

    outgoing: Outgoing
    state: Sending
    platform_id: str = ""
    again_at: float = 0.0
    error: str = ""
    refused: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing is left to do about the post."""
        return self.state in (Sending.SENT, Sending.DEAD)


async def add(
    tx: Tx,
    posts: Iterable[Post],
    turn_id: str,
    now: float,
    scope: str = "",
    *,
    counted: str = "",
    doubtful: bool = False,
) -> list[Outgoing]:
    """Commit posts as intents, in order; the same turn and scope again adds nothing.

    Args:
        counted: The lane that counts its posts among these as work already.
        doubtful: They may stand there already: each is looked for before it is sent.

    Returns:
        What was added.
    """
    state = Sending.AMBIGUOUS if doubtful else Sending.INTENT
    added: list[Outgoing] = []
    for part, post in enumerate(posts):
        lane = str(post.to)
        post_id = str(derived_id("post", turn_id, scope, str(part)))
        row = await tx.one(
            "INSERT INTO outbox (post_id, turn_id, lane, payload, subject, state, attempts,"
            " available_at, created_at, platform_id, error) VALUES (:post_id, :turn_id, :lane,"
            " :payload, :subject, :state, 0, 0, :now, '', '') ON CONFLICT DO NOTHING"
            " RETURNING id",
            post_id=post_id,
            turn_id=turn_id,
            lane=lane,
            payload=dump(Post, post),
            subject=post.subject,
            state=state.value,
            now=now,
        )
        if row is None:
            continue
        added.append(Outgoing(row["id"], post_id, post, 0, look_first=doubtful, turn_id=turn_id))
        if lane != counted:
            await expect(tx, lane, str(post.to.workspace), now)
    return added


async def was_added(tx: Tx, turn_id: str, scope: str) -> bool:
    """Whether the first post of this turn and scope was ever committed."""
    post_id = str(derived_id("post", turn_id, scope, "0"))
    return await tx.one("SELECT 1 FROM outbox WHERE post_id = :id", id=post_id) is not None


async def expect(tx: Tx, lane: str, tenant: str, now: float) -> Row:
    """Count one more piece of work in a lane; returns how the lane stands."""
    return await tx.one(
        "INSERT INTO thread (thread_key, tenant, pending, ready_at, lease_until, epoch)"
        " VALUES (:lane, :tenant, 1, :now, 0, 0) ON CONFLICT (thread_key) DO UPDATE SET"
        " ready_at = CASE WHEN thread.pending > 0 AND thread.ready_at < excluded.ready_at"
        " THEN thread.ready_at ELSE excluded.ready_at END, pending = thread.pending + 1"
        " RETURNING thread_key, owner, epoch, pending",
        lane=lane,
        tenant=tenant,
        now=now,
    )


async def bring_forward(tx: Tx, seconds: float) -> None:
    """Move every time that work was put off to, so that it comes when it would have come."""
    await tx.run(
        "UPDATE thread SET ready_at = ready_at - :seconds WHERE pending > 0", seconds=seconds
    )
    await tx.run(
        "UPDATE inbox SET available_at = available_at - :seconds"
        " WHERE state = 'queued' AND available_at > 0",
        seconds=seconds,
    )
    await tx.run(
        "UPDATE outbox SET available_at = available_at - :seconds"
        " WHERE state IN ('intent', 'ambiguous') AND available_at > 0",
        seconds=seconds,
    )


async def doubt(tx: Tx, lane: str, now: float) -> None:
    """Mark a lane's posts as perhaps sent: whoever worked on it has not said what became of them.

    It is written down, not only told to the next owner, who may get no further either. They
    may have been sent a moment ago, so nobody looks for them before they would show. A post
    that waits for its next try was not tried meanwhile.
    """
    await tx.run(
        "UPDATE outbox SET state = 'ambiguous', available_at = :settled WHERE lane = :lane"
        " AND state IN ('intent', 'ambiguous') AND available_at <= :now",
        settled=now + SETTLE_SECONDS,
        lane=lane,
        now=now,
    )


async def due(tx: Tx, lane: str, now: float, most: int = 20) -> list[Outgoing]:
    """What can leave a lane now, in order; nothing overtakes a post that waits for its retry."""
    rows = await tx.all(
        "SELECT id, post_id, turn_id, payload, state, attempts, available_at FROM outbox"
        " WHERE lane = :lane AND state IN ('intent', 'ambiguous') ORDER BY id LIMIT :most",
        lane=lane,
        most=most,
    )
    ready: list[Outgoing] = []
    for row in rows:
        if row["available_at"] > now:
            break
        try:
            ready.append(_outgoing(row))
        except StoreError as error:  # it would stop all the others
            await _set_aside(tx, row["id"], lane, error)
    return ready


async def _set_aside(tx: Tx, row_id: int, lane: str, error: StoreError) -> None:
    """Give up on a post that cannot be read, and keep it for a look."""
    await tx.run(
        "UPDATE outbox SET state = 'dead', error = :error WHERE id = :id",
        error=str(error)[:200],
        id=row_id,
    )
    await tx.run("UPDATE thread SET pending = pending - 1 WHERE thread_key = :lane", lane=lane)


def _outgoing(row: Row) -> Outgoing:
    return Outgoing(
        row_id=row["id"],
        post_id=row["post_id"],
        post=load(Post, row["payload"]),
        attempts=row["attempts"],
        look_first=row["state"] == Sending.AMBIGUOUS,
        turn_id=row["turn_id"],
    )


async def record(tx: Tx, receipt: Receipt) -> bool:
    """Write down a receipt; False when its post was called off meanwhile."""
    changed = await tx.run(
        "UPDATE outbox SET state = :state, platform_id = :platform_id, error = :error,"
        " attempts = attempts + 1, available_at = :again_at,"
        " payload = CASE WHEN :over THEN '' ELSE payload END"
        " WHERE id = :id AND state IN ('intent', 'ambiguous')",
        state=receipt.state.value,
        platform_id=receipt.platform_id,
        error=receipt.error[:200],
        again_at=receipt.again_at,
        over=receipt.ended and not receipt.again_at,
        id=receipt.outgoing.row_id,
    )
    return bool(changed)
