"""Recall what is known about a person: facts with a source, never a model's guess."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import text
from core.account import Account, Fact, FactSource
from core.messages import Person, Trust
from core.ports import AccountStore, Directory

FRESH = timedelta(hours=24)  # how long a directory's facts are good without asking again
FACTS_MOST = 50


async def recall(
    person: Person, accounts: AccountStore, directory: Directory, now: datetime
) -> Account:
    """The person's account, its directory facts at most a day old; empty for outsiders."""
    if person.trust is not Trust.MEMBER:
        return Account(person.key)
    account = await accounts.recall(person.key)
    if any(fact.source is FactSource.DIRECTORY for fact in account.facts):
        return account
    profile = await directory.profile(person.key)
    if profile is None:
        return account
    facts = [
        Fact(
            text.one_line(key, 60),
            text.one_line(value, 200),
            FactSource.DIRECTORY,
            now,
            now + FRESH,
        )
        for key, value in profile.facts[:FACTS_MOST]
    ]
    await accounts.learn(person.key, facts)
    return await accounts.recall(person.key)
