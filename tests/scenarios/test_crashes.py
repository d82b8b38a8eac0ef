"""A process dies at any moment: what was acknowledged gets one visible answer all the same.

Judged by the chat's own log alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.llm.offline import OfflineModel
from core import wording
from core.drafts import Completion, Prompt, Task
from core.ids import ThreadKey
from core.session import Exchange, ExchangeKind, Session
from tests.fakes.chat import HOME
from tests.fakes.fate import Crash, Fate
from tests.fakes.models import ScriptedModel
from tests.scenarios.lives import SAM, START, Lives, asks

LAPTOP, LAPTOPS = "When is a laptop replaced?", "Laptops and the new-starter kit"
VIENNA, HOTELS = "What is the hotel limit in Vienna?", "Hotel limits by city"
MILEAGE, DRIVING = "What is the mileage rate?", "Mileage and driving for work"
PERSON = "I want to talk to a real person please"

STORY = (asks(LAPTOP, 1), asks(VIENNA, 2), asks(MILEAGE, 3, "m1"), asks(PERSON, 4))


def held(lives: Lives) -> None:
    """Every message of the story has its one answer, in its thread, in order; one card stands."""
    first, second, handed_over = (lives.replies(thread) for thread in ("m1", "m2", "m4"))
    assert len(first) == 2
    assert LAPTOPS in first[0].text
    assert DRIVING in first[1].text
    assert len(second) == 1
    assert HOTELS in second[0].text
    assert len(handed_over) == 1
    assert "Your request is H-1" in handed_over[0].text
    assert ["Request H-1" in each.text for each in lives.replies("", "support")] == [True]
    assert len(lives.chat.log) == 5


@pytest.mark.parametrize("when", ["before", "after"])
async def test_f16_a_process_may_die_at_any_step(lives: Lives, staffed: Path, when: str) -> None:
    """Around every commit, post and model call of a story, one after the other."""
    undisturbed = Fate()
    office = await lives.begin(undisturbed)
    for each in STORY:
        await office.product.door.message(each)
    await office.settled()
    held(lives)
    steps = [each for each in undisturbed.steps if each.startswith(when)]
    assert len(steps) > 25

    for nth in range(1, len(steps) - 2):  # their number varies a little with what is grouped
        another = Lives(lives.folder / f"{when}{nth}", staffed)
        try:
            await another.survive(Fate(when, nth=nth), *STORY)
            held(another)
        finally:
            await another.close()


async def test_f01_before_the_inbox_commit(lives: Lives) -> None:
    """Nothing was acknowledged; the platform delivers again; one turn."""
    await lives.survive(Fate("before", "Inbox.accept"), asks(LAPTOP, 1))

    assert len(lives.replies("m1")) == 1


async def test_f02_after_the_commit_before_the_acknowledgement(lives: Lives) -> None:
    """The platform delivers again; it is recognised; one turn."""
    lives.model = model = ScriptedModel()

    await lives.survive(Fate("after", "Inbox.accept"), asks(LAPTOP, 1))

    assert len(lives.replies("m1")) == 1
    assert count(model, Task.ANSWER) == 1


async def test_f03_after_the_claim(lives: Lives) -> None:
    """The next process claims it at once."""
    await lives.survive(Fate("after", "Inbox.accept"), asks(LAPTOP, 1))

    assert len(lives.replies("m1")) == 1


async def test_f04_after_the_models_answer_before_it_is_kept(lives: Lives) -> None:
    """The model is asked again, and billed twice; one reply."""
    lives.model = model = ScriptedModel()

    await lives.survive(Fate("after", "model answer"), asks(LAPTOP, 1))

    assert count(model, Task.ANSWER) == 2
    assert count(model, Task.ROUTE) == 1
    assert len(lives.replies("m1")) == 1


async def test_f05_after_the_turn_is_kept_before_the_send(lives: Lives) -> None:
    """The saved text is posted; no second call."""
    lives.model = model = ScriptedModel()

    await lives.survive(Fate("after", "Inbox.finish"), asks(LAPTOP, 1))

    assert count(model, Task.ANSWER) == 1
    assert len(lives.replies("m1")) == 1


async def test_f06_after_the_intent_before_the_send(lives: Lives) -> None:
    """It is looked for, not found, and posted once."""
    await lives.survive(Fate("before", "post"), asks(LAPTOP, 1))

    assert lives.chat.looked == 1
    assert len(lives.replies("m1")) == 1


async def test_f07_in_the_middle_of_the_send(lives: Lives) -> None:
    """People saw it, we never heard: it is looked for and adopted."""
    await lives.survive(Fate("after", "post"), asks(LAPTOP, 1))

    assert lives.chat.looked == 1
    assert len(lives.replies("m1")) == 1


async def test_f08_after_the_send_before_the_receipt_is_kept(lives: Lives) -> None:
    """The post is adopted; a follow-up in the thread comes after it."""
    office = await lives.survive(Fate("before", "Inbox.delivered"), asks(LAPTOP, 1))
    await office.product.door.message(asks(VIENNA, 2, "m1"))
    await office.settled()

    first, second = lives.replies("m1")
    assert LAPTOPS in first.text
    assert HOTELS in second.text


@pytest.mark.parametrize("when", ["before", "after"])
async def test_f12_during_the_summary(lives: Lives, when: str) -> None:
    """The memory is the one before or the one after; nothing said is lost; one reply each."""
    thread = ThreadKey(HOME, "help", "m1")
    said = [
        Exchange(
            f"t{n}", SAM.key, "Sam", f"question {n}", f"answer {n}", START, ExchangeKind.ANSWER
        )
        for n in range(20)
    ]
    office = await lives.begin(fate := Fate(), works=False)
    await office.product.sessions.save(Session(thread, exchanges=tuple(said), helping=SAM.key))
    await lives.end(office, fate)

    await lives.survive(Fate(when, "SqlSessionStore.save"), asks(LAPTOP, 1))
    office = lives._living[-1]
    await office.product.door.message(asks(VIENNA, 2, "m1"))
    await office.settled()

    session = await office.product.sessions.load(thread)
    assert session is not None
    assert bool(session.summary) or len(session.exchanges) == 22
    assert session.exchanges[-1].asked == VIENNA
    assert len(lives.replies("m1")) == 2


async def test_f13_during_the_escalation(lives: Lives) -> None:
    """The case is there, the turn is not: one case, one card, one word to the requester."""
    await lives.survive(Fate("after", "SqlCaseStore.open"), asks(PERSON, 1))

    assert len(lives.replies("", "support")) == 1
    (told,) = lives.replies("m1")
    assert "Your request is H-1" in told.text


async def test_f13_the_card_is_posted_its_receipt_is_not(lives: Lives) -> None:
    """The card is adopted, and its buttons work."""
    fate = Fate("before", "Inbox.delivered")
    office = await lives.survive(fate, asks(PERSON, 1))

    (card,) = lives.replies("", "support")
    answer = await office.person("maya").presses(card, "Claim")

    assert answer == ""
    assert "Maya has taken your request" in lives.replies("m1")[-1].text


async def test_f14_during_the_claim(lives: Lives) -> None:
    """The claim is kept: the card shows the owner at the next start, and the requester is told."""
    office = await lives.begin(fate := Fate())
    await office.product.door.message(asks(PERSON, 1))
    await office.settled()
    (card,) = lives.replies("", "support")
    fate.when, fate.step, fate.nth = "after", "SqlCaseStore.take", 1
    with pytest.raises(Crash):
        await office.person("maya").presses(card, "Claim")
    await lives.end(office, fate)
    assert "Maya has this" not in office.card().text

    office = await lives.begin()
    await office.settled()

    assert "Maya has this" in office.card().text
    assert office.card().message_id == card.message_id
    told = [each.text for each in lives.replies("m1")]
    assert sum("Maya has taken your request" in each for each in told) == 1


class Poisonous(OfflineModel):
    """Ends the process that asks it about poison."""

    def __init__(self) -> None:
        super().__init__()
        self.fate = Fate()

    async def complete(self, prompt: Prompt) -> Completion:
        if "poison" in prompt.pieces[-1].text:
            self.fate.dead = True
            raise Crash
        return await super().complete(prompt)


async def test_f18_a_message_that_kills_processes_is_given_up_after_three(lives: Lives) -> None:
    """Its writer is told and gets a person; the others are answered; nothing is done thrice."""
    lives.model = poisonous = Poisonous()
    office = await lives.begin(poisonous.fate, works=False)
    await office.product.door.message(asks(LAPTOP, 1))
    await office.product.door.message(asks("Is the poison in room 3 dangerous?", 2))
    office.start()
    for _ in range(3):
        with pytest.raises(Crash):
            await office.settled()
        await lives.end(office, poisonous.fate)
        poisonous.fate = Fate()
        office = await lives.begin(poisonous.fate)
    await office.product.door.message(asks(VIENNA, 3))
    await office.settled()

    assert [LAPTOPS in each.text for each in lives.replies("m1")] == [True]
    assert [HOTELS in each.text for each in lives.replies("m3")] == [True]
    apology = lives.replies("m2")
    assert wording.GAVE_UP in apology[0].text
    assert len(lives.replies("", "support")) == 1


def count(model: ScriptedModel, task: Task) -> int:
    """How often a model was asked to do something."""
    return sum(prompt.task is task for prompt in model.prompts)
