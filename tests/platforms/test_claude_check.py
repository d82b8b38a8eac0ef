"""``/desk check`` and ``frontdesk check`` about the model: who answers now, and why not another."""

from __future__ import annotations

from pathlib import Path

from adapters.llm.by_task import ByTask
from adapters.llm.offline import OfflineModel
from adapters.llm.steadfast import SteadfastModel
from bot import model_check
from bot.checks import Finding
from bot.model_check import finding
from bot.models import untroubled
from bot.settings import Settings
from core.drafts import Task
from core.ports import Model
from tests.fakes.claude import FakeClaude
from tests.fakes.claude_faults import overloaded, refuses, spend_limited
from tests.fakes.slack_events import command
from tests.platforms.claude_setup import SPARED, Rig, rig
from tests.platforms.slack_setup import product

WRONG_KEY = refuses(401, "authentication_error", "invalid x-api-key")


async def told(it: Rig, *, routes_itself: bool = False) -> Finding:
    """What the check says about the model of a rig with its last resort."""
    offline = OfflineModel()
    model: Model = SteadfastModel(it.model, offline)
    if routes_itself:
        model = ByTask(model, {Task.ROUTE: offline})
    return await finding(model, it.model.troubled)


async def test_models_that_answer_are_named() -> None:
    async with rig() as it:
        found = await told(it)

    assert found == Finding("Language model", good=True, found="main-model and small-model answer")


async def test_f40_a_wrong_key_is_no_good_news_although_quotes_go_out() -> None:
    """The offline model answers; the check says so, why, since when, and what to mend."""
    async with rig() as it:
        it.fake.will(WRONG_KEY)
        first = await told(it)
        it.time.now += 720
        it.fake.will(WRONG_KEY)
        later = await told(it)

    assert not first.good
    assert first.found.startswith("answers quote the documents word for word now, because")
    assert "authentication_error" in first.found
    assert "Check ANTHROPIC_API_KEY" in first.found
    assert ", 12 minutes ago" in later.found


async def test_since_when_is_the_first_failure_in_a_row() -> None:
    """Also while nothing is asked any more because the breaker is open."""
    async with rig() as it:
        it.fake.will(spend_limited())
        await told(it)
        it.time.now += 240
        later = await told(it)

    assert ", 4 minutes ago" in later.found
    assert "spend limit" in later.found


async def test_f35_a_service_that_is_overloaded_mends_itself() -> None:
    """And is well again with its first answer."""
    async with rig() as it:
        it.fake.will(*[overloaded()] * 4)
        down = await told(it)
        up = await told(it)

    assert not down.good
    assert "a problem of its own" in down.found
    assert up.good


async def test_a_fallback_model_that_answers_is_named() -> None:
    """It costs more than the one that was chosen."""
    async with rig(SPARED) as it:
        it.fake.will(overloaded(), overloaded())
        found = await told(it)

    assert not found.good
    assert "spare-model" in found.found
    assert "main-model has given none" in found.found


async def test_with_local_routing_the_answering_model_is_asked_all_the_same() -> None:
    """The router never fails, which says nothing."""
    async with rig() as it:
        it.fake.will(*[overloaded()] * 2)
        found = await told(it, routes_itself=True)
        well = await told(it, routes_itself=True)

    assert not found.good
    assert well == Finding("Language model", good=True, found="main-model answers")


async def test_without_a_key_quoting_is_what_was_chosen() -> None:
    found = await finding(None, untroubled)

    assert found.good
    assert "none configured" in found.found


async def test_the_command_says_it_in_slack(tmp_path: Path) -> None:
    """With the service down from the start."""
    key = {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    async with product(tmp_path, **key) as made:
        reply = await made.sender.command(command("check", user="U2"))

    assert "Language model: answers quote the documents word for word now" in str(reply["blocks"])
    assert "Is the network open" in str(reply["blocks"])


async def test_the_command_line_says_it_too() -> None:
    """Without a running product; nothing where no model is configured."""
    async with FakeClaude() as fake:
        settings = Settings(ANTHROPIC_API_KEY="sk-ant-test", ANTHROPIC_BASE_URL=fake.url)
        (well,) = await model_check.standalone(settings)
        fake.will(WRONG_KEY, WRONG_KEY)
        (ill,) = await model_check.standalone(settings)

    assert well.good
    assert not ill.good
    assert await model_check.standalone(Settings()) == []
