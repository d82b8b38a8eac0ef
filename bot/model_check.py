"""Ask the language model something, and say who answered in its place, since when and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from adapters.llm import offline
from adapters.llm.trouble import Trouble
from bot import models
from bot.checks import Check, Finding
from bot.settings import Settings
from core import wording
from core.drafts import Completion, Prompt, Task
from core.ids import WorkspaceKey
from core.ports import Model
from core.prompts import instructions
from core.routes import Tier
from core.steps.route import SCHEMA
from core.window import Part, Piece

NAME = "Language model"
QUOTES = "answers quote the documents word for word"
HELLO = Piece.of(Part.QUESTION, "Hello!")

Troubled = Callable[[], Trouble | None]


def model_check(model: Model | None, troubled: Troubled) -> Check:
    """The check of an installation's model; None stands for no model at all."""

    async def check(_workspace: WorkspaceKey) -> Finding:
        return await finding(model, troubled)

    return check


async def standalone(settings: Settings) -> list[Finding]:
    """The check without a running product; nothing where no model is configured."""
    speaker = models.speaker(settings)
    if speaker is None:
        return []
    try:
        return [await finding(speaker.model, speaker.troubled)]
    finally:
        await speaker.close()


async def finding(model: Model | None, troubled: Troubled) -> Finding:
    """Whether the configured models answer, each asked once."""
    if model is None:
        return Finding(NAME, good=True, found=f"none configured; {QUOTES}")
    replies = [await model.complete(each) for each in _hellos()]
    trouble = troubled()
    if trouble is None and not any(each.degraded for each in replies):
        return Finding(NAME, good=True, found=_answering(replies))
    stand_in = _answering([each for each in replies if not each.degraded])
    now = f"{stand_in} in its place" if stand_in else f"{QUOTES} now"
    return Finding(NAME, good=False, found=f"{now}{_because(trouble)}")


def _hellos() -> tuple[Prompt, ...]:
    """The cheapest question for each model that people's messages go through."""
    return (
        Prompt(Task.ANSWER, Tier.MAIN, (_instructions(Task.ANSWER), HELLO)),
        Prompt(Task.ROUTE, Tier.SMALL, (_instructions(Task.ROUTE), HELLO), SCHEMA),
    )


def _instructions(task: Task) -> Piece:
    return Piece.of(Part.INSTRUCTIONS, instructions(task))


def _answering(replies: list[Completion]) -> str:
    """Who answers, if anybody; routing without a model is no model's answer."""
    spoke = list(dict.fromkeys(each.model for each in replies if each.model != offline.NAME))
    verb = "answer" if len(spoke) > 1 else "answers"
    return f"{' and '.join(spoke)} {verb}" if spoke else ""


def _because(trouble: Trouble | None) -> str:
    if trouble is None:
        return ", because the model failed. See the log"
    ago = wording.span(datetime.now(UTC) - trouble.since)
    return (
        f", because {trouble.model} has given none since {trouble.since:%H:%M} UTC, {ago} ago"
        f" ({trouble.code}). {trouble.advice}"
    )
