"""Nothing is visible twice in Slack a minute after it went wrong, also across a restart (F43)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.storage import outbox
from adapters.storage.database import Database
from adapters.storage.doubles import Doubtful, SqlDoubles
from bot import sweeper
from bot.sweeper import EARLY_SECONDS, LATEST_SECONDS, Sweeper
from core.errors import NotSent
from core.ids import Platform
from core.outcome import Post
from core.ports import Poster
from tests.contract.given import HandClock, says
from tests.fakes.chat import FakeChat
from tests.fakes.slack import Fault, eventually
from tests.platforms.slack_setup import life, workspace

QUESTION = "How many days of annual leave do I get?"
LATE = Fault(reset=True, accepted=True, later=True)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that are seconds in life."""
    monkeypatch.setattr(outbox, "SETTLE_SECONDS", 0.05)


async def test_a_copy_that_shows_after_a_restart_is_taken_back(
    tmp_path: Path, short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process knows which posts had been in doubt, and then forgets their words."""
    monkeypatch.setattr("bot.delivery.LATEST_SECONDS", 1.0)
    async with workspace() as slack:
        async with life(slack, tmp_path) as made:
            slack.faults.append(LATE)
            await made.ask(QUESTION)
            await eventually(lambda: len(slack.visible("C1")) == 1)
            await _idle(made.running.product.database)
        (kept,) = slack.visible("C1")
        slack.settle()
        assert len(slack.visible("C1")) == 2

        async with life(slack, tmp_path) as again:
            await eventually(lambda: len(slack.visible("C1")) == 1)
            assert slack.visible("C1")[0]["ts"] == kept["ts"]
            doubles = SqlDoubles(again.running.product.database)

            async def over() -> bool:
                return await doubles.waiting() == []

            await eventually(over)


async def test_a_post_that_was_never_in_doubt_is_not_looked_for(tmp_path: Path) -> None:
    """Sweeping costs ordinary answers nothing."""
    async with workspace() as slack, life(slack, tmp_path) as made:
        await made.ask(QUESTION)
        await eventually(lambda: len(slack.visible("C1")) == 1)
        await _idle(made.running.product.database)

        assert await SqlDoubles(made.running.product.database).waiting() == []
        assert not made.running.product.sweeper._tasks


@dataclass
class Watched(FakeChat):
    """A chat that says when it was looked through for copies, and may refuse to be."""

    looks: list[tuple[float, str]] = field(default_factory=list)
    refusals: int = 0
    clock: HandClock = field(default_factory=HandClock)

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        self.looks.append((self.clock(), kept))
        if self.refusals:
            self.refusals -= 1
            raise NotSent("Wait.")


@dataclass
class Kept:
    """Implements what a sweeper asks of ``SqlDoubles``."""

    left: list[Doubtful] = field(default_factory=list)
    over: list[str] = field(default_factory=list)

    async def waiting(self) -> list[Doubtful]:
        return self.left

    async def ended(self, post_id: str) -> None:
        self.over.append(post_id)


async def swept(chat: Watched, doubtful: Doubtful) -> Kept:
    """Let a sweeper look after a post to the end, on a clock that jumps."""
    kept = Kept([doubtful])
    posters: dict[Platform, Poster] = {Platform.WEB: chat}

    async def sleep(seconds: float) -> None:
        chat.clock.pass_by(seconds)
        await asyncio.sleep(0)

    made = Sweeper(kept, posters, chat.clock, sleep)  # type: ignore[arg-type]
    await made.resume()
    await asyncio.gather(*made._tasks)
    return kept


async def test_copies_are_looked_for_early_and_at_the_end() -> None:
    """Most show up within seconds, none after a minute."""
    chat = Watched()
    now = chat.clock()
    kept = await swept(chat, Doubtful(says("x"), "post-1", "p1", now + LATEST_SECONDS))

    assert chat.looks == [(now + EARLY_SECONDS, "p1"), (now + LATEST_SECONDS, "p1")]
    assert kept.over == ["post-1"]


async def test_after_a_long_pause_one_look_is_enough() -> None:
    """What could turn up has done so while nobody ran."""
    chat = Watched()
    now = chat.clock()
    kept = await swept(chat, Doubtful(says("x"), "post-1", "p1", now - 3_600))

    assert chat.looks == [(now, "p1")]
    assert kept.over == ["post-1"]


async def test_a_platform_that_lets_nobody_look_is_asked_again() -> None:
    """And is not taken for one where nothing stands twice."""
    chat = Watched(refusals=2)
    kept = await swept(chat, Doubtful(says("x"), "post-1", "p1", chat.clock() - 1))
    assert len(chat.looks) == 3
    assert kept.over == ["post-1"]

    chat = Watched(refusals=100)
    kept = await swept(chat, Doubtful(says("x"), "post-1", "p1", chat.clock() - 1))
    assert len(chat.looks) == sweeper.TRIES_MOST
    assert kept.over == []


async def _idle(database: Database) -> None:
    async def empty() -> bool:
        row = await database.read(lambda tx: tx.one("SELECT SUM(pending) AS n FROM thread"))
        return row is not None and row["n"] == 0

    await eventually(empty)
