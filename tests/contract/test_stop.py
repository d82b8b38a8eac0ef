"""Stopping a message in the store: once ended it stays ended, and what was done stands."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.storage.cases import SqlCaseStore
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.peers import Alone
from adapters.storage.turns import SqlJournal
from adapters.storage.work import Work
from core import wording
from core.drafts import Completion, Stop
from core.messages import InboundMessage
from core.outcome import Ending, TurnOutcome
from core.steps.unanswered import stopped
from core.usage import Usage
from tests.contract.given import START, THREAD, case, message, outcome, says, texts

LATER = (START + timedelta(seconds=60)).timestamp()


def ended(turn: InboundMessage, spent: Usage) -> TurnOutcome:
    return stopped(turn, spent, lambda: START)


async def begun(store: Database, *numbers: int) -> tuple[Inbox, Work]:
    inbox = Inbox(store, Alone("first"))
    for number in numbers:
        await inbox.put_message(message(number))
    work = await inbox.lease()
    assert work is not None
    assert work.item is not None
    return inbox, work


async def test_what_a_stopped_turn_decides_afterwards_is_not_written(store: Database) -> None:
    """Its answer came too late; the lane goes on with the one word."""
    inbox, work = await begun(store, 1)
    made = await inbox.stop(THREAD, LATER, ended)
    assert work.item is not None

    following = await inbox.finish(work.lease, work.item, outcome(message(1), says("late")))

    assert made is not None
    assert made.record.ending is Ending.STOPPED
    assert texts(following) == [wording.STOPPED]
    assert await inbox.depth() == 1  # that word


async def cancelled() -> Completion:
    raise asyncio.CancelledError


async def test_every_journalled_call_is_in_the_books(store: Database) -> None:
    """Two were paid; a third, which was under way, is not known."""
    inbox, _ = await begun(store, 1)
    journal = SqlJournal(store, message(1).turn_id)
    for step in ("route", "answer:1"):
        paid = Usage(tokens_in=100, tokens_out=10, cost_usd=Decimal("0.001"), calls=1)

        async def call(paid: Usage = paid) -> Completion:
            return Completion("model", Stop.END, usage=paid)

        await journal.once(step, Completion, call)
    with pytest.raises(asyncio.CancelledError):
        await journal.once("answer:2", Completion, cancelled)

    made = await inbox.stop(THREAD, LATER, ended)

    assert made is not None
    assert made.record.usage == Usage(200, 20, 0, Decimal("0.002"), 2)


async def test_a_turn_that_asked_for_a_person_is_told_to_its_end(store: Database) -> None:
    """Somebody may have read the card already."""
    inbox, work = await begun(store, 1)
    asked = case()
    theirs = replace(asked.escalation, turn_id=message(1).turn_id)
    await SqlCaseStore(store).open(replace(asked, escalation=theirs), lambda _: ())

    assert await inbox.stop(THREAD, LATER, ended) is None

    assert work.item is not None
    following = await inbox.finish(work.lease, work.item, outcome(message(1), says("on its way")))
    assert texts(following) == ["on its way"]


async def test_only_the_message_at_the_head_is_ended(store: Database) -> None:
    """What waits behind it comes next."""
    inbox, work = await begun(store, 1, 2)
    await inbox.stop(THREAD, LATER, ended)
    assert work.item is not None

    following = await inbox.retry(work.lease, work.item, 0.0)

    assert texts(following) == [wording.STOPPED]
    assert await inbox.depth() == 2


async def test_a_message_written_after_the_wish_is_not_meant(store: Database) -> None:
    """The one that was meant is over already."""
    inbox, _ = await begun(store, 5)

    assert await inbox.stop(THREAD, message(4).sent_at.timestamp(), ended) is None
