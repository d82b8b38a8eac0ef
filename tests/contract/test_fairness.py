"""One person's flood, and one tenant's, must not be everyone's."""

from __future__ import annotations

import pytest

from adapters.storage.arrivals import NOTICE_SECONDS, QUEUE_MOST
from adapters.storage.database import Database
from adapters.storage.inbox import Inbox
from adapters.storage.peers import Alone
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.work import Received
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Person
from tests.contract.given import HOME, PRIYA, HandClock, message


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def inbox(store: Database, clock: HandClock) -> Inbox:
    return Inbox(store, Alone("first", clock, HandClock(100.0)))


async def test_a90_a_person_has_one_bound_in_all_threads(inbox: Inbox) -> None:
    """A thousand messages in as many threads: one notice, where the first was too much."""
    threads = [ThreadKey(HOME, "help", f"t{number}") for number in range(1_000)]

    taken = [
        await inbox.put_message(message(number, thread)) for number, thread in enumerate(threads)
    ]
    other = await inbox.put_message(message(1_000, author=PRIYA))

    assert taken == [Received.NEW] * QUEUE_MOST + [Received.TOO_MANY] * (1_000 - QUEUE_MOST)
    assert other is Received.NEW
    assert await inbox.depth() == QUEUE_MOST + 2  # with the notice, and the other person's


async def test_a90_who_goes_on_later_is_told_again(inbox: Inbox, clock: HandClock) -> None:
    """Not for every message, and not never."""
    for number in range(QUEUE_MOST + 2):
        await inbox.put_message(message(number))
    before = await inbox.depth()

    clock.pass_by(NOTICE_SECONDS)
    for number in range(90, 93):
        await inbox.put_message(message(number))

    assert await inbox.depth() == before + 1


async def test_a90_the_bound_of_a_person_holds_for_all_processes_together(
    pooled: PostgresDatabase, clock: HandClock
) -> None:
    """Two take in messages in turn: as many are kept as by one, and one notice is said."""
    both = [Inbox(pooled, Alone(name, clock)) for name in ("first", "second")]

    received = [
        await both[number % 2].put_message(message(number, ThreadKey(HOME, "help", f"r{number}")))
        for number in range(QUEUE_MOST + 4)
    ]

    assert received == [Received.NEW] * QUEUE_MOST + [Received.TOO_MANY] * 4
    row = await pooled.read(
        lambda tx: tx.one("SELECT COUNT(*) AS n FROM outbox WHERE turn_id LIKE 'crowd:%'")
    )
    assert row is not None
    assert row["n"] == 1


async def test_a90_tenants_take_turns(inbox: Inbox) -> None:
    """One that floods is served as often as one that asks once, not before it."""
    flood = [ThreadKey(HOME, "help", f"t{number}") for number in range(50)]
    quiet = [WorkspaceKey(Platform.WEB, name) for name in ("aside", "zoo")]
    for number, thread in enumerate(flood):
        someone = Person(AccountKey(HOME, f"user{number}"), "Someone")
        await inbox.put_message(message(number, thread, someone))
    await inbox.lease()
    for number, workspace in enumerate(quiet):
        someone = Person(AccountKey(workspace, "user"), "Someone")
        thread = ThreadKey(workspace, "help", "t")
        await inbox.put_message(message(100 + number, thread, someone))

    leased = [await inbox.lease() for _ in range(4)]

    tenants = [str(ThreadKey.parse(each.lease.thread_key).workspace) for each in leased if each]
    assert sorted(tenants[:3]) == ["web/aside", "web/home", "web/zoo"]
    assert tenants[3] == "web/home"
