"""A long thread's bill grows with its turns and not with its length."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.evals.thread_cost import costs, talk


@pytest.mark.parametrize(
    ("apart", "at_most"), [(timedelta(seconds=30), 0.6), (timedelta(minutes=10), 1.0)]
)
async def test_fifty_turns_cost_less_than_a_sliding_window(
    tmp_path: Path, furnished: Path, apart: timedelta, at_most: float
) -> None:
    """With a warm cache six tenths of a window of 20 at most, and with a cold one no more."""
    went = await talk(furnished, tmp_path, at_length=True, apart=apart)

    found = costs(went, cold=apart > timedelta(minutes=5))

    assert found.share <= at_most
