"""What is old ends, each after its own time and a little at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.storage import retention
from adapters.storage.accounts import SqlAccountStore
from adapters.storage.actions import SqlActionStore, SqlFeedbackStore
from adapters.storage.cases import SqlCaseStore
from adapters.storage.database import Database
from adapters.storage.retention import Retention
from adapters.storage.turns import save_turn
from core.account import Fact, FactSource
from core.forgetting import ENDED, nobody
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Place
from core.outcome import Ending, Post, TurnOutcome, TurnRecord
from core.session import Exchange, ExchangeKind
from core.tools import Action, ActionState
from handoff.case import OPEN, Case, CaseState, Step, Verdict
from tests.contract.given import HOME, SAM, START, HandClock, case

AWAY = WorkspaceKey(Platform.WEB, "away")
WORDS, LEDGER = 30, 100  # days


async def turn(database: Database, number: int, age: int, workspace: WorkspaceKey) -> None:
    """A turn of so many days ago, with its exchange and a judgement."""
    at, turn_id = START - timedelta(days=age), f"turn{number}"
    who, thread = AccountKey(workspace, "sam"), ThreadKey(workspace, "help", str(number))
    record = TurnRecord(turn_id, workspace, thread, who, Ending.ANSWERED, at)
    said = Exchange(turn_id, who, "Sam", "asked", "answered", at, ExchangeKind.ANSWER)
    await database.write(lambda tx: save_turn(tx, TurnOutcome(record, (), said)))
    await SqlFeedbackStore(database).note(turn_id, workspace, who, helpful=True, at=at)


async def left(database: Database, table: str, column: str) -> list[str]:
    rows = await database.read(lambda tx: tx.all(f"SELECT {column} FROM {table} ORDER BY 1"))
    return [str(row[column]) for row in rows]


async def swept(database: Database, clock: HandClock) -> None:
    keeping = Retention(database, WORDS, LEDGER, clock)
    while await keeping.sweep():
        pass


async def test_words_end_before_the_ledger(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all workspaces; what is of an open offer is judged by its end."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    clock = HandClock()
    ages = [1, 29, 31, 40, 50, 99, 101, 200, 300]
    for number, age in enumerate(ages):
        await turn(store, number, age, AWAY if number % 2 else SAM.key.workspace)
    actions = SqlActionStore(store)
    for number, age in enumerate((1, 99, 101)):
        at = START - timedelta(days=age)
        action = Action(
            f"a{number}", "t", ThreadKey(AWAY, "help", "1"), SAM, Place.CHANNEL, "report", {},
            ActionState.PROPOSED, at, at,
        )  # fmt: skip
        await actions.propose(action)
        await actions.move(f"a{number}", ActionState.PROPOSED, ActionState.DONE)
    office = Fact("office", "Porto", FactSource.PERSON, START, START - timedelta(days=29))
    old = replace(office, key="desk", expires_at=START - timedelta(days=31))
    await SqlAccountStore(store, clock).learn(SAM.key, [office, old, replace(old, key="a")])

    await swept(store, clock)

    assert await left(store, "exchange", "turn_id") == ["turn0", "turn1"]
    assert await left(store, "turn", "turn_id") == [f"turn{each}" for each in range(6)]
    assert await left(store, "feedback", "turn_id") == [f"turn{each}" for each in range(6)]
    assert await left(store, "action", "action_id") == ["a0", "a1"]
    assert await left(store, "fact", "key") == ["office"]


@pytest.mark.parametrize(
    ("decided", "kept"),
    [
        (ActionState.DONE, {}),
        (ActionState.CANCELLED, {}),
        (ActionState.CONFIRMED, {"value": "You have a cat"}),  # not done yet
        (None, {}),  # never answered
    ],
)
async def test_the_ledger_does_not_keep_what_somebody_said_of_themselves(
    store: Database, decided: ActionState | None, kept: dict[str, str]
) -> None:
    """What they wanted kept is a fact, to be forgotten when they like; the rest is nobody's."""
    at = START - timedelta(days=2)
    thread = ThreadKey(HOME, "help", "1")
    action = Action(
        "a1", "t", thread, SAM, Place.CHANNEL, "remember", {"value": "You have a cat"},
        ActionState.PROPOSED, at, at, private=True,
    )  # fmt: skip
    actions = SqlActionStore(store)
    await actions.propose(action)
    await actions.propose(replace(action, action_id="a2", private=False))
    if decided is not None:
        await actions.move("a1", ActionState.PROPOSED, decided)

    await swept(store, HandClock())

    told, shared = await actions.get("a1"), await actions.get("a2")
    assert told is not None
    assert told.arguments == kept
    assert told.state is (decided or ActionState.EXPIRED)
    assert shared is not None
    assert shared.arguments == action.arguments


async def test_the_words_of_a_request_end_with_those_of_conversations(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some days after it was closed; who it was, why, when and how it ended stay."""
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    cases, clock, known = SqlCaseStore(store), HandClock(), dict[str, Case]()
    for number, closed in enumerate((1, 29, 31, 40, 50, None)):
        made = await cases.open(case(number, ThreadKey(HOME, "help", f"t{number}")), _nothing)
        if closed is not None:
            at = START - timedelta(days=closed)
            end = Step(CaseState.RESOLVED, OPEN, SAM, at, verdict=Verdict.RIGHT)
            made = await cases.take(made.case_id, end, _nothing) or made
        known[made.case_id] = made

    await swept(store, clock)
    await swept(store, clock)

    left = {each: await cases.get(each) for each in known}
    kept = [each for each, found in left.items() if found == known[each]]
    ended = [found for each, found in left.items() if found and each not in kept]
    assert kept == ["case0", "case1", "case5"]
    for each in ended:
        before = known[each.case_id]
        assert each.escalation.intent == ENDED
        assert each.escalation.requester == nobody(SAM)
        assert replace(each, escalation=before.escalation) == replace(before, link="")


def _nothing(case: Case) -> tuple[Post, ...]:
    return ()
