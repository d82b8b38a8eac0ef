"""The main job, told as it happens."""

from __future__ import annotations

import re

import pytest

from core import wording
from core.escalation import Reason
from tests.conftest import OpenOffice
from tests.fakes.models import DeadModel
from tests.fakes.reading import shown
from tests.scenarios.office import Office


async def test_an_employee_gets_an_answer_with_its_source(office: Office) -> None:
    """The answer stands in the thread, with the document it rests on and its age."""
    sam = office.person("sam")

    thread = await sam.asks("When is a laptop replaced?")

    assert "after 4 years" in thread.last
    assert "[1] Laptops and the new-starter kit · Updated" in thread.last
    assert "[Helpful]" in thread.last


async def test_a_follow_up_with_it_is_understood(office: Office) -> None:
    """A reply in the thread needs no mention, and "it" is what was talked about."""
    sam = office.person("sam")

    thread = await sam.asks("How long does the VPN stay connected?")
    await sam.replies(thread, "How many devices can use it?")

    assert len(thread.posts) == 2
    assert "disconnects after 12 hours" in thread.posts[0].text
    assert "2 company devices" in thread.last
    alone = await sam.asks("How many devices can use it?")
    assert "2 company devices" not in alone.last


async def test_an_off_topic_question_is_declined_plainly(office: Office) -> None:
    """The bot says what it can help with instead, and nobody is called."""
    sam = office.person("sam")

    thread = await sam.asks("Who won the football world cup in 1998?")

    assert "outside what I can help with" in thread.last
    assert office.seen_in("support") == []


async def test_a_question_the_documents_do_not_answer_goes_to_a_person(office: Office) -> None:
    """The bot says that it found nothing and a card says what was looked at."""
    sam = office.person("sam")

    thread = await sam.asks("How much parental leave do I get in Austria?")

    assert wording.REASONS[Reason.NO_EVIDENCE] in thread.last
    assert "Not in the documents" in office.card().text
    assert "Parental leave in Portugal and the UK" in office.card().text


async def test_a_request_for_a_person_is_taken_by_one_of_them(office: Office) -> None:
    """Claim, words both ways, an internal note that stays, resolve; the bot keeps quiet."""
    sam, maya = office.person("sam"), office.person("maya")
    thread = await sam.asks("I want to talk to a real person please")
    assert "Asked for a person" in office.card().text

    await maya.presses(office.card(), "Claim")
    assert "Maya has taken your request" in thread.last
    card = office.card()
    desk = office.card_thread()

    await maya.replies(desk, "Hi Sam, what is it about?")
    assert thread.posts[-1].speaker == "Maya"
    await sam.replies(thread, "My chair is broken")
    assert desk.posts[-1].speaker == "Sam"
    before = len(thread.posts)
    await maya.replies(desk, "! third one this week")
    assert len(thread.posts) == before

    await maya.presses(card, "Resolve")
    assert "closed your request H-1" in thread.last
    await maya.presses(office.card(), "Right call")
    assert "Resolved: right call." in office.card().text


async def test_what_the_bot_must_not_decide_is_handed_over(office: Office) -> None:
    """An approval is a person's to give."""
    sam = office.person("sam")

    thread = await sam.asks("Please approve a business-class flight to Munich for me")

    assert wording.REASONS[Reason.IMPACT] in thread.last
    assert "Needs a decision" in office.card().text


async def test_two_staff_press_claim_at_once(office: Office) -> None:
    """One owns the case; the other is told who, and the card shows the owner."""
    sam, maya, tom = office.person("sam"), office.person("maya"), office.person("tom")
    await sam.asks("human please")
    card = office.card()

    first = await maya.presses(card, "Claim")
    second = await tom.presses(card, "Claim")

    assert first == ""
    assert second == "Maya has this case."
    assert "Maya has this." in office.card().text


async def test_released_cases_can_be_claimed_again(office: Office) -> None:
    """After a release the requester knows, and somebody else can take it."""
    sam, maya, tom = office.person("sam"), office.person("maya"), office.person("tom")
    thread = await sam.asks("human please")
    await maya.presses(office.card(), "Claim")

    await maya.presses(office.card(), "Release")
    assert "back to the queue" in thread.last
    await tom.presses(office.card(), "Claim")

    assert "Tom has taken your request" in thread.last


@pytest.mark.not_on("claude", "while Claude is down the documents are quoted (F35)")
async def test_a_model_that_is_down_leads_to_a_person(open_office: OpenOffice) -> None:
    """Nobody is left without an end when the model cannot be reached."""
    office = await open_office(DeadModel())
    sam = office.person("sam")

    thread = await sam.asks("When is a laptop replaced?")

    assert wording.REASONS[Reason.MODEL_UNAVAILABLE] in thread.last
    assert "Language model unavailable" in office.card().text


async def test_an_action_waits_for_its_requester_and_ends_with_a_receipt(office: Office) -> None:
    """Nothing happens until Confirm; then once, with a number."""
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks("Please report that the printer on floor 2 is out of paper")
    offer = thread.posts[-1]
    assert "printer on floor 2" in offer.text
    assert office.seen_in("support") == []

    assert await priya.presses(offer, "Confirm") == wording.NOT_YOURS
    assert await sam.presses(offer, "Confirm") == ""
    assert await sam.presses(offer, "Confirm") == wording.ACTION_GONE

    assert [each.title for each in office.seen_in("support")] == ["Problem reported"]
    assert "Receipt: R-" in thread.last


async def test_what_was_asked_for_is_told_as_it_stands(office: Office) -> None:
    """Not confirmed, then done with its receipt; the documents are not asked, nor is a person."""
    sam = office.person("sam")
    thread = await sam.asks("Please report that the printer on floor 2 is out of paper")
    offer = thread.posts[-1]

    await sam.replies(thread, "Did you report it?")
    before = thread.last
    await sam.presses(offer, "Confirm")
    receipt = re.search(r"R-\w+", thread.last)
    assert receipt is not None
    await sam.replies(thread, "What is the status of my report?")

    assert "not confirmed yet, not done" in before
    assert f"done, receipt {receipt.group()}" in thread.last
    assert [each.title for each in office.seen_in("support")] == ["Problem reported"]


async def test_thanks_and_greetings_are_answered_in_kind(office: Office) -> None:
    """No model is asked to say hello."""
    sam = office.person("sam")

    hello = await sam.asks("hello")
    thanks = await sam.asks("thanks a lot!")

    assert hello.last.startswith("Hello!")
    assert thanks.last.startswith("You're welcome")


async def test_a_wish_for_a_person_carries_what_was_asked_before(office: Office) -> None:
    """Staff read what it is about, not only that somebody wants a person."""
    sam = office.person("sam")
    thread = await sam.asks("When is a laptop replaced?")

    await sam.replies(thread, "I'd like to talk to a real person about that")

    assert "Wants: When is a laptop replaced? (then: I'd like to talk" in office.card().text
    assert "Laptops and the new-starter kit" in office.card().text


@pytest.mark.parametrize(
    "words",
    [
        "I want to talk to a person",
        "Hi, can I please speak to a human?",
        "Give me a live agent now",
    ],
)
async def test_a_bare_wish_for_a_person_brings_no_documents(office: Office, words: str) -> None:
    """Nothing was asked, so nothing is looked up, and the card says so; twice if need be."""
    sam = office.person("sam")

    thread = await sam.asks(words)
    first = office.card()
    await sam.presses(thread.posts[-1], "Withdraw")
    await sam.replies(thread, "I want to talk to a person")

    for card in (first, office.card()):
        assert wording.NOTHING_ASKED in card.text
        assert "Tried: nothing yet" in card.text or "Tried: handed over before" in card.text
        assert "Confidence: not established" in card.text
        assert "[1]" not in card.text


async def test_a_wish_for_a_person_that_names_its_matter_is_looked_up(office: Office) -> None:
    """The words beside the wish are a question like any other."""
    await office.person("sam").asks("I want to talk to a person about the replacement of my laptop")

    assert "Laptops and the new-starter kit" in office.card().text
    assert wording.NOTHING_ASKED not in office.card().text


async def test_who_is_stuck_is_not_told_to_have_asked_for_a_person(office: Office) -> None:
    thread = await office.person("sam").asks("The VPN keeps disconnecting")

    await office.person("sam").replies(thread, "I tried that already and it still fails")

    assert wording.REASONS[Reason.STUCK] in thread.last
    assert wording.CARD_REASONS[Reason.STUCK] in office.card().text


@pytest.mark.parametrize(
    "words",
    ["Please delete all my data", "forget me!", "Can you erase everything you know about me?"],
)
async def test_who_wants_to_be_forgotten_is_told_how(office: Office, words: str) -> None:
    """Deleting is for the person's own word, with a receipt; no case is opened for it."""
    thread = await office.person("sam").asks(words)

    assert "/desk forget everything" in thread.last
    assert office.seen_in("support") == []


async def test_what_can_you_do_is_answered_not_escalated(office: Office) -> None:
    """The first thing a stranger asks needs no person."""
    sam = office.person("sam")

    thread = await sam.asks("What can you do?")

    assert thread.last.startswith("Hello!")
    assert office.seen_in("support") == []


async def test_a_spent_offer_loses_its_buttons(office: Office) -> None:
    """After Confirm or Withdraw the card says what became of it, and cannot be pressed."""
    sam = office.person("sam")
    report = await sam.asks("Please report that the printer on floor 2 is out of paper")
    await sam.presses(report.posts[-1], "Confirm")
    person = await sam.asks("human please")
    await sam.presses(person.posts[-1], "Withdraw")

    offer = next(each for each in report.posts if each.changed)
    assert "[Confirm]" not in offer.text
    assert wording.ACTION_RUNNING in offer.text
    assert person.posts[-1].changed
    assert "You've withdrawn request H-1" in person.last


async def test_a_message_that_still_waits_is_answered_as_it_reads_now(office: Office) -> None:
    """Changed before the bot came to it: the new words are answered, the old ones never."""
    sam = office.person("sam")
    await office.stage.pause()
    thread = await sam.asks("When is a laptop replaced?", wait=False)
    await sam.edits("What is the hotel limit in Vienna?")

    office.start()
    await office.settled()

    assert len(thread.posts) == 1
    assert "Hotel limits by city" in thread.last


async def test_a_message_taken_back_in_time_is_not_answered(office: Office) -> None:
    """Nobody answers what stands there no more; what else was asked is answered."""
    sam, priya = office.person("sam"), office.person("priya")
    await office.stage.pause()
    gone = await sam.asks("When is a laptop replaced?", wait=False)
    stays = await priya.asks("What is the hotel limit in Vienna?", wait=False)
    await sam.deletes()

    office.start()
    await office.settled()

    assert gone.posts == []
    assert len(stays.posts) == 1


async def test_an_edit_after_the_answer_changes_nothing(office: Office) -> None:
    """An answer stands; who has another question asks it."""
    sam = office.person("sam")
    thread = await sam.asks("When is a laptop replaced?")

    await sam.edits("What is the hotel limit in Vienna?")
    await sam.deletes()
    await office.settled()

    assert len(thread.posts) == 1
    assert "after 4 years" in thread.last


async def test_a_message_delivered_again_is_answered_once(office: Office) -> None:
    """While it waits, and after it was answered."""
    sam = office.person("sam")
    await office.stage.pause()
    thread = await sam.asks("When is a laptop replaced?", wait=False)
    await office.stage.repeats(sam.written[-1])

    office.start()
    await office.settled()
    await sam.repeats()

    assert len(thread.posts) == 1


@pytest.mark.parametrize(
    "words",
    [
        "I need the human resources phone number",
        "Please give me the support team opening hours",
        "I need an agent installed on my laptop for the VPN",
    ],
)
async def test_who_names_people_does_not_ask_for_one(office: Office, words: str) -> None:
    thread = await office.person("sam").asks(words)

    assert wording.REASONS[Reason.ASKED] not in thread.last


async def test_a_typed_yes_is_told_to_press(office: Office) -> None:
    """Nothing is done on a word, nobody is asked, and the offer stands until it is pressed."""
    sam = office.person("sam")
    thread = await sam.asks("Please report that the printer on floor 2 is out of paper")
    offer = thread.posts[-1]

    for word in ("yes", "No, thanks", "ok do it"):
        await sam.replies(thread, word)
        assert thread.last == shown(wording.PRESS_INSTEAD)
    assert office.seen_in("support") == []

    await sam.presses(offer, "Confirm")
    assert "Receipt: R-" in thread.last


async def test_who_was_asked_to_split_a_message_is_heard_without_a_mention(office: Office) -> None:
    sam = office.person("sam")
    thread = await sam.asks("My laptop is slow. " * 1_000)
    assert "split it" in thread.last

    await sam.replies(thread, "When is a laptop replaced?")

    assert "4 years" in thread.last


async def test_a_correction_that_asks_for_a_person_brings_one(office: Office) -> None:
    """Words that always lead to a person do so behind any other."""
    await office.configure(risk_terms=("harass",))
    sam = office.person("sam")

    person = await sam.asks("Correction: I want to talk to a person, not to a bot")
    risk = await sam.asks("Correction: my boss has harassed me")

    assert wording.REASONS[Reason.ASKED] in person.last
    assert wording.REASONS[Reason.POLICY_RISK] in risk.last


async def test_a_risk_term_is_a_word_of_its_own(office: Office) -> None:
    """In any of its forms, and not as a part of other words."""
    await office.configure(risk_terms=("rep", "top", "sue"))
    sam = office.person("sam")

    thread = await sam.asks("When is a laptop replaced?")
    risk = await sam.asks("A customer sued us over an issue with a laptop")

    assert "4 years" in thread.last
    assert wording.REASONS[Reason.POLICY_RISK] in risk.last


async def test_a_person_fetched_for_anothers_question_is_told_what_it_is_about(
    office: Office,
) -> None:
    """The button stands under an answer that everyone in the thread can read."""
    thread = await office.person("sam").asks("When is a laptop replaced?")

    await office.person("priya").presses(thread.posts[-1], wording.TALK_TO_PERSON)

    assert "When is a laptop replaced?" in office.card().text
    assert wording.NOTHING_ASKED not in office.card().text
