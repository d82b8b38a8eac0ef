"""What a thread remembers once it has grown long, and for whom."""

from __future__ import annotations

from datetime import timedelta

from core.strategies import NEWEST
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, routes, says
from tests.scenarios.office import Someone, Thread
from tests.scenarios.props import last_prompt, shown_to

LAPTOP = "When is a laptop replaced?"
BROKEN = "My laptop INV-20871 fell into the harbour, when is a laptop replaced?"
LEAVE = "How many days of annual leave do I have left?"


def talkative() -> ScriptedModel:
    """A model that answers from the documents and remembers nothing in its summaries."""
    return ScriptedModel(
        route=routes("question"), answer=says("Yes, it is."), summarise=says("They talked.")
    )


async def talk(someone: Someone, thread: Thread) -> None:
    """Ask until what stood at the thread's beginning has been summarised."""
    for number in range(NEWEST.most + 1):
        await someone.replies(thread, f"{LAPTOP} {number}", mention=True)


async def test_a_number_said_long_ago_is_known_whatever_the_summary_says(
    open_office: OpenOffice,
) -> None:
    model = talkative()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await sam.asks(BROKEN)
    await talk(sam, thread)

    await sam.replies(thread, LAPTOP)

    prompt = last_prompt(model)
    assert "INV-20871" not in prompt.text_of(Part.SUMMARY) + prompt.text_of(Part.EXCHANGE)
    assert "INV-20871" in prompt.text_of(Part.DETAILS)


async def test_an_old_exchange_comes_back_when_it_matters(open_office: OpenOffice) -> None:
    """Word for word, and only once the summary is all that the session has of it."""
    model = talkative()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await sam.asks(BROKEN)
    await sam.replies(thread, LAPTOP)
    assert not last_prompt(model).text_of(Part.RECALLED)
    await talk(sam, thread)

    await sam.replies(thread, "Is a laptop replaced that lies in the harbour?")

    assert f": {BROKEN}" in last_prompt(model).text_of(Part.RECALLED)


async def test_what_was_for_sam_alone_is_recalled_for_nobody_else(open_office: OpenOffice) -> None:
    """Nor are its details kept; his own next private question may build on it."""
    model = ScriptedModel(answer=says("You have 11 days left."), summarise=says("They talked."))
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks(LEAVE)
    assert any("11 days" in each for each in thread.private("sam"))
    asked = len(model.prompts)
    model.replies.update(talkative().replies)

    await talk(priya, thread)
    both = "When is a laptop replaced, and how many days of annual leave does Sam have left?"
    await priya.replies(thread, both, mention=True)

    assert last_prompt(model).text_of(Part.RECALLED)
    assert "11 days" not in shown_to(model, asked)
    assert LEAVE not in shown_to(model, asked)


async def test_nothing_is_recalled_from_before_the_thread_started_afresh(
    open_office: OpenOffice,
) -> None:
    """The person was told so; the rows that are still kept are not read."""
    model = talkative()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await sam.asks(BROKEN)
    await talk(sam, thread)
    office.at += timedelta(days=8)
    asked = len(model.prompts)

    await talk(sam, thread)
    await sam.replies(thread, "Is a laptop replaced that lies in the harbour?", mention=True)

    assert last_prompt(model).text_of(Part.RECALLED)
    assert "INV-20871" not in shown_to(model, asked)
