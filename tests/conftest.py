"""Fixtures shared by all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.settings import DEMO
from core.ports import Model
from tests.scenarios.office import Office

OpenOffice = Callable[..., Awaitable[Office]]


@pytest.fixture
async def open_office(tmp_path: Path) -> AsyncIterator[OpenOffice]:
    """Opens offices with a support channel and two members of staff, at work."""
    opened: list[Office] = []

    async def opener(
        model: Model | None = None, knowledge: Path = DEMO / "articles", **settings: object
    ) -> Office:
        folder = tmp_path / f"office{len(opened)}"
        office = await Office.open(folder, knowledge, model, **settings)
        opened.append(office)
        await office.staff("maya", "tom")
        office.start()
        return office

    yield opener
    for office in opened:
        await office.close()


@pytest.fixture
async def office(open_office: OpenOffice) -> Office:
    """An office whose model is the offline one."""
    return await open_office()
