"""Kill -9 at different moments, with the real process in a Slack workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.chaos.backends import POSTGRES_REDIS, SQLITE, backend
from tests.chaos.kills import kills


@pytest.mark.parametrize("name", [SQLITE, POSTGRES_REDIS])
async def test_f16_kills_lose_double_and_reorder_nothing(tmp_path: Path, name: str) -> None:
    """At steps, each at another, and from outside; judged by what Slack shows."""
    with backend(name, tmp_path) as servers:
        report = await kills(tmp_path, servers, 6, seed=1, alive_most=0.5, events=12)

    assert not report.broken, report.line
    assert report.acked > 20, report.line
    assert sum(report.stages.values()) == 6
