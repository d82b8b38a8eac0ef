"""What the product may rely on from account memory."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.storage.accounts import SqlAccountStore
from adapters.storage.database import Database
from core.account import Fact, FactSource
from core.ids import AccountKey, Platform, WorkspaceKey
from core.ports import AccountStore
from tests.contract.given import PRIYA, SAM, START, HandClock


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def accounts(store: Database, clock: HandClock) -> AccountStore:
    return SqlAccountStore(store, clock)


def fact(key: str, value: str, *, days: int = 0, expires_in: int = 0) -> Fact:
    expires_at = START + timedelta(days=expires_in) if expires_in else None
    return Fact(key, value, FactSource.DIRECTORY, START + timedelta(days=days), expires_at)


async def known(accounts: AccountStore, account: AccountKey = SAM.key) -> dict[str, str]:
    return {each.key: each.value for each in (await accounts.recall(account)).facts}


async def test_facts_come_back_with_source_date_and_expiry(accounts: AccountStore) -> None:
    """As they were learned, newest last."""
    office, laptop = fact("office", "Lisbon"), fact("laptop", "Kestrel 14", expires_in=3)

    await accounts.learn(SAM.key, [office, laptop])

    assert (await accounts.recall(SAM.key)).facts == (office, laptop)


async def test_a52_a_person_has_their_own_facts_in_each_workspace(accounts: AccountStore) -> None:
    """Nobody else's, and none from another workspace."""
    await accounts.learn(SAM.key, [fact("office", "Lisbon")])
    away = AccountKey(WorkspaceKey(Platform.WEB, "away"), "sam")

    assert await known(accounts, PRIYA.key) == {}
    assert await known(accounts, away) == {}


async def test_a_contradiction_supersedes_and_leaves_history(
    accounts: AccountStore, store: Database
) -> None:
    """The newest counts; the older one is still there to be explained."""
    await accounts.learn(SAM.key, [fact("office", "Lisbon")])
    await accounts.learn(SAM.key, [fact("office", "Porto", days=1)])

    assert await known(accounts) == {"office": "Porto"}
    history = await store.read(
        lambda tx: tx.all("SELECT value FROM fact WHERE superseded_at IS NOT NULL")
    )
    assert [row["value"] for row in history] == ["Lisbon"]


async def test_learning_the_same_again_only_refreshes_it(
    accounts: AccountStore, store: Database
) -> None:
    """A directory read for every turn does not grow the table."""
    for day in range(5):
        await accounts.learn(SAM.key, [fact("office", "Lisbon", days=day)])

    (office,) = (await accounts.recall(SAM.key)).facts
    assert office.learned_at == START + timedelta(days=4)
    rows = await store.read(lambda tx: tx.all("SELECT id FROM fact"))
    assert len(rows) == 1


async def test_an_expired_fact_is_not_recalled(accounts: AccountStore, clock: HandClock) -> None:
    """From the moment on at which it expires."""
    await accounts.learn(SAM.key, [fact("office", "Lisbon"), fact("badge", "7", expires_in=1)])
    clock.pass_by(24 * 3600 - 1)
    assert await known(accounts) == {"office": "Lisbon", "badge": "7"}

    clock.pass_by(1)

    assert await known(accounts) == {"office": "Lisbon"}


async def test_of_many_who_learn_at_once_one_value_stands(
    accounts: AccountStore, store: Database
) -> None:
    """The others are history; no key has two current values, whoever writes."""
    said = [replace(fact("office", f"Place {n}"), source=FactSource.PERSON) for n in range(12)]

    await asyncio.gather(*(accounts.learn(SAM.key, [each]) for each in said))

    rows = await store.read(lambda tx: tx.all("SELECT value FROM fact WHERE superseded_at IS NULL"))
    assert len(rows) == 1
    assert len((await accounts.recall(SAM.key)).facts) == 1


async def test_a_look_up_does_not_take_back_what_somebody_said(
    accounts: AccountStore, clock: HandClock
) -> None:
    """Until that has ended; an admin's and a person's word take each other's place."""
    said = replace(fact("Office", "Porto", expires_in=10), source=FactSource.PERSON, by=SAM.key)
    await accounts.learn(SAM.key, [fact("office", "Lisbon")])
    await accounts.learn(SAM.key, [said])
    await accounts.learn(SAM.key, [fact("office", "Leeds", days=1)])
    assert await known(accounts) == {"office": "Porto"}

    await accounts.learn(SAM.key, [replace(said, value="Graz", source=FactSource.ADMIN)])
    assert await known(accounts) == {"office": "Graz"}
    clock.pass_by(11 * 24 * 3600)
    await accounts.learn(SAM.key, [fact("office", "Leeds", days=11)])

    assert await known(accounts) == {"office": "Leeds"}
