"""In a shared thread what is general is for all, what is personal for its asker alone."""

from __future__ import annotations

import pytest

from core import wording
from core.drafts import Completion, Prompt, Span, Stop, Task
from core.window import Part
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, routes
from tests.scenarios.props import last_prompt, shown_to

BOTH = "How many days of annual leave do I get in Portugal? How many days do I have left?"
POINTER = wording.PRIVATE_POINTER.format(name="Sam")


class TwoParts(ScriptedModel):
    """Says a sentence of the best passage, and others that it was told to say, all of it cited."""

    def __init__(self, *others: str) -> None:
        super().__init__(
            route=routes("account", "how many days of annual leave do I get"), answer=self._say
        )
        self.others = others

    def _say(self, prompt: Prompt) -> Completion:
        passage = [each.passage for each in prompt.pieces if each.passage is not None][-1]
        quoted = passage.text.strip().splitlines()[-1].partition(". ")[0]
        spans = [Span(each, (passage.passage_id,)) for each in (f"{quoted}.", *self.others)]
        return Completion("scripted", Stop.END, tuple(spans))


async def test_a_general_part_is_for_all_and_the_personal_one_for_its_asker(
    open_office: OpenOffice,
) -> None:
    """The thread reads the rule with its source, and that the rest was sent privately."""
    model = TwoParts("You have 11 days left.")
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")

    thread = await sam.asks(BOTH)

    general, pointer = thread.public()
    (private,) = thread.private("sam")
    assert "[1]" in general
    assert pointer == POINTER
    assert "11 days left" in private
    assert not any("11 days" in each for each in thread.public())
    asked = len(model.prompts)
    model.replies[Task.ROUTE] = routes("question")
    await priya.replies(thread, "How long does the VPN stay connected?", mention=True)
    assert "11 days" not in shown_to(model, asked)
    assert BOTH not in last_prompt(model).text_of(Part.EXCHANGE)


@pytest.mark.parametrize(
    "said",
    [
        "You have eleven days left.",  # a fact in other words
        "That makes 11.",
        "In Lisbon it is the same.",  # a word that only a fact explains
        "Your Kestrel is fine.",
    ],
)
@pytest.mark.only_in_process("who may read a stretch is decided before any platform")
async def test_a53_whatever_a_model_passes_off_as_general_stays_private(
    open_office: OpenOffice, said: str
) -> None:
    """Though it cites a document that everybody may read."""
    office = await open_office(TwoParts(said))
    await office.stage.person(
        "sam",
        facts={"annual leave left": "11 days", "office": "Lisbon", "laptop": "Kestrel 14"},
    )

    thread = await office.person("sam").asks(BOTH)

    assert any(said.rstrip(".") in each for each in thread.private("sam"))
    assert not any(said.rstrip(".") in each for each in thread.public())


@pytest.mark.only_in_process("who may read a stretch is decided before any platform")
async def test_an_answer_without_anything_personal_is_for_all(open_office: OpenOffice) -> None:
    """A question that was taken for a personal one hides nothing that everybody may know."""
    office = await open_office(TwoParts())

    thread = await office.person("sam").asks("How many days of annual leave do I get?")

    assert len(thread.public()) == 1
    assert thread.private("sam") == []
    assert "[1]" in thread.public()[0]


@pytest.mark.only_in_process("the offline model knows nothing of platforms")
async def test_two_questions_at_once_are_answered_without_a_model(open_office: OpenOffice) -> None:
    """Each to whom it may go: the rule to all, the laptop to Sam."""
    office = await open_office(ScriptedModel(route=routes("account")))
    sam = office.person("sam")

    thread = await sam.asks("What is my laptop? How long does the VPN stay connected?")

    (private,) = thread.private("sam")
    assert "Kestrel 14" in private
    assert any("12 hours" in each for each in thread.public())
    assert not any("Kestrel" in each for each in thread.public())
