"""Bad input and broken surroundings: one clear message, and the rest goes on working."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from adapters.storage.arrivals import QUEUE_MOST
from core import handoff_wording, wording
from core.escalation import Reason
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel
from tests.scenarios.office import Office
from tests.scenarios.props import help_centre, later, until, written_down

LAPTOP = "When is a laptop replaced?"
UNREACHED = handoff_wording.CARD_UNDELIVERED.format(number="H-1")


async def test_a_message_of_40_000_characters_is_refused_with_its_length(
    open_office: OpenOffice,
) -> None:
    """The person hears how much fits; no model is asked, nobody is called, the next one works."""
    model = ScriptedModel()
    office = await open_office(model)
    sam = office.person("sam")

    thread = await sam.asks("When is a laptop replaced? " + "x" * 40_000)

    assert [each.text for each in thread.posts] == [wording.too_long(40_027)]
    assert model.prompts == []
    assert office.seen_in("support") == []
    await sam.replies(thread, LAPTOP, mention=True)
    assert "4 years" in thread.last


async def test_the_longest_message_that_is_promised_is_read(open_office: OpenOffice) -> None:
    """What is below the limit is never refused as above it."""
    model = ScriptedModel()
    office = await open_office(model)
    filler = "Here is some background, as I was told to be thorough. " * 300

    for length in (5_000, 6_000, 8_000, wording.LONGEST_MESSAGE):
        thread = await office.person("sam").asks((f"{LAPTOP} {filler}")[:length])
        assert thread.posts
        assert "too long" not in thread.last
    assert len(model.prompts) >= 4


async def test_a_message_of_marks_that_nobody_sees_is_met_with_a_greeting(
    office: Office,
) -> None:
    """Forty thousand invisible characters are an empty message."""
    thread = await office.person("sam").asks("\u200b\u202e" * 20_000)

    assert thread.last == wording.GREETING


async def test_an_unreachable_support_channel_is_told_once_and_tried_again(
    office: Office,
) -> None:
    """The requester knows that nobody has seen it; when the channel is back the card arrives."""
    office.stage.close_channel("support")
    sam = office.person("sam")
    thread = await sam.asks("human please", wait=False)
    await written_down(office, lambda: UNREACHED in thread.public())
    later(office, timedelta(seconds=40))
    await written_down(office, lambda: office.stage.refused() == 2)
    later(office, timedelta(seconds=80))
    await written_down(office, lambda: office.stage.refused() == 3)
    await sam.replies(thread, "What is the per diem for Austria?", wait=False)
    await until(office, lambda: "€50" in thread.last)
    assert thread.public().count(UNREACHED) == 1
    assert office.seen_in("support") == []

    office.stage.open_channel("support")
    later(office, timedelta(minutes=5))
    await until(office, lambda: bool(office.seen_in("support")))
    await office.settled()

    assert [each.title for each in office.seen_in("support")] == ["Request H-1"]
    await office.person("maya").presses(office.card(), "Claim")
    assert handoff_wording.CLAIMED.format(name="Maya", number="H-1") in thread.last


async def test_a_request_added_while_the_card_reached_nobody_is_not_called_added(
    office: Office,
) -> None:
    """Nobody can see it yet, and that is what the person hears."""
    office.stage.close_channel("support")
    sam = office.person("sam")
    thread = await sam.asks("human please", wait=False)
    await written_down(office, lambda: UNREACHED in thread.public())

    await sam.replies(thread, "I want to talk to a real person about my badge", wait=False)

    await until(office, lambda: len(thread.posts) == 3)
    assert thread.last == handoff_wording.JOINED_UNDELIVERED.format(number="H-1")


async def test_a_request_withdrawn_before_it_arrived_is_shown_as_withdrawn(
    office: Office,
) -> None:
    """The card that finally comes through offers nothing to claim."""
    office.stage.close_channel("support")
    sam = office.person("sam")
    thread = await sam.asks("human please", wait=False)
    await written_down(office, lambda: len(thread.posts) == 2)
    opened = next(each for each in thread.posts if each.buttons)

    office.stage.open_channel("support")
    later(office, timedelta(minutes=5))
    await sam.presses(opened, "Withdraw")

    assert "[Claim]" not in office.card().text
    assert "Sam withdrew this request." in office.card().text


async def test_setting_another_channel_delivers_what_waits(office: Office) -> None:
    """The card goes where it can be seen, once; the old channel gets nothing later."""
    office.stage.close_channel("support")
    await office.stage.channel("helpers", "maya")
    sam, alex, maya = (office.person(each) for each in ("sam", "alex", "maya"))
    thread = await sam.asks("human please", wait=False)
    await written_down(office, lambda: UNREACHED in thread.public())

    said = await alex.commands("config support-channel #helpers")
    assert "1 waiting request goes there now" in said
    office.stage.open_channel("support")
    later(office, timedelta(minutes=5))
    await office.settled()

    assert [each.title for each in office.seen_in("helpers")] == ["Request H-1"]
    assert office.seen_in("support") == []
    assert await maya.presses(office.card(), "Claim") == ""
    assert handoff_wording.CLAIMED.format(name="Maya", number="H-1") in thread.last


async def test_without_a_support_channel_every_request_is_kept(office: Office) -> None:
    """Each person is told that nobody knows yet; setting a channel sends all of them."""
    await office.configure(support_channel="")
    sam = office.person("sam")
    threads = [await sam.asks("human please") for _ in range(25)]
    assert all(handoff_wording.NO_SUPPORT_CHANNEL in each.last for each in threads)

    said = await office.person("alex").commands("config support-channel support")

    assert "25 waiting requests go there now" in said
    titles = [each.title for each in office.seen_in("support")]
    assert titles == [f"Request H-{number}" for number in range(1, 26)]


async def test_an_article_with_broken_front_matter_stops_no_other(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """The others answer, and the admin reads which file and line to mend."""
    folder = help_centre(tmp_path / "articles")
    (folder / "broken.md").write_text("---\ntitle: [unclosed\naudience everyone\n---\n# Broken\n")
    (folder / "nobody.md").write_text("---\ntitle: No audience\n---\nSecret biscuits are here.\n")
    office = await open_office(None, folder)
    sam, alex = office.person("sam"), office.person("alex")

    thread = await sam.asks(LAPTOP)
    said = await alex.commands("check")

    assert "4 years" in thread.last
    assert "✗ Documents" in said
    assert "broken.md, line" in said
    assert "nobody.md, line" in said
    assert "✓ Database" in said
    await sam.asks("Where are the secret biscuits?")
    assert not any("biscuits are here" in each.text for each in office.log)


async def test_a_missing_knowledge_folder_leaves_people_to_ask(
    open_office: OpenOffice, tmp_path: Path
) -> None:
    """Nothing can be quoted, so a person is asked; the admin reads what to do."""
    office = await open_office(None, tmp_path / "nowhere")
    sam, alex = office.person("sam"), office.person("alex")

    thread = await sam.asks(LAPTOP)
    said = await alex.commands("check")

    assert wording.REASONS[Reason.NO_EVIDENCE] in thread.last
    assert "Request H-1" in office.card().text
    assert "nowhere: there is no such folder. Create it or correct the setting" in said


async def test_twenty_waiting_messages_bring_one_polite_notice(office: Office) -> None:
    """More than the queue holds is refused once, privately; what was taken is answered."""
    await office.stage.pause()
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks("hello", wait=False)
    for _ in range(QUEUE_MOST + 7):
        await sam.replies(thread, "hello", mention=True, wait=False)
    await priya.replies(thread, "hello", mention=True, wait=False)

    office.start()
    await office.settled()

    assert thread.private("sam") == [wording.OUT_OF_MESSAGES]
    assert thread.private("priya") == []
    assert thread.public() == [wording.GREETING] * (QUEUE_MOST + 1)


async def test_a_command_that_finds_the_queue_full_promises_nothing(office: Office) -> None:
    """Neither an answer nor a person comes of it, and whoever gave it reads so."""
    await office.stage.pause()
    sam = office.person("sam")
    for _ in range(QUEUE_MOST):
        await sam.asks("hello", wait=False)

    given = [
        await office.stage.commands(sam.actor, words, 900 + number, office.tick())
        for number, words in enumerate(("human my laptop burns", "ask who can help?"))
    ]
    office.start()
    await office.settled()

    assert given == [wording.OUT_OF_MESSAGES] * 2
    assert office.seen_in("support") == []


async def test_files_are_passed_over_in_words(office: Office) -> None:
    """The bot says that it cannot open them, and answers what was written."""
    sam = office.person("sam")
    thread = await sam.asks("hello")

    await sam.replies(thread, LAPTOP, files=2)
    assert thread.last.startswith(wording.FILES_UNREAD)
    assert "4 years" in thread.last

    await sam.replies(thread, "", files=1)
    assert thread.last.startswith(wording.FILES_UNREAD)

    await sam.replies(thread, "I want to talk to a real person please", files=1)
    assert thread.last.startswith(wording.FILES_UNREAD)
    assert "H-1" in thread.last

    await sam.replies(thread, "When is a laptop replaced, then?")
    assert wording.FILES_UNREAD not in thread.last


async def test_files_between_people_are_announced_as_not_passed_on(office: Office) -> None:
    """Both sides of a claimed case hear that the file stayed behind."""
    sam, maya = office.person("sam"), office.person("maya")
    thread = await sam.asks("human please")
    await maya.presses(office.card(), "Claim")
    desk = office.card_thread()

    await sam.replies(thread, "look at this", files=1)
    await maya.replies(desk, "and you at that", files=1)

    assert thread.private("sam") == [handoff_wording.FILES]
    assert desk.private("maya") == [handoff_wording.FILES]
    assert "look at this" in desk.public()[0]
    assert "and you at that" in thread.public()[-1]
