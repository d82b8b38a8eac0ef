"""How messages end: done, and their words forgotten; or dead, and kept for a look."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.storage import heads, lanes, outbox
from adapters.storage.codec import load
from adapters.storage.database import Tx
from adapters.storage.turns import overtaken, save_turn
from adapters.storage.work import Item, Kind, Lease, Work
from core.messages import InboundMessage
from core.outcome import TurnOutcome
from core.session import Session


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message or action that was given up. received_at: seconds since 1970."""

    row_id: int
    thread_key: str
    kind: str
    received_at: float
    attempts: int
    deaths: int


async def finish(
    tx: Tx,
    lease: Lease,
    item: Item,
    outcome: TurnOutcome | None,
    now: float,
    *,
    dead: bool,
    old: float,
) -> tuple[Work | None, Session | None]:
    """Write everything a turn decided; the lane's next work, and the session as stored.

    Args:
        old: When what came before it may have been answered in a history that is lost.
    """
    first = item.attempts == 1 and not dead  # once is enough to hear who has the thread
    if first and outcome is not None and await overtaken(tx, outcome.record):
        left = await lanes.fence(tx, lease)
        await heads.put_back(tx, item, 0.0)
        return await lanes.following(tx, lease, now, left), None
    posts = () if outcome is None else outcome.posts
    own = sum(str(post.to) == lease.thread_key for post in posts)
    left = await lanes.fence(tx, lease, 1 - own)
    if not await _end(tx, item, dead=dead):  # somebody stopped it, and counted it as ended
        left = await lanes.fence(tx, lease, own - 1)
        return await lanes.following(tx, lease, now, left), None
    if outcome is None:
        return await lanes.following(tx, lease, now, left), None
    session = await save_turn(tx, outcome)
    turn_id, scope = outcome.record.turn_id, "dead" if dead else ""  # once each
    doubtful, counted = item.received_at < old, lease.thread_key
    added = await outbox.add(tx, posts, turn_id, now, scope, counted=counted, doubtful=doubtful)
    leaving = tuple(each for each in added if str(each.post.to) == lease.thread_key)
    if len(leaving) < own:  # the others were there before
        left = await lanes.fence(tx, lease, own - len(leaving))
    if leaving and left == len(leaving):  # nothing else waits
        return Work(lease, leaving), session
    return await lanes.following(tx, lease, now, left), session


async def _end(tx: Tx, item: Item, *, dead: bool) -> int:
    """End what is being handled; 0 when somebody stopped it meanwhile."""
    ended = await tx.run(
        "UPDATE inbox SET state = :state, payload = CASE WHEN :dead THEN payload ELSE ''"
        " END WHERE id = :id AND state = 'running'",
        state="dead" if dead else "done",
        dead=dead,
        id=item.row_id,
    )
    if not ended and item.kind is Kind.MESSAGE:  # what it came to is not to be kept either
        turn_id = load(InboundMessage, item.payload).turn_id
        await tx.run("DELETE FROM turn_step WHERE turn_id = :turn_id", turn_id=turn_id)
    return ended


async def dead_letters(tx: Tx, most: int = 1_000) -> list[DeadLetter]:
    """What was given up, oldest first."""
    rows = await tx.all(
        "SELECT id, thread_key, kind, received_at, attempts, deaths FROM inbox"
        " WHERE state = 'dead' ORDER BY id LIMIT :most",
        most=most,
    )
    return [
        DeadLetter(
            row_id=row["id"],
            thread_key=row["thread_key"],
            kind=row["kind"],
            received_at=row["received_at"],
            attempts=row["attempts"],
            deaths=row["deaths"],
        )
        for row in rows
    ]


async def retry(tx: Tx, row_id: int, now: float) -> bool:
    """Queue a dead letter as if it had just come; False when it is not dead (any more)."""
    row = await tx.one("SELECT thread_key, tenant FROM inbox WHERE id = :id", id=row_id)
    if row is None:
        return False
    await lanes.hold(tx, row["thread_key"])
    queued = await tx.run(
        "UPDATE inbox SET state = 'queued', attempts = 0, deaths = 0, available_at = 0"
        " WHERE id = :id AND state = 'dead'",
        id=row_id,
    )
    if queued:
        await outbox.expect(tx, row["thread_key"], row["tenant"], now)
    return bool(queued)


async def drop(tx: Tx, row_id: int) -> bool:
    """Forget a dead letter's words; its key stays known, so that it does not come again."""
    return bool(
        await tx.run(
            "UPDATE inbox SET state = 'done', payload = '' WHERE id = :id AND state = 'dead'",
            id=row_id,
        )
    )
