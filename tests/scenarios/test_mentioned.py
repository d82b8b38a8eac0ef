"""What somebody says in passing: asked about once, privately, and kept on their word alone."""

from __future__ import annotations

import pytest

from core import memory_wording
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, routes
from tests.scenarios.office import Office
from tests.scenarios.stage import Seen
from tests.scenarios.test_remembering import known

ASKED = "I'm on a Mac, how long does the VPN stay connected?"


def offers(office: Office) -> list[Seen]:
    return [each for each in office.log if memory_wording.OFFER_TITLE in each.text]


async def test_what_is_said_in_passing_is_asked_about_after_the_answer(office: Office) -> None:
    """Everyone reads the answer, its asker alone the question; nothing is kept without a Yes."""
    sam = office.person("sam")
    thread = await sam.asks(ASKED)

    (asked,) = offers(office)
    assert "12 hours" in thread.public()[0]
    assert (asked.only_for, "You are on a Mac." in asked.text) == ("sam", True)
    assert not any(memory_wording.OFFER_TITLE in each for each in thread.public())
    assert await known(sam) == {}

    await sam.presses(asked, "Yes")

    assert {key: value for key, (value, _) in (await known(sam)).items()} == {
        "computer": "You are on a Mac"
    }


async def test_it_is_asked_once_in_a_thread_whatever_the_answer(office: Office) -> None:
    """Also when nobody pressed; in another thread it may be asked again, unless it is known."""
    sam = office.person("sam")
    thread = await sam.asks(ASKED)
    await sam.presses(offers(office)[0], "No")

    await sam.replies(thread, "I use a Mac, on how many devices can the VPN be active?")
    assert len(offers(office)) == 1

    await sam.asks(ASKED)
    assert len(offers(office)) == 2
    await sam.presses(offers(office)[1], "Yes")
    await sam.asks(ASKED)
    assert len(offers(office)) == 2


@pytest.mark.only_in_process("the model is a scripted one")
@pytest.mark.parametrize(
    ("said", "keep", "asked"),
    [
        ("I look after the Leeds office", "I look after the Leeds office", 1),
        ("I look after the Leeds office", "I am the boss of Leeds", 0),  # a guess
        ("I have diabetes", "I have diabetes", 0),
        ("My password is hunter22", "My password is hunter22", 0),
        ("My wife works in Leeds", "My wife works in Leeds", 0),
        ("I work from Leeds this week", "I work from Leeds this week", 0),
        ("I look after Leeds. I speak Dutch", "I look after Leeds. I speak Dutch", 0),
        ("I look after the Leeds office", "I look after the Leeds office" * 40, 0),
    ],
)
async def test_a_model_may_point_at_words_and_code_decides(
    open_office: OpenOffice, said: str, keep: str, asked: int
) -> None:
    """Word for word the writer's own, about their work, lasting, and nothing that is never kept."""
    question = "When is a laptop replaced?"
    office = await open_office(ScriptedModel(route=routes("question", query=question, keep=keep)))

    thread = await office.person("sam").asks(f"{question} {said}.")

    assert "4 years" in thread.public()[0]
    assert len(offers(office)) == asked


async def test_nobody_is_asked_where_nothing_was_answered(office: Office) -> None:
    """Who needs a person has other worries."""
    await office.person("sam").asks("I'm on a Mac, I want to talk to a real person")

    assert offers(office) == []
