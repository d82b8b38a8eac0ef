"""How threads are remembered is for admins to choose, channel by channel."""

from __future__ import annotations

import pytest

from core.drafts import Task
from core.strategies import BOUNDS, NEWEST, Strategy
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, routes, says
from tests.scenarios.office import Office, Someone, Thread
from tests.scenarios.props import last_prompt

LAPTOP = "When is a laptop replaced?"
BROKEN = "My laptop INV-20871 fell into the harbour, when is a laptop replaced?"
HARBOUR = "Is a laptop replaced that lies in the harbour?"
ONE_STEP = "the strategies are the same steps on every platform"


def talkative() -> ScriptedModel:
    return ScriptedModel(
        route=routes("question"), answer=says("Yes, it is."), summarise=says("They talked.")
    )


async def told(office: Office, words: str) -> str:
    """What an admin reads who configures."""
    return await office.person("alex").commands(f"config memory {words}")


async def talk(someone: Someone, exchanges: int) -> Thread:
    """A thread of so many exchanges, the first about a laptop in the harbour."""
    thread = await someone.asks(BROKEN)
    for number in range(exchanges - 1):
        await someone.replies(thread, f"{LAPTOP} {number}", mention=True)
    return thread


def exchanges(model: ScriptedModel) -> int:
    """How many exchanges the newest answer was made from."""
    return sum(each.part is Part.EXCHANGE for each in last_prompt(model).pieces)


def summaries(model: ScriptedModel) -> int:
    return sum(each.task is Task.SUMMARISE for each in model.prompts)


@pytest.mark.only_in_process(ONE_STEP)
async def test_a_window_holds_the_newest_and_nothing_else(open_office: OpenOffice) -> None:
    """No summary is made, nothing is recalled, and the person is told what is gone."""
    model = talkative()
    office = await open_office(model)
    await told(office, "window")
    sam = office.person("sam")
    thread = await talk(sam, NEWEST.most + 1)

    await sam.replies(thread, HARBOUR)

    assert "I no longer have messages before" in thread.last
    assert summaries(model) == 0
    assert exchanges(model) == NEWEST.keep
    assert "INV-20871" not in "".join(each.text for each in last_prompt(model).pieces)


@pytest.mark.only_in_process(ONE_STEP)
async def test_a_summary_holds_all_but_the_latest_words(open_office: OpenOffice) -> None:
    """What it does not hold yet is there word for word; details are never lost."""
    model = talkative()
    office = await open_office(model)
    await told(office, "summary")
    sam = office.person("sam")
    bounds = BOUNDS[Strategy.SUMMARY]
    thread = await talk(sam, bounds.most + 1)

    await sam.replies(thread, HARBOUR)

    prompt = last_prompt(model)
    assert prompt.text_of(Part.SUMMARY) == "They talked."
    assert "INV-20871" in prompt.text_of(Part.DETAILS)
    assert exchanges(model) == bounds.keep
    assert not prompt.text_of(Part.RECALLED)


@pytest.mark.only_in_process(ONE_STEP)
async def test_a_hybrid_recalls_what_matters(open_office: OpenOffice) -> None:
    """It is what every channel has where nobody chose."""
    model = talkative()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await talk(sam, NEWEST.most + 1)

    await sam.replies(thread, HARBOUR)

    prompt = last_prompt(model)
    assert prompt.text_of(Part.SUMMARY) == "They talked."
    assert BROKEN in prompt.text_of(Part.RECALLED)
    assert exchanges(model) == NEWEST.keep


@pytest.mark.only_in_process(ONE_STEP)
async def test_full_keeps_every_word_until_the_budget_says_no(open_office: OpenOffice) -> None:
    """Then the oldest are summarised and the person is told, as everywhere."""
    model = talkative()
    office = await open_office(model)
    await told(office, "full")
    sam = office.person("sam")

    thread = await talk(sam, NEWEST.most + 10)
    assert exchanges(model) == NEWEST.most + 9
    assert summaries(model) == 0

    model.replies[Task.ROUTE] = routes("question", LAPTOP)
    for number in range(7):
        await sam.replies(thread, f"{LAPTOP} {number} " + "20871 " * 660)
    assert summaries(model) == 1
    assert "I'm working from a summary of messages before" in thread.last


async def test_one_channel_can_be_remembered_in_another_way(open_office: OpenOffice) -> None:
    """Said in words, numbered, and taken back the same way."""
    model = talkative()
    office = await open_office(model)
    sam = office.person("sam")

    assert "in help: window (settings version 2)" in await told(office, "window #help")
    settings = await office.settings()
    assert settings.memory_in(office.stage.key("help", "m1")) is Strategy.WINDOW
    assert settings.memory_in(office.stage.key("support", "m1")) is Strategy.HYBRID
    thread = await talk(sam, 2)
    stored = await office.product.sessions.load(thread.key)
    assert stored is not None
    assert stored.strategy is Strategy.WINDOW

    assert "as everywhere (settings version 3)" in await told(office, "default #help")
    await sam.replies(thread, LAPTOP)
    stored = await office.product.sessions.load(thread.key)
    assert stored is not None
    assert stored.strategy is Strategy.HYBRID


async def test_what_is_no_strategy_changes_nothing(office: Office) -> None:
    """Nor does a channel that is not there, nor somebody who is no admin."""
    before = await office.settings()

    assert "/desk config memory" in await told(office, "elephant")
    assert "/desk config memory" in await told(office, "default")
    assert "I can't find the channel" in await told(office, "window #nowhere")
    assert "Only an admin" in await office.person("sam").commands("config memory full")

    assert await office.settings() == before


@pytest.mark.only_in_process("in Slack and Teams the settings open as a form")
async def test_the_settings_say_how_threads_are_remembered(office: Office) -> None:
    await told(office, "summary")
    await told(office, "full #help")

    assert "summary, help: full" in await office.person("alex").commands("config")
