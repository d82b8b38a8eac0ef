"""Things the stories need: articles, clocks that can be moved, tools, prompts to look at."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from adapters.storage.peers import Alone
from bot.settings import DEMO
from core.drafts import Prompt, Task
from core.tools import Tool, Toolbox
from core.window import Part
from tests.fakes.models import ScriptedModel
from tests.scenarios.in_process import SETTLE_SECONDS
from tests.scenarios.office import Office
from tests.scenarios.stage import Seen


def help_centre(folder: Path) -> Path:
    """A copy of the sample articles that a story may change."""
    shutil.copytree(DEMO / "articles", folder)
    return folder


def article(
    folder: Path, name: str, body: str, *, title: str = "", audience: str = "everyone"
) -> None:
    """Write an article into a help centre."""
    head = [
        f"title: {title or name.title()}",
        f"link: https://help.alderfinch.example/x/{name}",
        "owner: IT Service Desk",
        "updated: 2026-10-01",
        f"audience: {audience}",
    ]
    text = "\n".join(["---", *head, "---", f"# {title or name.title()}", body, ""])
    (folder / f"{name}.md").write_text(text, encoding="utf-8")


async def until(office: Office, happened: Callable[[], bool]) -> None:
    """Wait for something to become visible, while other work may still be waiting."""
    async with asyncio.timeout(SETTLE_SECONDS):
        while not happened():
            office.product.worker.wake()
            await asyncio.sleep(0.01)


async def written_down(office: Office, happened: Callable[[], bool]) -> None:
    """Wait for something to become visible and for its receipt, before clocks are moved."""
    await until(office, lambda: happened() and not office.product.worker.busy)


def later(office: Office, passed: timedelta) -> None:
    """Move every clock of the office but that of its database."""

    def now() -> datetime:
        return datetime.now(UTC) + passed

    def seconds() -> float:
        return time.time() + passed.total_seconds()

    office.at += passed
    product = office.product
    product.door._presses._clock = now
    cast("Alone", product.peers).now = seconds
    product.worker._threads._delivery._clock = seconds


def with_tools(office: Office, *tools: Tool) -> None:
    """Give the office these tools instead of its own."""
    worker = office.product.worker
    actor = replace(worker._threads._actor, toolbox=Toolbox(tools))
    worker._threads._actor, worker._threads._handler = (
        actor,
        replace(worker._threads._handler, actor=actor),
    )


def value_of(seen: Seen, action: str) -> str:
    """What a button of a message carries."""
    return next(each.value for each in seen.buttons if each.action == action)


def last_prompt(model: ScriptedModel, task: Task = Task.ANSWER) -> Prompt:
    """The newest prompt of a task."""
    return [each for each in model.prompts if each.task is task][-1]


def shown_to(model: ScriptedModel, since: int = 0) -> str:
    """Everything a model was shown since its ``since``-th prompt, our instructions excepted."""
    return "\n".join(
        piece.text
        for prompt in model.prompts[since:]
        for piece in prompt.pieces
        if piece.part is not Part.INSTRUCTIONS
    )
