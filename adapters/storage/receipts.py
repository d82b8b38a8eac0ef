"""What the receipt of a post means to what it shows."""

from __future__ import annotations

from adapters.storage import outbox
from adapters.storage.case_rows import case_of
from adapters.storage.codec import load
from adapters.storage.database import Tx
from adapters.storage.outbox import Receipt, Sending
from core import tools
from core.cards import Card, Plain, Tone
from core.ids import ThreadKey
from core.outcome import Post
from core.steps import effects
from core.tools import Action
from handoff import card, relay


async def follow(tx: Tx, receipt: Receipt, now: float) -> None:
    """Do what follows from a receipt that has just been written down."""
    post = receipt.outgoing.post
    if post.subject.startswith(card.SUBJECT):
        await _card(tx, receipt, now)
    elif post.subject.startswith(tools.SUBJECT):
        await _effect(tx, receipt, now)
    if post.otherwise is not None and receipt.state is Sending.DEAD:
        told = Card((Plain(post.otherwise.words),), tone=Tone.ATTENTION)
        notice = Post(post.otherwise.to, told, only_for=post.otherwise.reader)
        await _say(tx, receipt, notice, now, receipt.outgoing.post_id)


async def _effect(tx: Tx, receipt: Receipt, now: float) -> None:
    """Tell who confirmed an action when its effect has not arrived, and when it has after all."""
    outgoing = receipt.outgoing
    if not (receipt.refused or receipt.state is Sending.DEAD or outgoing.attempts):
        return
    action_id = outgoing.post.subject.removeprefix(tools.SUBJECT)
    row = await tx.one("SELECT payload, receipt FROM action WHERE action_id = :id", id=action_id)
    if row is None:
        return
    action, number = load(Action, row["payload"]), row["receipt"]
    if receipt.refused:
        await _say(tx, receipt, effects.unreached(action, number), now, f"unreached:{action_id}")
    elif receipt.state is Sending.DEAD:
        await tx.run("UPDATE action SET state = 'failed' WHERE action_id = :id", id=action_id)
        await _say(tx, receipt, effects.undelivered(action, number), now, f"lost:{action_id}")
    elif receipt.state is Sending.SENT and await outbox.was_added(
        tx, outgoing.turn_id, f"unreached:{action_id}"
    ):
        await _say(tx, receipt, effects.reached(action, number), now, f"reached:{action_id}")


async def _say(tx: Tx, receipt: Receipt, post: Post, now: float, scope: str) -> None:
    await outbox.add(tx, [post], receipt.outgoing.turn_id, now, scope)


async def _card(tx: Tx, receipt: Receipt, now: float) -> None:
    """Note which thread a case's card started.

    What came to the case while its card was on its way had no place to be shown yet.
    """
    if receipt.state is not Sending.SENT:
        return
    channel = receipt.outgoing.post.to
    thread = ThreadKey(channel.workspace, channel.channel_id, receipt.platform_id)
    row = await tx.one(
        "UPDATE handoff_case SET card_thread = :thread, undelivered = :no"
        " WHERE case_id = :case_id AND card_thread IS NULL RETURNING *",
        thread=str(thread),
        no=False,
        case_id=receipt.outgoing.post.subject.removeprefix(card.SUBJECT),
    )
    if row is None:
        return
    case = case_of(row)
    if case.version or case.escalation.also:
        await outbox.add(tx, card.redrawn(case), case.case_id, now, f"late:{case.version}")
    for each in case.escalation.also:
        posts = relay.also(case, each)
        await outbox.add(tx, posts, case.case_id, now, relay.scope(case, each))
