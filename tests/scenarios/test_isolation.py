"""What one person, thread, channel or workspace knows stays there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from core import wording
from core.drafts import Task
from core.ids import Platform, WorkspaceKey
from core.messages import Trust
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel
from tests.scenarios.office import Office, Someone, Thread
from tests.scenarios.props import help_centre, last_prompt, shown_to

LEAVE = "How many days of annual leave do I have left?"
BANDS = "What is the pay range for salary band 1 in Lisbon?"


async def test_a50_the_same_thread_id_elsewhere_is_another_conversation(
    open_office: OpenOffice,
) -> None:
    """Another channel does not see what was said under the same id."""
    model = ScriptedModel()
    office = await open_office(model)
    await office.stage.channel("lounge", "sam", "priya")
    sam = office.person("sam")
    thread = await sam.asks("What is the hotel limit in Vienna?")
    asked = len(model.prompts)

    lounge = Thread(office, "lounge", thread.thread_id)
    await sam.replies(lounge, "and what is it in Leeds?", mention=True)

    assert len(model.prompts) > asked
    assert "hotel" not in shown_to(model, asked).casefold()


@pytest.mark.only_in_process("no request of another workspace comes past a platform's gate")
async def test_a50_the_same_thread_of_another_workspace_is_another_conversation(
    open_office: OpenOffice,
) -> None:
    """Channel and thread of the same name, elsewhere, begin with nothing."""
    model = ScriptedModel()
    office = await open_office(model)
    sam = office.person("sam")
    thread = await sam.asks("What is the hotel limit in Vienna?")
    elsewhere = WorkspaceKey(Platform.WEB, "elsewhere")
    stranger = Someone(office, replace(sam.actor, workspace=elsewhere))
    asked = len(model.prompts)

    await stranger.replies(thread, "and what is it in Leeds?", mention=True)

    assert len(model.prompts) > asked
    assert "hotel" not in shown_to(model, asked).casefold()


async def test_a51_a_private_thread_is_not_reopened_from_a_public_channel(
    open_office: OpenOffice,
) -> None:
    """The id of a private chat, sent from a channel, begins an empty session."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    chat = await sam.writes(LEAVE)
    assert "11 days" in chat.last
    asked = len(model.prompts)

    forged = Thread(office, "help", chat.thread_id)
    await priya.replies(forged, "and what did we say before about that?", mention=True)

    assert len(model.prompts) > asked
    assert "11 days" not in shown_to(model, asked)
    assert LEAVE not in shown_to(model, asked)
    assert not any("11 days" in each.text for each in office.seen_in("help"))


async def test_a52_a_question_in_another_persons_thread_is_about_the_asker(
    open_office: OpenOffice,
) -> None:
    """Priya reads her own days, alone; Sam's never reach her prompt."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks(LEAVE)
    asked = len(model.prompts)

    await priya.replies(thread, LEAVE, mention=True)

    assert any("3 days" in each for each in thread.private("priya"))
    assert not any("11 days" in each for each in thread.private("priya"))
    assert not any("days" in each for each in thread.public())
    assert "3 days" in shown_to(model, asked)
    assert "11 days" not in shown_to(model, asked)


async def test_a53_own_facts_asked_in_public_come_privately(office: Office) -> None:
    """The thread gets a pointer and the asker the days."""
    thread = await office.person("sam").asks(LEAVE)

    assert [each for each in thread.private("sam") if "11 days" in each]
    assert thread.public() == [wording.PRIVATE_POINTER.format(name="Sam")]


@pytest.mark.not_on("teams", "Teams tells a bot of no groups")
async def test_a54_somebody_joining_changes_what_may_be_said_next(office: Office) -> None:
    """What managers read together goes privately as soon as somebody else can read along."""
    await office.stage.person("nora", "managers")
    await office.stage.channel("leads", "priya", "nora")
    priya = office.person("priya")
    together = await priya.asks(BANDS, channel="leads")
    assert any("€20,000" in each for each in together.public())

    await office.stage.channel("leads", "priya", "nora", "sam")
    joined = await priya.asks(BANDS, channel="leads")

    assert joined.public() == [wording.PRIVATE_DOCUMENT_POINTER.format(name="Priya")]
    assert any("€20,000" in each for each in joined.private("priya"))


async def test_a55_somebody_from_outside_gets_public_documents_and_nothing_else(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """No facts, no actions, no handoff, no employees' documents."""
    model = ScriptedModel()
    office = await open_office(model, help_centre(tmp_path / "articles"))
    await office.stage.person("eve", "managers", facts={"annual leave left": "99 days"})
    eve = office.person("eve", Trust.EXTERNAL)

    leave = await eve.asks(LEAVE)
    laptop = await eve.asks("When is a laptop replaced?")
    report = await eve.asks("Please report that the printer on floor 2 is out of paper")
    person = await eve.asks("I want to talk to a real person please")

    seen = [each.text for each in office.log]
    assert not any("99 days" in each or "4 years" in each for each in seen)
    assert "99 days" not in shown_to(model)
    assert office.seen_in("support") == []
    assert not any(each.task is Task.ACT for each in model.prompts)
    assert person.last == wording.OUTSIDER_PERSON
    assert all(each.posts for each in (leave, laptop, report))


@pytest.mark.not_on("teams", "Teams tells a bot of no groups")
async def test_a57_a_document_the_channel_may_not_read_is_offered_privately(
    office: Office,
) -> None:
    """The asker may read it, the channel may not: only the asker gets it."""
    thread = await office.person("priya").asks(BANDS)

    assert any("€20,000" in each for each in thread.private("priya"))
    assert thread.public() == [wording.PRIVATE_DOCUMENT_POINTER.format(name="Priya")]


async def test_a57_the_handoff_card_names_no_document_that_staff_may_not_read(
    office: Office,
) -> None:
    """A manager's search shows on the card only what every employee may read."""
    priya = office.person("priya")

    await priya.writes("I need a real person: what is the pay range for salary band 1 in Lisbon?")

    assert "Request H-1" in office.card().text
    assert "Salary bands" not in office.card().text


@pytest.mark.not_on("teams", "Teams tells a bot of no groups")
async def test_a58_a_right_taken_away_holds_for_the_next_question(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """Rights are checked when searching, not when reading the documents in."""
    folder = help_centre(tmp_path / "articles")
    office = await open_office(None, folder)
    priya = office.person("priya")
    assert "€20,000" in (await priya.writes(BANDS)).last

    bands = folder / "salary-bands.md"
    bands.write_text(bands.read_text().replace("audience: managers", "audience: board"))
    await office.product.librarian.sync()
    await priya.writes("What is the pay range for salary band 1 in Leeds?")

    after = [each.text for each in office.seen_in("dm-priya")][1:]
    assert after
    assert not any("£25,000" in each or "€20,000" in each for each in after)


@pytest.mark.not_on("teams", "Teams tells a bot of no groups")
async def test_a58_leaving_a_group_holds_for_the_next_question(office: Office) -> None:
    """The directory is asked anew for every turn."""
    priya = office.person("priya")
    assert "€20,000" in (await priya.writes(BANDS)).last
    await office.stage.person("priya")

    await priya.writes("What is the pay range for salary band 1 in Leeds?")

    assert "£25,000" not in office.seen_in("dm-priya")[-1].text


async def test_a59_the_same_words_of_two_people_get_two_answers(open_office: OpenOffice) -> None:
    """Nothing found, said or remembered for one person is used again for another."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    await priya.asks(BANDS)
    await sam.asks(LEAVE)
    asked = len(model.prompts)

    bands = await sam.asks(BANDS)
    leave = await priya.asks(LEAVE)

    assert not any("€20,000" in each.text for each in bands.posts)
    assert any("3 days" in each for each in leave.private("priya"))
    shown = shown_to(model, asked)
    assert "€20,000" not in shown
    assert "11 days" not in shown


async def test_a59_a_private_answer_is_no_part_of_what_others_are_told(
    open_office: OpenOffice,
) -> None:
    """In the same thread, the next person's prompt holds shared exchanges only."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks("When is a laptop replaced?")
    await sam.replies(thread, LEAVE)

    await priya.replies(thread, "How long does the VPN stay connected?", mention=True)

    exchanges = last_prompt(model).text_of(Part.EXCHANGE)
    assert "laptop" in exchanges
    assert "11 days" not in exchanges
    assert LEAVE not in exchanges
