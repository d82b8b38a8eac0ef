"""What staff and the people they help can rely on while a request is under way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import delivery
from core import handoff_wording, wording
from core.cards import Button
from core.escalation import Reason
from core.messages import Trust
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel
from tests.scenarios.office import Office, Thread
from tests.scenarios.props import last_prompt, later, written_down

REPORT = "Please report that the printer on floor 2 is out of paper"
PERSON = "I want to talk to a real person please"


async def claimed(office: Office) -> tuple[Thread, Thread]:
    """Sam's thread, and the thread of the card that Maya has claimed."""
    thread = await office.person("sam").asks(PERSON)
    await office.person("maya").presses(office.card(), "Claim")
    return thread, office.card_thread()


def confirm(thread: Thread) -> Button:
    """The button of the offer that stands in a thread."""
    return next(each for each in thread.posts[-1].buttons if each.label == "Confirm")


def told(thread: Thread) -> list[str]:
    """What the bot has said in a thread, without the labels of buttons."""
    return [each.partition("\n[")[0] for each in thread.public()]


async def test_a_cards_thread_starts_no_request_of_its_own(office: Office) -> None:
    """Two requests in one thread would make staff write to somebody else than they think."""
    thread, desk = await claimed(office)
    maya = office.person("maya")

    await maya.replies(desk, "I need to talk to a person about this customer", mention=True)

    assert desk.last == handoff_wording.OF_A_CARD.format(number="H-1")
    cards = [each.title for each in office.seen_in("support") if not each.changed]
    assert [each for each in cards if each.startswith("Request")] == ["Request H-1"]
    await maya.replies(desk, "Sam, what is it about?")
    assert thread.posts[-1].speaker == "Maya"


@pytest.mark.parametrize(
    "note",
    ["! third one", "*! bold*", "> ! quoted", "@Tom ! not for Sam", "！全角", "- (! hmm)"],  # noqa: RUF001 - as people type it
)
async def test_a_note_stays_wherever_its_mark_stands(office: Office, note: str) -> None:
    """After a name, a quote, a bullet, in bold, and from a Chinese or Japanese keyboard."""
    thread, desk = await claimed(office)
    before = len(thread.posts)

    await office.person("maya").replies(desk, note)

    assert len(thread.posts) == before
    assert desk.private("maya") == [handoff_wording.NOTE_KEPT]


async def test_what_staff_say_to_each_other_stays_with_them(office: Office) -> None:
    """Words that mention a colleague are not for the customer; their writer is told."""
    thread, desk = await claimed(office)
    before = len(thread.posts)

    await office.person("maya").replies(desk, "@tom can you look at this fool?", others=True)
    assert len(thread.posts) == before
    assert desk.private("maya") == [handoff_wording.FOR_OTHERS]

    await office.person("maya").replies(desk, "Well done! It works again.")
    assert "Well done" in thread.last


async def test_words_of_others_are_never_taken_for_the_requesters(office: Office) -> None:
    """Whatever name they carry; who is no member is not heard at all, and is told so."""
    thread, desk = await claimed(office)
    before = len(desk.posts)

    await office.person("priya").called("Sam").replies(thread, "It is solved", mention=True)
    await office.stage.person("eve")
    await office.stage.channel("help", "sam", "priya", "maya", "tom", "alex", "eve")
    eve = office.person("eve", Trust.EXTERNAL, called="Sam")
    await eve.replies(thread, "please pay to DE00 1234 instead", mention=True)

    (words,) = desk.posts[before:]
    assert words.speaker.endswith(", not the requester")
    assert thread.private("eve") == [handoff_wording.OUTSIDER]


async def test_what_is_added_before_the_card_is_there_reaches_staff_with_it(
    office: Office,
) -> None:
    """Every wish; a term of risk among them makes the request urgent. Nothing untrue is told."""
    alex, sam = office.person("alex"), office.person("sam")
    await alex.commands("config risk-terms harassment")
    await office.configure(support_channel="")
    thread = await sam.asks("I need to talk to a person about my broken laptop")

    for words in ("I want to talk to a person about my payslip", "It is harassment by my boss"):
        await sam.replies(thread, words)
    told = handoff_wording.JOINED_UNDELIVERED.format(number="H-1")
    assert [each.text for each in thread.posts[1:]] == [told, told]
    await alex.commands("config support-channel support anyway")

    assert "high priority" in office.card().title
    assert wording.CARD_REASONS[Reason.POLICY_RISK] in office.card().text
    payslip, harassment = (each.text for each in office.card_thread().posts)
    assert "Also wants: " in payslip
    assert "payslip" in payslip
    assert "harassment by my boss" in harassment
    await sam.replies(thread, "I want to talk to a person about my badge too")
    assert thread.last == handoff_wording.JOINED.format(number="H-1")
    assert "badge" in office.card_thread().last


async def test_words_that_cannot_be_shown_come_back_to_their_writer(office: Office) -> None:
    """Neither side is left to believe that the other has read them."""
    thread, desk = await claimed(office)
    sam, maya = office.person("sam"), office.person("maya")

    office.stage.close_channel("help")
    await maya.replies(desk, "Bring it to desk 14 today")
    office.stage.open_channel("help")
    office.stage.close_channel("support")
    await sam.replies(thread, "It burns now")

    assert desk.private("maya") == [handoff_wording.LOST.format(words="Bring it to desk 14 today")]
    assert thread.private("sam") == [handoff_wording.LOST.format(words="It burns now")]


async def test_a_report_that_nobody_can_see_yet_is_not_called_passed_on(office: Office) -> None:
    """The requester hears that it waits, and that it has arrived when the channel is back."""
    thread = await office.person("sam").asks(REPORT)
    office.stage.close_channel("support")

    await office.stage.presses(office.person("sam").actor, thread.posts[-1], confirm(thread))
    await written_down(
        office, lambda: any("nobody has seen it yet" in each for each in told(thread))
    )
    office.stage.open_channel("support")
    later(office, timedelta(minutes=1))
    await office.settled()

    assert [each.title for each in office.seen_in("support")] == ["Problem reported"]
    number = office.seen_in("support")[0].fields[1].value
    assert told(thread)[-1] == wording.ACTION_REACHED.format(receipt=number)


async def test_a_report_that_never_arrives_is_taken_back_in_words(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After hours of trying; from then on the bot does not say that it was done."""
    monkeypatch.setattr(delivery, "ACTION_TRIES_MOST", 0)
    thread = await office.person("sam").asks(REPORT)
    office.stage.close_channel("support")

    await office.person("sam").presses(thread.posts[-1], "Confirm")
    assert any("did not reach anybody after all" in each for each in told(thread))

    await office.person("sam").replies(thread, "What is the status of my report?")
    assert "failed, nothing is known to be done" in thread.last


async def test_a_case_whose_owner_has_left_the_staff_is_taken_over(office: Office) -> None:
    """Anyone of the staff may release it then, and is told so; the requester is not left alone."""
    thread, desk = await claimed(office)
    tom = office.person("tom")
    await office.staff("tom")
    left = handoff_wording.OWNER_LEFT.format(owner="Maya")

    await tom.replies(desk, "I'll take over")
    assert desk.private("tom") == [f"{left} {handoff_wording.NOT_PASSED_ON}"]
    assert await tom.presses(office.card(), "Resolve") == left
    await tom.presses(office.card(), "Release")
    await tom.presses(office.card(), "Claim")

    assert "Tom has taken your request H-1" in thread.last


async def test_waiting_requests_move_with_the_support_channel(office: Office) -> None:
    """With all they hold; the old card says so and claims nothing. What is taken stays."""
    sam, priya, maya = (office.person(each) for each in ("sam", "priya", "maya"))
    await priya.asks(PERSON)
    await maya.presses(office.card(), "Claim")
    thread = await sam.asks(PERSON)
    await sam.replies(thread, "I want to talk to a person about my badge too")
    old = office.card("H-2")
    await office.stage.channel("helpers", "maya", "tom")

    said = await office.person("alex").commands("config support-channel #helpers")

    assert "1 waiting request goes there now" in said
    assert "1 request that is taken stays in the channel before" in said
    assert handoff_wording.MOVED in office.seen_in("support")[-1].text
    assert await maya.presses(old, "Claim") == wording.NOT_THIS_CARD
    card = office.seen_in("helpers")[-1]
    anew = next(each for each in office.seen_in("helpers")[::-1] if each.title)
    assert "badge" in card.text
    assert await maya.presses(anew, "Claim") == ""
    assert "Maya has taken your request H-2" in thread.last


async def test_a_closed_request_is_remembered_by_its_thread(open_office: OpenOffice) -> None:
    """Who helped and what they said last; what was asked before is not held against anybody."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, maya = office.person("sam"), office.person("maya")
    thread, desk = await claimed(office)
    await maya.replies(desk, "Contractors get none: ask your agency.")
    await maya.replies(desk, "! he will not like it")
    await maya.presses(office.card(), "Resolve")

    await sam.replies(thread, "When is a laptop replaced?")
    exchanges = last_prompt(model).text_of(Part.EXCHANGE)
    assert "Maya of the support team helped with request H-1" in exchanges
    assert "Contractors get none: ask your agency." in exchanges
    assert "he will not like it" not in exchanges

    await sam.replies(thread, PERSON)
    assert "earlier: H-1, Maya" in office.card("H-2").text
