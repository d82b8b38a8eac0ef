"""A start that finds its database too busy."""

from __future__ import annotations

from typing import Any

import pytest

from bot import run
from bot.run import Running
from bot.settings import Settings
from core.errors import SettingsError, StoreUnavailable

SHARED = Settings(FRONTDESK_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")


class Busy:
    """A product that starts after so many tries."""

    def __init__(self, fails: int) -> None:
        self.fails, self.tries = fails, 0

    async def start(self, *_: object, **__: object) -> Any:
        self.tries += 1
        if self.tries <= self.fails:
            raise StoreUnavailable("Others hold what it needs.")
        return self


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "START_AGAIN_SECONDS", 0.0)


async def test_a_start_waits_for_a_busy_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several processes that start at once can hold each other up for a moment."""
    busy = Busy(fails=2)
    monkeypatch.setattr(Running, "start", busy.start)

    started: object = await run.start(SHARED, with_playground=False)

    assert started is busy
    assert busy.tries == 3


@pytest.mark.parametrize(("settings", "seconds"), [(SHARED, -1.0), (Settings(), 30.0)])
async def test_a_start_gives_up_with_a_reason(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, seconds: float
) -> None:
    """When its time is over; at once on a file, which nobody else uses."""
    busy = Busy(fails=9)
    monkeypatch.setattr(Running, "start", busy.start)
    monkeypatch.setattr(run, "START_SECONDS", seconds)

    with pytest.raises(SettingsError, match="Others hold what it needs"):
        await run.start(settings, with_playground=False)

    assert busy.tries == 1
