"""Every model call of a turn is in the ledger, whatever came of it; read from a whole product."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from core.drafts import Completion, Prompt, Stop
from core.usage import Usage
from tests.fakes.models import Reply, ScriptedModel, calls, routes, says
from tests.fakes.slack import eventually
from tests.fakes.slack_events import command
from tests.platforms.slack_setup import Whole, product

QUESTION = "How many days of annual leave do I get?"
PRICE = Decimal("0.001")


class Dear(ScriptedModel):
    """A model whose every answer costs the same."""

    async def complete(self, prompt: Prompt) -> Completion:
        usage = Usage(tokens_in=100, tokens_out=10, cost_usd=PRICE, calls=1)
        return replace(await super().complete(prompt), usage=usage)


def first(reply: Completion, then: Reply) -> Callable[[Prompt], Completion]:
    """One reply to the first prompt, another to those after it."""
    left = [reply]

    def give(prompt: Prompt) -> Completion:
        if left:
            return left.pop()
        return then(prompt) if callable(then) else then

    return give


async def booked(made: Whole, model: ScriptedModel, question: str) -> tuple[str, Decimal]:
    """How a turn ended with a model, and what the ledger says that it has cost."""
    worker = made.running.product.worker
    actor = replace(worker._threads._actor, model=model)
    worker._threads._actor, worker._threads._handler = (
        actor,
        replace(worker._threads._handler, model=model, actor=actor),
    )
    await made.ask(question)
    await eventually(lambda: any(each.what == "post" for each in made.slack.log))
    row = await made.running.product.database.read(
        lambda tx: tx.one("SELECT ending, cost_usd, tokens_in FROM turn")
    )
    assert row is not None
    assert row["tokens_in"] == 100 * len(model.prompts)
    return row["ending"], Decimal(row["cost_usd"])


CUT = Completion("scripted", Stop.LENGTH)
EMPTY = Completion("scripted", Stop.END)
WRONG = calls("report_problem", problem="", extra="x")


@pytest.mark.parametrize(
    ("script", "ending", "asked"),
    [
        ({"answer": first(EMPTY, says("You get 25 days."))}, "answered", 3),
        ({"answer": first(CUT, says("You get 25 days."))}, "answered", 3),
        ({"answer": CUT}, "escalated", 3),
        ({"route": Completion("scripted", Stop.END, data={"route": "no such"})}, "escalated", 1),
        ({"route": routes("action"), "act": first(WRONG, EMPTY)}, "answered", 4),
        ({"route": routes("action"), "act": WRONG}, "answered", 4),
    ],
)
async def test_a83_a84_what_had_to_be_asked_again_is_paid_and_booked(
    tmp_path: Path, script: dict[str, Reply], ending: str, asked: int
) -> None:
    """Both tries, also when nothing came of either."""
    async with product(tmp_path) as made:
        await made.sender.command(command("config support-channel <#C2|support>", user="U2"))

        found = await booked(made, Dear(**script), QUESTION)

        assert found == (ending, asked * PRICE)
