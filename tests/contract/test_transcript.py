"""What the product may rely on when it reads back what was said in a thread."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.storage.database import Database
from adapters.storage.transcript import SqlTranscript
from adapters.storage.turns import save_turn
from core.ids import ThreadKey
from core.ports import Transcript
from core.session import Exchange, ExchangeKind
from tests.contract.given import OTHER, SAM, START, THREAD, message, outcome


@pytest.fixture
def transcript(store: Database) -> Transcript:
    return SqlTranscript(store)


async def test_exchanges_come_back_as_they_were_oldest_first(
    store: Database, transcript: Transcript
) -> None:
    """Private ones bear their mark."""
    said = [
        await keep(store, 2),
        await keep(store, 1),
        await keep(store, 3, private=True),
    ]

    found = await transcript.between(THREAD, START, START + timedelta(seconds=60))

    assert found == (said[1], said[0], said[2])
    assert found[2].only_for == SAM.key


async def test_only_this_thread_and_this_time_are_read(
    store: Database, transcript: Transcript
) -> None:
    """Both ends are included."""
    await keep(store, 9, OTHER)
    said = [await keep(store, number) for number in range(1, 6)]

    found = await transcript.between(THREAD, said[1].at, said[3].at)

    assert found == tuple(said[1:4])


async def test_of_many_the_newest_hundred_are_read(store: Database, transcript: Transcript) -> None:
    said = [await keep(store, number) for number in range(1, 106)]

    found = await transcript.between(THREAD, START, START + timedelta(hours=1))

    assert found == tuple(said[5:])


async def keep(
    store: Database, number: int, thread: ThreadKey = THREAD, *, private: bool = False
) -> Exchange:
    """Store the exchange of the n-th turn, n seconds after the start."""
    turn = message(number, thread)
    exchange = Exchange(
        turn.turn_id,
        SAM.key,
        "Sam",
        turn.text,
        f"answer {number}",
        turn.sent_at,
        ExchangeKind.ANSWER,
        SAM.key if private else None,
    )
    await store.write(lambda tx: save_turn(tx, replace(outcome(turn), exchange=exchange)))
    return exchange
