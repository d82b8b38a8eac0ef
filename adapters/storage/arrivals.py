"""What comes in: each message and each confirmed action becomes a row once, then is answered."""

from __future__ import annotations

from adapters.storage import lanes, outbox
from adapters.storage.codec import dump
from adapters.storage.database import Row, Tx
from adapters.storage.peers import Peers
from adapters.storage.work import Kind, Received, Work
from core import wording
from core.cards import Card, Plain
from core.ids import ThreadKey
from core.messages import InboundMessage
from core.outcome import Post

QUEUE_MOST = 20  # waiting messages of one person, in all threads together
NOTICE_SECONDS = 600.0  # in which a person is told once that it is too much


async def put_message(tx: Tx, message: InboundMessage, now: float) -> Received:
    """Queue a message once; above the bound of one person, answer with one notice instead."""
    received, _, _ = await _put(tx, message, now)
    return received


async def accept(tx: Tx, message: InboundMessage, peers: Peers) -> tuple[Received, Work | None]:
    """Queue a message and lease its lane, when nobody holds that and something is due there."""
    received, queued, lane = await _put(tx, message, peers.now())
    if queued is None or lane["owner"] is not None:
        return received, None
    if lane["pending"] == 1:
        return received, await lanes.take_alone(tx, lane, queued, peers)
    return received, await lanes.take(tx, lane, peers)


async def _put(tx: Tx, message: InboundMessage, now: float) -> tuple[Received, Row | None, Row]:
    """Queue a message once; its row and its lane when it was queued."""
    waiting: Row = await tx.one(
        "SELECT COUNT(*) AS n FROM inbox WHERE state = 'queued' AND author = :author",
        author=str(message.author.key),
    )
    crowded = waiting["n"] >= QUEUE_MOST
    queued = await _insert(
        tx,
        dedupe=f"message:{message.ref}",
        lane=str(message.thread),
        tenant=str(message.workspace),
        author=str(message.author.key),
        ord=message.sent_at.timestamp(),
        kind=Kind.MESSAGE,
        payload="" if crowded else dump(InboundMessage, message),
        state="done" if crowded else "queued",
        now=now,
    )
    if queued is None:
        return Received.DUPLICATE, None, None
    if crowded:
        await _notify(tx, message, now)
        return Received.TOO_MANY, None, None
    lane = await outbox.expect(tx, str(message.thread), str(message.workspace), now)
    return Received.NEW, queued, lane


async def _notify(tx: Tx, message: InboundMessage, now: float) -> None:
    """Tell a person, once in a while, that it is too much."""
    notice = Card((Plain(wording.OUT_OF_MESSAGES),))
    post = Post(message.thread, notice, only_for=message.author.key)
    once = str(int(now // NOTICE_SECONDS))
    await outbox.add(tx, [post], f"crowd:{message.author.key}", now, once)


async def confirm(tx: Tx, thread: ThreadKey, action_id: str, author: str, now: float) -> Received:
    """Confirm a proposed action and queue it; DUPLICATE when it was not there to be confirmed."""
    confirmed = await tx.run(
        "UPDATE action SET state = 'confirmed' WHERE action_id = :action_id AND state = 'proposed'",
        action_id=action_id,
    )
    if not confirmed:
        return Received.DUPLICATE
    await _insert(
        tx,
        dedupe=f"action:{action_id}",
        lane=str(thread),
        tenant=str(thread.workspace),
        author=author,
        ord=now,
        kind=Kind.ACTION,
        payload=action_id,
        state="queued",
        now=now,
    )
    await outbox.expect(tx, str(thread), str(thread.workspace), now)
    return Received.NEW


async def _insert(tx: Tx, **values: object) -> Row | None:
    """The row of something new; None when it came before."""
    return await tx.one(
        "INSERT INTO inbox (dedupe, tenant, thread_key, author, ord, kind, payload, state,"
        " attempts, deaths, available_at, received_at) VALUES (:dedupe, :tenant, :lane,"
        " :author, :ord, :kind, :payload, :state, 0, 0, 0, :now) ON CONFLICT DO NOTHING"
        " RETURNING id, kind, payload, attempts, available_at, received_at",
        **values,
    )
