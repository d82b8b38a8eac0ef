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
