"""What the product may rely on from the action ledger."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.storage.actions import SqlActionStore, SqlFeedbackStore
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.peers import Alone
from adapters.storage.turns import save_turn
from adapters.storage.work import Kind, Received
from core.ids import Platform, WorkspaceKey
from core.messages import Place
from core.tools import Action, ActionState
from tests.contract.given import HOME, PRIYA, SAM, START, THREAD, message, outcome

PROPOSED, CONFIRMED, DONE = ActionState.PROPOSED, ActionState.CONFIRMED, ActionState.DONE


@pytest.fixture
def actions(store: Database) -> SqlActionStore:
    return SqlActionStore(store)


def action(arguments: dict[str, object] | None = None) -> Action:
    return Action(
        action_id="a1",
        turn_id="t1",
        thread=THREAD,
        requester=SAM,
        place=Place.CHANNEL,
        tool="report_problem",
        arguments=arguments or {"what": "no paper", "where": "floor 2"},
        state=PROPOSED,
        proposed_at=START,
        expires_at=START + timedelta(minutes=10),
    )


async def test_a_proposed_action_keeps_its_arguments(actions: SqlActionStore) -> None:
    """Proposing the same one again, with whatever arguments, changes nothing."""
    await actions.propose(action())
    await actions.propose(action({"what": "everything", "where": "everywhere"}))

    assert await actions.get("a1") == action()
    assert await actions.get("unknown") is None


async def test_a_step_is_taken_only_from_where_the_action_is(actions: SqlActionStore) -> None:
    """And the receipt stands with the state it proves."""
    await actions.propose(action())

    assert not await actions.move("a1", CONFIRMED, DONE, "R-1")
    assert await actions.move("a1", PROPOSED, CONFIRMED)
    assert not await actions.move("a1", PROPOSED, ActionState.CANCELLED)
    assert await actions.move("a1", CONFIRMED, DONE, "R-1")
    assert not await actions.move("a1", CONFIRMED, DONE, "R-2")

    assert await actions.get("a1") == replace(action(), state=DONE, receipt="R-1")


async def test_a46_of_fifty_confirmations_at_once_one_has_effect(
    actions: SqlActionStore, store: Database
) -> None:
    """The action is queued once, and leaves the queue once."""
    await actions.propose(action())
    inbox = Inbox(store, Alone("worker"))

    presses = [inbox.confirm(THREAD, "a1", str(SAM.key)) for _ in range(50)]
    results = await asyncio.gather(*presses)

    assert results.count(Received.NEW) == 1
    work = await inbox.lease()
    assert work is not None
    assert work.item is not None
    assert (work.item.kind, work.item.payload) == (Kind.ACTION, "a1")
    assert await inbox.finish(work.lease, work.item, None) is None
    assert await inbox.depth() == 0


async def test_a_cancelled_action_cannot_be_confirmed(
    actions: SqlActionStore, store: Database
) -> None:
    """The two buttons exclude each other."""
    await actions.propose(action())
    await actions.move("a1", PROPOSED, ActionState.CANCELLED)

    taken = await Inbox(store, Alone("worker")).confirm(THREAD, "a1", str(SAM.key))

    assert taken is Received.DUPLICATE


async def test_the_last_word_of_each_person_on_an_answer_counts(store: Database) -> None:
    """One row a person; for an answer of that workspace, and for nothing else."""
    feedback, turn = SqlFeedbackStore(store), message(1)
    await store.write(lambda tx: save_turn(tx, outcome(turn)))
    away = WorkspaceKey(Platform.WEB, "away")

    assert await feedback.note(turn.turn_id, HOME, SAM.key, helpful=True, at=START)
    assert await feedback.note(turn.turn_id, HOME, PRIYA.key, helpful=True, at=START)
    assert await feedback.note(turn.turn_id, HOME, SAM.key, helpful=False, at=START)
    assert not await feedback.note("unknown", HOME, SAM.key, helpful=True, at=START)
    assert not await feedback.note(turn.turn_id, away, SAM.key, helpful=True, at=START)

    rows = await store.read(lambda tx: tx.all("SELECT account, helpful FROM feedback ORDER BY 1"))
    assert [(row["account"], bool(row["helpful"])) for row in rows] == [
        (str(PRIYA.key), True),
        (str(SAM.key), False),
    ]


async def test_the_newest_actions_of_a_thread_are_told_in_their_order(
    actions: SqlActionStore,
) -> None:
    """Of that thread alone, each as it stands."""
    for number in range(3):
        at = START + timedelta(minutes=number)
        await actions.propose(replace(action(), action_id=f"a{number}", proposed_at=at))
    elsewhere = replace(THREAD, thread_id="elsewhere")
    await actions.propose(replace(action(), action_id="b", thread=elsewhere))
    await actions.move("a2", PROPOSED, CONFIRMED)

    told = await actions.of_thread(THREAD, 2)

    assert [(each.action_id, each.state) for each in told] == [("a1", PROPOSED), ("a2", CONFIRMED)]
