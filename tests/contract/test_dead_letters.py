"""What was given up is kept, and handled once more when an operator says so."""

from __future__ import annotations

import pytest

from adapters.storage import ends
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.peers import Alone
from adapters.storage.work import Work
from tests.contract.given import HandClock, message, outcome, says, sent, texts, words


@pytest.fixture
def inbox(store: Database) -> Inbox:
    return Inbox(store, Alone("first", HandClock(), HandClock()))


async def leased(inbox: Inbox) -> Work:
    work = await inbox.lease()
    assert work is not None
    return work


async def buried(inbox: Inbox) -> None:
    """Give up on the next message, and say so."""
    work = await leased(inbox)
    assert work.item is not None
    said = outcome(message(1), says("sorry"))
    apology = await inbox.finish(work.lease, work.item, said, dead=True)
    assert apology is not None
    await inbox.delivered(apology.lease, sent(apology))


async def test_f52_a_dead_letter_is_handled_once_more(inbox: Inbox, store: Database) -> None:
    """Its answer leaves although an apology did; asked for twice, it is queued once."""
    await inbox.put_message(message(1))
    await buried(inbox)
    (letter,) = await store.read(ends.dead_letters)

    assert await store.write(lambda tx: ends.retry(tx, letter.row_id, 0.0))
    assert not await store.write(lambda tx: ends.retry(tx, letter.row_id, 0.0))

    again = await leased(inbox)
    assert words(again) == "words 1"
    assert again.item is not None
    assert (again.item.attempts, again.item.deaths) == (1, 0)
    answer = await inbox.finish(again.lease, again.item, outcome(message(1), says("answer")))
    assert texts(answer) == ["answer"]
    assert answer is not None
    assert await inbox.delivered(answer.lease, sent(answer)) is None
    assert await inbox.depth() == 0
    assert await store.read(ends.dead_letters) == []


async def test_f52_given_up_twice_is_said_once(inbox: Inbox, store: Database) -> None:
    """The second apology would tell nothing new."""
    await inbox.put_message(message(1))
    await buried(inbox)
    (letter,) = await store.read(ends.dead_letters)
    await store.write(lambda tx: ends.retry(tx, letter.row_id, 0.0))

    work = await leased(inbox)
    assert work.item is not None
    said = outcome(message(1), says("sorry"))

    assert await inbox.finish(work.lease, work.item, said, dead=True) is None
    assert [each.row_id for each in await store.read(ends.dead_letters)] == [letter.row_id]


async def test_a_dropped_letter_is_forgotten_and_does_not_come_again(
    inbox: Inbox, store: Database
) -> None:
    """Only dead ones can be dropped; the words are gone, the key stays known."""
    await inbox.put_message(message(1))
    assert not await store.write(lambda tx: ends.drop(tx, 1))
    await buried(inbox)
    (letter,) = await store.read(ends.dead_letters)

    assert await store.write(lambda tx: ends.drop(tx, letter.row_id))

    row = await store.read(lambda tx: tx.one("SELECT state, payload FROM inbox"))
    assert row is not None
    assert (row["state"], row["payload"]) == ("done", "")
    assert await inbox.put_message(message(1)) == "duplicate"
    assert await inbox.lease() is None
