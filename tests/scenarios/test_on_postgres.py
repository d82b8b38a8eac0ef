"""The story of the office once more, on PostgreSQL: what people see is the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from core.ports import Model
from tests.conftest import ARTICLES, OpenOffice
from tests.scenarios.in_process import in_process
from tests.scenarios.office import Office
from tests.scenarios.test_story import *  # noqa: F403 - the same stories, with these offices


@pytest.fixture
async def open_office(
    tmp_path: Path, furnished: Path, postgres_url: str
) -> AsyncIterator[OpenOffice]:
    """Opens an office at work, whose truth is in PostgreSQL."""
    async with AsyncExitStack() as opened:

        async def opener(model: Model | None = None, knowledge: Path = ARTICLES) -> Office:
            opening = in_process(tmp_path, furnished, knowledge, model, url=postgres_url)
            office = Office(await opened.enter_async_context(opening))
            await office.people()
            await office.staff("maya", "tom")
            office.start()
            return office

        yield opener
