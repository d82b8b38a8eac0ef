"""The stop button of Slack's agent view: the turn under way ends, at once and for good."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from adapters.storage.database import Database, Work
from core import wording
from core.drafts import Completion, Prompt, Task
from core.errors import StoreUnavailable
from core.usage import Usage
from tests.fakes.models import ScriptedModel
from tests.fakes.slack import Seen, eventually
from tests.fakes.slack_events import envelope
from tests.platforms.slack_setup import ROOT, Whole, adapter, product

T = TypeVar("T")

QUESTION = "How many days of annual leave do I get?"
PAID = Usage(tokens_in=300, tokens_out=20, cost_usd=Decimal("0.002"), calls=1)


@dataclass
class Thinking(ScriptedModel):
    """Routes for a price, and then thinks about its answer until it may give one."""

    thinking: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    given_up: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    async def complete(self, prompt: Prompt) -> Completion:
        if prompt.task is Task.ANSWER:
            self.thinking.set()
            try:
                await self.may_answer.wait()
            except asyncio.CancelledError:
                self.given_up += 1
                raise
        return replace(await super().complete(prompt), usage=PAID)


@dataclass
class Fails:
    """Implements ``Database`` on a disk that is full."""

    real: Database

    async def read(self, work: Work[T]) -> T:
        return await self.real.read(work)

    async def look(self, work: Work[T]) -> T:
        return await self.real.look(work)

    async def write(self, work: Work[T]) -> T:
        raise StoreUnavailable("The disk is full.")

    async def close(self) -> None:
        await self.real.close()


def thinks(made: Whole) -> Thinking:
    """Give the product a model that takes its time."""
    model = Thinking()
    worker = made.running.product.worker
    worker._threads._handler = replace(worker._threads._handler, model=model)
    return model


def stop(root: str, *, user: str = "U1", at: float | None = None) -> dict[str, Any]:
    """Somebody presses Stop under a thread of #help."""
    stamp = f"{at or time.time():.6f}"
    event = {
        "type": "agent_session_stopped", "channel": "C1", "thread_ts": root, "user": user,
        "event_ts": stamp, "streaming_message_ts": [],
    }  # fmt: skip
    return envelope(event)


def shown(made: Whole, what: str = "post") -> list[Seen]:
    return [each for each in made.slack.log if each.what == what and each.channel == "C1"]


async def idle(made: Whole) -> None:
    async def empty() -> bool:
        inbox = made.running.product.inbox
        return await inbox.depth() == 0 and not made.running.product.worker.busy

    await eventually(empty)


async def ledger(made: Whole) -> list[tuple[str, str, int]]:
    rows = await made.running.product.database.read(
        lambda tx: tx.all("SELECT ending, cost_usd, tokens_in FROM turn ORDER BY at")
    )
    return [(row["ending"], row["cost_usd"], row["tokens_in"]) for row in rows]


async def test_stop_ends_the_turn_under_way_with_one_word(tmp_path: Path) -> None:
    """Nobody waits for the model any more; what it has cost is in the books."""
    async with product(tmp_path) as made:
        model = thinks(made)
        root = await made.ask(QUESTION)
        await model.thinking.wait()

        assert await made.sender.event(stop(root)) == 200
        await eventually(lambda: bool(shown(made)))
        await idle(made)
        model.may_answer.set()

        assert [each.words for each in shown(made)] == [wording.STOPPED]
        assert shown(made)[0].thread == root
        assert model.given_up == 1
        assert await ledger(made) == [("stopped", "0.002", 300)]


async def test_a_stopped_message_is_not_begun_again_by_another_process(tmp_path: Path) -> None:
    """Nor when Slack delivers the message or the wish once more."""
    async with product(tmp_path) as made:
        model = thinks(made)
        root = await made.ask(QUESTION)
        await model.thinking.wait()
        await made.sender.event(stop(root))
        await eventually(lambda: bool(shown(made)))

    async with product(tmp_path) as again:
        await again.ask("hello")
        await eventually(lambda: bool(shown(again)))
        await idle(again)

        assert [each.words for each in shown(again)] == [wording.GREETING]
        assert [ending for ending, _, _ in await ledger(again)] == ["stopped", "greeted"]


async def test_what_was_written_after_the_wish_is_answered(tmp_path: Path) -> None:
    """A wish that Slack delivers twice takes nothing with it that came later."""
    async with product(tmp_path) as made:
        model = thinks(made)
        root = await made.ask(QUESTION)
        await model.thinking.wait()
        wish = stop(root)
        await made.ask("hello", thread_ts=root)
        await made.sender.event(wish)
        await made.sender.event(wish)
        await eventually(lambda: len(shown(made)) == 2)

        assert [each.words for each in shown(made)] == [wording.STOPPED, wording.GREETING]


async def test_a_stop_where_nothing_runs_is_answered_to_who_pressed(tmp_path: Path) -> None:
    """Gently, and nobody else reads it."""
    async with product(tmp_path) as made:
        root = await made.ask("hello")
        await eventually(lambda: bool(shown(made)))
        await idle(made)

        await made.sender.event(stop(root, user="U2"))
        await eventually(lambda: bool(shown(made, "ephemeral")))

        told = shown(made, "ephemeral")[0]
        assert (told.words, told.user, told.thread) == (wording.NOTHING_TO_STOP, "U2", root)
        assert len(shown(made)) == 1


async def test_a_message_that_waits_is_stopped_before_it_begins(tmp_path: Path) -> None:
    """It never costs anything."""
    async with product(tmp_path) as made:
        model = thinks(made)
        await made.running.product.worker.stop()
        root = await made.ask(QUESTION)
        await made.sender.event(stop(root))

        assert await ledger(made) == [("stopped", "0", 0)]
        assert not model.thinking.is_set()


async def test_a_stop_that_cannot_be_written_down_is_not_acknowledged(tmp_path: Path) -> None:
    """Slack says it again; until then the turn goes on."""
    async with product(tmp_path) as made:
        model = thinks(made)
        root = await made.ask(QUESTION)
        await model.thinking.wait()
        made.running.product.inbox._database = Fails(made.running.product.database)
        assert await made.sender.event(stop(root)) == 503
        made.running.product.inbox._database = made.running.product.database

        model.may_answer.set()
        await eventually(lambda: bool(shown(made)))

        assert "25 days" in shown(made)[0].words


async def test_the_button_is_there_while_a_turn_lasts_and_gone_with_its_answer() -> None:
    """Slack shows it under a session that is processing, and only we can end that."""
    async with adapter() as made:
        made.poster._status._stoppable_after = 0.02
        await made.poster.status(made.thread(), "Searching")
        await eventually(lambda: len(made.slack.called("agents.sessions.setStatus")) == 1)
        await made.poster.post(made.post(), "post-1")
        await eventually(lambda: len(made.slack.called("agents.sessions.setStatus")) == 2)

        said = made.slack.called("agents.sessions.setStatus")
        assert [each["status"] for each in said] == ["processing", "active"]
        assert {each["thread_ts"] for each in said} == {ROOT}


async def test_a_turn_that_is_over_soon_makes_no_session_busy() -> None:
    """It would cost two requests that nobody sees the use of."""
    async with adapter() as made:
        await made.poster.status(made.thread(), "Searching")
        await eventually(lambda: bool(made.slack.called("assistant.threads.setStatus")))
        await made.poster.post(made.post(), "post-1")
        await made.poster.stop()

        assert made.slack.called("agents.sessions.setStatus") == []
