"""Kill -9, twenty times at different moments, with the real process and its playground."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.chaos.kills import kills


async def test_f16_twenty_kills_lose_double_and_reorder_nothing(tmp_path: Path) -> None:
    """Half of them from outside, half at a step; judged by what the platform shows."""
    runs = [kills(tmp_path / f"run{seed}", 10, seed, alive_most=0.5) for seed in (1, 2)]

    reports = await asyncio.gather(*runs)

    for report in reports:
        assert not report.broken, report.line
        assert report.accepted > 0, report.line
        assert sum(report.stages.values()) == 10


async def test_f16_kills_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """What a dead process leased there is freed by the next one."""
    settings = {"FRONTDESK_DATABASE_URL": postgres_url}

    report = await kills(tmp_path, 6, 3, alive_most=0.5, settings=settings)

    assert not report.broken, report.line
    assert report.accepted > 0, report.line
