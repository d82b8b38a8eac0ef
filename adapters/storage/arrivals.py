"""What comes in: each message and each confirmed action becomes a row once, then is answered."""

from __future__ import annotations

from adapters.storage import outbox
from adapters.storage.codec import dump
from adapters.storage.database import Row, Tx
from adapters.storage.work import Kind, Received
from core import wording
from core.cards import Card, Plain
from core.ids import ThreadKey
from core.messages import InboundMessage
from core.outcome import Post

QUEUE_MOST = 20  # waiting messages of one person, in all threads together
NOTICE_SECONDS = 600.0  # in which a person is told once that it is too much


async def put_message(tx: Tx, message: InboundMessage, now: float) -> Received:
    """Queue a message once; above the bound of one person, answer with one notice instead."""
    lane = str(message.thread)
    waiting: Row = await tx.one(
        "SELECT COUNT(*) AS n FROM inbox WHERE state = 'queued' AND author = :author",
        author=str(message.author.key),
    )
    crowded = waiting["n"] >= QUEUE_MOST
    added = await _insert(
        tx,
        dedupe=f"message:{message.ref}",
        lane=lane,
        tenant=str(message.workspace),
        author=str(message.author.key),
        ord=message.sent_at.timestamp(),
        kind=Kind.MESSAGE,
        payload="" if crowded else dump(InboundMessage, message),
        state="done" if crowded else "queued",
        now=now,
    )
    if not added:
        return Received.DUPLICATE
    if crowded:
        notice = Card((Plain(wording.OUT_OF_MESSAGES),))
        post = Post(message.thread, notice, only_for=message.author.key)
        once = str(int(now // NOTICE_SECONDS))
        await outbox.add(tx, [post], f"crowd:{message.author.key}", now, once)
        return Received.TOO_MANY
    await outbox.expect(tx, lane, str(message.workspace), now)
    return Received.NEW


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


async def _insert(tx: Tx, **values: object) -> bool:
    return bool(
        await tx.run(
            "INSERT INTO inbox (dedupe, tenant, thread_key, author, ord, kind, payload, state,"
            " attempts, deaths, available_at, received_at) VALUES (:dedupe, :tenant, :lane,"
            " :author, :ord, :kind, :payload, :state, 0, 0, 0, :now) ON CONFLICT DO NOTHING",
            **values,
        )
    )
