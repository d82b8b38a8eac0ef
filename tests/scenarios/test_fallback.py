"""When the configured model fails or knows no better: no guess, and people are told who speaks."""

from __future__ import annotations

import pytest

from adapters.llm.offline import OfflineModel
from adapters.llm.steadfast import SteadfastModel
from core import wording
from core.drafts import Task
from core.escalation import Reason
from tests.conftest import OpenOffice
from tests.fakes.models import DeadModel, ScriptedModel, calls, routes, says

pytestmark = pytest.mark.only_in_process("the models are given")

WEAK = "How much parental leave do I get in Austria?"  # found, but not enough
STRONG = "When is a laptop replaced?"


async def test_a_fallback_does_not_answer_below_the_threshold(open_office: OpenOffice) -> None:
    """Whatever it would quote: the search itself does not believe in it."""
    spare = ScriptedModel(route=routes("question", WEAK), answer=says("Some leave."))
    office = await open_office(SteadfastModel(DeadModel(), spare))

    thread = await office.person("sam").asks(WEAK)

    assert [each.task for each in spare.prompts] == [Task.ROUTE, Task.ANSWER]
    assert wording.REASONS[Reason.MODEL_UNAVAILABLE] in thread.last
    assert "Some leave" not in " ".join(each.text for each in office.log)


async def test_a_fallback_answers_from_the_threshold_on_and_says_so(
    open_office: OpenOffice,
) -> None:
    """The person knows why the answer is only a quotation."""
    spare = ScriptedModel(route=routes("question", STRONG), answer=says("After 4 years."))
    office = await open_office(SteadfastModel(DeadModel(), spare))

    thread = await office.person("sam").asks(STRONG)

    assert "After 4 years." in thread.last
    assert wording.DEGRADED in thread.last


async def test_a_model_that_invents_tools_is_not_asked_to_guess_either(
    open_office: OpenOffice,
) -> None:
    """A person takes over, with what was found."""
    model = ScriptedModel(
        route=routes("action", WEAK), act=calls("delete_everything"), answer=says("Some leave.")
    )
    office = await open_office(model)

    thread = await office.person("sam").asks("Book my parental leave in Austria")

    assert Task.ANSWER not in [each.task for each in model.prompts]
    assert wording.REASONS[Reason.IMPACT] in thread.last
    assert "Some leave" not in thread.last


async def test_what_the_documents_surely_say_is_answered_all_the_same(
    open_office: OpenOffice,
) -> None:
    """A tool that does not exist is no reason to keep a good answer back."""
    model = ScriptedModel(
        route=routes("action", STRONG),
        act=calls("delete_everything"),
        answer=says("After 4 years."),
    )
    office = await open_office(model)

    thread = await office.person("sam").asks("Replace my laptop")

    assert "After 4 years." in thread.last


async def test_an_action_that_a_fallback_chose_says_so(open_office: OpenOffice) -> None:
    """It is offered, confirmed by a person as ever, and marked."""
    office = await open_office(SteadfastModel(DeadModel(), OfflineModel()))

    thread = await office.person("sam").asks("Please report that the printer is out of paper")

    assert wording.CONFIRM_TITLE in thread.last
    assert wording.DEGRADED_ACTION in thread.last
