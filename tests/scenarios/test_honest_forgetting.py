"""When something leaves the bot's memory, people are told, can look, and can put it right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import thread_wording, wording
from core.drafts import Task
from core.strategies import NEWEST
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, routes, says
from tests.scenarios.office import Office, Someone, Thread
from tests.scenarios.props import last_prompt
from tests.scenarios.stage import Seen

LAPTOP = "When is a laptop replaced?"
BROKEN = "My laptop INV-20871 fell into the harbour, when is a laptop replaced?"
SUMMARY = "Sam's laptop INV-20817 fell into the harbour."
RIGHT = "my laptop is INV-20871"


def forgetful(summary: str = SUMMARY) -> ScriptedModel:
    """A model that answers from the documents and summarises with these words."""
    return ScriptedModel(
        route=routes("question"), answer=says("Yes, it is."), summarise=says(summary)
    )


async def talked(someone: Someone, first: str = BROKEN) -> Thread:
    """A thread whose first exchanges have just left the window."""
    thread = await someone.asks(first)
    for number in range(NEWEST.most):
        await someone.replies(thread, f"{LAPTOP} {number}", mention=True)
    return thread


def told(thread: Thread) -> list[Seen]:
    """The posts that say what is remembered no more."""
    return [each for each in thread.posts if "a summary of messages before" in each.text]


async def test_the_person_is_told_once_when_messages_are_only_summarised(
    open_office: OpenOffice,
) -> None:
    """With the time, above the first answer that is made so, and with two buttons."""
    office = await open_office(forgetful())
    sam = office.person("sam")
    thread = await talked(sam)
    assert not told(thread)

    await sam.replies(thread, LAPTOP)
    await sam.replies(thread, LAPTOP + "!")

    (note,) = told(thread)
    left = office.at - timedelta(seconds=2 + NEWEST.keep)
    assert f"before {left:%H:%M} (UTC)" in note.text
    assert [each.label for each in note.buttons][:2] == ["Show", "Correct"]


async def test_show_says_privately_what_the_bot_works_from(open_office: OpenOffice) -> None:
    """The summary, the details kept as they were said, and how much is there word for word."""
    office = await open_office(forgetful())
    sam, priya = office.person("sam"), office.person("priya")
    thread = await talked(sam)
    await sam.replies(thread, LAPTOP)
    public = thread.public()

    shown = await priya.presses(told(thread)[0], "Show")

    assert SUMMARY in shown
    assert "INV-20871" in shown
    assert f"word for word: {NEWEST.keep + 1} exchanges" in shown
    assert thread.public() == public


@pytest.mark.not_on("process", "there are no forms in it; the words are told below")
async def test_a_correction_given_in_a_form_outranks_the_summary(open_office: OpenOffice) -> None:
    model = forgetful()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await talked(sam)
    await sam.replies(thread, LAPTOP)

    await sam.presses(told(thread)[0], "Correct")
    assert await sam.fills(words=RIGHT) == thread_wording.CORRECT_TAKEN

    assert thread.last == thread_wording.corrected(RIGHT)
    await sam.replies(thread, LAPTOP)
    corrected = last_prompt(model).text_of(Part.CORRECTION)
    assert corrected == f"Sam: {RIGHT}"


async def test_a_correction_in_words_does_the_same(open_office: OpenOffice) -> None:
    """It is kept through the next summary, and shown beside it."""
    model = forgetful()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await talked(sam)
    await sam.replies(thread, LAPTOP)
    note = told(thread)[0]

    await sam.replies(thread, f"Correction: {RIGHT}", mention=True)

    assert thread.last == thread_wording.corrected(RIGHT)
    assert RIGHT in await sam.presses(note, "Show")
    for number in range(NEWEST.most - NEWEST.keep):
        await sam.replies(thread, f"{LAPTOP} {number}")
    assert last_prompt(model).text_of(Part.CORRECTION) == f"Sam: {RIGHT}"


@pytest.mark.only_in_process("platforms open a form instead")
async def test_where_there_are_no_forms_the_button_says_how(open_office: OpenOffice) -> None:
    office = await open_office(forgetful())
    sam = office.person("sam")
    thread = await talked(sam)
    await sam.replies(thread, LAPTOP)

    assert "Correction:" in await sam.presses(told(thread)[0], "Correct")


@pytest.mark.only_in_process("the same step on every platform")
async def test_a_private_answer_carries_no_note_that_others_need(open_office: OpenOffice) -> None:
    """It stands above the line that everyone can read."""
    model = forgetful()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await talked(sam)
    model.replies = {}

    await sam.replies(thread, "How many days of annual leave do I have left?")

    (note,) = told(thread)
    assert note.only_for == ""
    assert "11 days" not in note.text


@pytest.mark.only_in_process("the same step on every platform")
async def test_a59_what_was_asked_privately_is_shown_to_nobody_else(
    open_office: OpenOffice,
) -> None:
    """Not in the summary, not in the details, and not counted."""
    office = await open_office()
    sam, priya = office.person("sam"), office.person("priya")
    thread = await talked(sam, "How many days of annual leave do I have left?")
    assert any("11 days" in each for each in thread.private("sam"))
    await sam.replies(thread, "How many devices can use the VPN?")

    (note,) = [each for each in thread.posts if "messages before" in each.text]
    shown = await priya.presses(note, "Show")

    assert "11 days" not in shown
    assert "annual leave" not in shown


@pytest.mark.only_in_process("the fakes of the platforms refuse it themselves")
async def test_a54_only_who_reads_the_thread_can_look_and_correct(open_office: OpenOffice) -> None:
    office = await open_office(forgetful())
    await office.stage.channel("secret", "sam", "priya")
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks(BROKEN, "secret")
    for number in range(NEWEST.most + 1):
        await sam.replies(thread, f"{LAPTOP} {number}", mention=True)
    (note,) = told(thread)
    assert SUMMARY in await priya.presses(note, "Show")

    await office.stage.channel("secret", "sam")

    assert await priya.presses(note, "Show") == thread_wording.NOT_READABLE
    assert await priya.presses(note, "Correct") == thread_wording.NOT_READABLE


@pytest.mark.only_in_process("the same step on every platform")
async def test_after_a_new_beginning_nothing_is_shown(open_office: OpenOffice) -> None:
    office = await open_office(forgetful())
    sam = office.person("sam")
    thread = await talked(sam)
    await sam.replies(thread, LAPTOP)
    note = told(thread)[0]
    office.at += timedelta(days=8)

    await sam.replies(thread, LAPTOP, mention=True)

    assert wording.AFRESH in thread.last
    assert SUMMARY not in await sam.presses(note, "Show")


async def test_a_message_that_is_too_long_is_refused_with_what_to_do(office: Office) -> None:
    """It is not cut in silence, and it does not count as remembered."""
    sam = office.person("sam")

    thread = await sam.asks("VPN " * 3_500)

    assert "Could you split it, or send the part that matters?" in thread.last
    stored = await office.product.sessions.load(thread.key)
    assert stored is None or not stored.exchanges


@pytest.mark.only_in_process("no platform delivers so much at once")
async def test_exchanges_without_room_are_named(open_office: OpenOffice) -> None:
    """A prompt that had to leave something out says so, with the time."""
    model = forgetful("")  # no summary comes back, so nothing leaves before
    model.replies[Task.ROUTE] = routes("question", LAPTOP)
    office = await open_office(model)
    sam = office.person("sam")
    thread = await sam.asks(LAPTOP)

    for number in range(8):
        await sam.replies(thread, f"{LAPTOP} {number} " + "20871 " * 660)

    assert "There was too much to read at once: I left out messages before" in thread.last
    assert LAPTOP not in [piece.text for piece in last_prompt(model).pieces]
