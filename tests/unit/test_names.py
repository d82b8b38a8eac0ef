"""Whom a message mentions is shown by name, without anybody waiting long for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from core.ids import AccountKey, ThreadKey
from core.messages import InboundMessage, Person, Place
from core.steps import names
from tests.fakes.chat import HOME, FakeDirectory


class Names(FakeDirectory):
    """A directory that knows Ben, and tells how often it was asked."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds

    async def person_name(self, account: AccountKey) -> str:
        self.asked += 1
        await asyncio.sleep(self.seconds)
        return {"U3": "Ben Ito"}.get(account.user_id, account.user_id)


def says(text: str, *unnamed: str) -> InboundMessage:
    sam = Person(AccountKey(HOME, "sam"), "Sam")
    thread = ThreadKey(HOME, "help", "1")
    return InboundMessage("1", thread, sam, text, datetime.now(UTC), Place.CHANNEL, unnamed=unnamed)


async def test_somebody_mentioned_is_shown_by_name() -> None:
    """Each of them once asked for, whoever is not known as before."""
    message = says("ask @U3, then @U33, then @U3 again", "U3", "U33")

    shown = await names.named(message, directory := Names())

    assert shown.text == "ask @Ben Ito, then @U33, then @Ben Ito again"
    assert directory.asked == 2


async def test_nobody_is_asked_for_what_people_typed() -> None:
    """Only what the platform marked as a mention is one."""
    message = says("the part @U3 on the board")

    assert await names.named(message, directory := Names()) == message
    assert directory.asked == 0


async def test_a_crowd_is_not_looked_up_one_and_all() -> None:
    """A message of a hundred mentions costs ten look-ups."""
    ids = [f"U{n}" for n in range(100)]

    await names.named(says(" ".join(f"@{each}" for each in ids), *ids), directory := Names())

    assert directory.asked == names.NAMED_MOST


async def test_a_slow_directory_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ids stay."""
    monkeypatch.setattr(names, "SECONDS", 0.01)

    assert (await names.named(says("ask @U3", "U3"), Names(5.0))).text == "ask @U3"
