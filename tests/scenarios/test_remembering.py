"""What the bot keeps about a person: on their word alone, for their eyes alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import BaseModel

from adapters.storage.accounts import SqlAccountStore
from adapters.tools.report import ReportProblem
from core import memory_wording, wording
from core.account import FactSource
from core.discretion import Matter
from core.tools import Caller, ToolOutcome
from tests.conftest import OpenOffice
from tests.fakes.models import ScriptedModel, calls, routes
from tests.fakes.reading import shown
from tests.scenarios.office import Office, Someone, Thread
from tests.scenarios.props import later, shown_to, with_tools
from tests.scenarios.stage import Seen

MAC = "Remember that I use a Mac"


def offer(office: Office) -> Seen:
    """The newest question whether something shall be remembered."""
    return [each for each in office.log if memory_wording.OFFER_TITLE in each.text][-1]


async def known(someone: Someone) -> dict[str, tuple[str, FactSource]]:
    """What somebody said and is kept."""
    accounts = SqlAccountStore(someone.office.product.database)
    facts = (await accounts.recall(someone.key)).facts
    return {each.key: (each.value, each.source) for each in facts if each.source.by_word}


async def test_a_fact_is_kept_when_its_person_says_yes(office: Office) -> None:
    """Asked privately in a shared thread; others cannot press; twice has one effect."""
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks(MAC)
    asked = offer(office)
    assert asked.only_for == "sam"
    assert "You use a Mac." in asked.text
    assert thread.public() == [memory_wording.ANSWERED_PRIVATELY.format(name="Sam")]
    assert await known(sam) == {}

    assert await priya.presses(asked, "Yes") in (
        wording.NOT_YOURS,
        wording.NOT_THIS_CARD,
        "",  # a platform on which she cannot even press it
    )
    assert await known(sam) == {}
    await sam.presses(asked, "Yes")
    again = await sam.presses(asked, "Yes")

    assert await known(sam) == {"computer": ("You use a Mac", FactSource.PERSON)}
    assert await known(priya) == {}
    assert wording.ACTION_GONE in again
    told = [each for each in office.log if "I'll remember it: You use a Mac." in each.text]
    assert len(told) == 1
    assert not any("Mac" in each for each in thread.public())


async def test_no_means_no(office: Office) -> None:
    sam = office.person("sam")
    await sam.writes(MAC)

    await sam.presses(offer(office), "No")
    await sam.presses(offer(office), "Yes")

    assert await known(sam) == {}


@pytest.mark.only_in_process("clocks are moved")
async def test_an_offer_to_remember_ends_after_ten_minutes(office: Office) -> None:
    sam = office.person("sam")
    await sam.writes(MAC)

    later(office, timedelta(minutes=11))
    await sam.presses(offer(office), "Yes")

    assert await known(sam) == {}
    assert wording.ACTION_EXPIRED in office.log[-1].text


@pytest.mark.only_in_process("what is remembered knows nothing of platforms")
async def test_a_new_word_takes_the_old_ones_place_and_says_so(office: Office) -> None:
    sam = office.person("sam")
    for words in (MAC, "Remember that I use a Windows PC"):
        await sam.writes(words)
        await sam.presses(offer(office), "Yes")

    assert await known(sam) == {"computer": ("You use a Windows PC", FactSource.PERSON)}
    assert "(Until now: You use a Mac.)" in office.log[-1].text


@pytest.mark.only_in_process("what is remembered knows nothing of platforms")
async def test_the_directory_does_not_take_back_what_its_person_said(office: Office) -> None:
    """Sam's laptop is what Sam says it is, until Sam has it forgotten."""
    sam = office.person("sam")
    await sam.writes("Remember that my laptop is a Falcon 9")
    await sam.presses(offer(office), "Yes")

    thread = await sam.writes("What is my laptop?")

    assert "Falcon 9" in thread.last
    assert "Kestrel" not in thread.last


@pytest.mark.only_in_process("what a model proposes knows nothing of platforms")
async def test_what_a_model_proposes_waits_for_the_persons_word(open_office: OpenOffice) -> None:
    """A call of the model's is an offer like any other, and a guess until it is confirmed."""
    model = ScriptedModel(
        route=routes("action"), act=calls("remember", key="Office", value="Porto")
    )
    office = await open_office(model)
    sam = office.person("sam")

    await sam.writes("From now on I am in Porto, so take that into account")

    assert await known(sam) == {}
    await sam.presses(offer(office), "Yes")
    assert await known(sam) == {"office": ("Porto", FactSource.PERSON)}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("Remember that my password is hunter2", Matter.SECRET),
        ("Remember that I have diabetes", Matter.SENSITIVE),
    ],
)
@pytest.mark.only_in_process("what is refused knows nothing of platforms")
async def test_what_is_never_kept_is_refused_privately(
    open_office: OpenOffice, words: str, why: Matter
) -> None:
    """No offer, no fact, no exchange: the next prompt does not know it either."""
    model = ScriptedModel()
    office = await open_office(model)
    sam = office.person("sam")

    thread = await sam.asks(words)
    await sam.replies(thread, "When is a laptop replaced?", mention=True)

    assert thread.private("sam")[0] == shown(memory_wording.NOT_KEPT[why])
    assert await known(sam) == {}
    assert words not in shown_to(model)


@pytest.mark.only_in_process("prompts know nothing of platforms")
async def test_a53_what_was_kept_never_reaches_a_shared_prompt(open_office: OpenOffice) -> None:
    """Priya's question in the same thread is answered without it."""
    model = ScriptedModel()
    office = await open_office(model)
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks("When is a laptop replaced?")
    await sam.replies(thread, "Remember that my desk is 14B-CANARY", mention=True)
    await sam.presses(offer(office), "Yes")
    asked = len(model.prompts)

    await priya.replies(Thread(office, "help", thread.thread_id), "Where do I sit?", mention=True)

    assert len(model.prompts) > asked
    assert "14B-CANARY" not in shown_to(model, asked)


class Looks(ReportProblem):
    """A tool that comes to know something about its requester."""

    async def run(self, arguments: BaseModel, caller: Caller, key: str) -> ToolOutcome:
        done = await super().run(arguments, caller, key)
        return replace(done, facts=(("Nearest printer", "Kyocera 7"),))


@pytest.mark.only_in_process("tools know nothing of platforms")
async def test_what_a_tool_came_to_know_is_kept_about_its_requester(office: Office) -> None:
    """From the verified caller, for a month; a word of the person's stands against it."""
    with_tools(office, Looks())
    sam, priya = office.person("sam"), office.person("priya")
    thread = await sam.asks("Please report that the printer on floor 2 is out of paper")
    (offered,) = [each for each in thread.posts if "Shall I do this?" in each.text]

    await sam.presses(offered, "Confirm")

    facts = (await SqlAccountStore(office.product.database).recall(sam.key)).facts
    (printer,) = [each for each in facts if each.key == "nearest printer"]
    assert (printer.value, printer.source) == ("Kyocera 7", FactSource.TOOL)
    assert printer.expires_at == printer.learned_at + timedelta(days=30)
    assert "(from a tool, " in await sam.commands("memory")
    assert "Kyocera" not in await priya.commands("memory")


@pytest.mark.only_in_process("admins command alike everywhere")
async def test_an_admin_says_something_about_somebody_who_sees_by_whom(office: Office) -> None:
    """With history and an end; nobody else may, and what nobody keeps is refused here, too."""
    sam, alex = office.person("sam"), office.person("alex")

    assert await sam.commands("config fact @sam office = Porto") == shown(wording.NOT_ADMIN)
    said = await alex.commands("config fact @sam office = Porto for 30 days")
    secret = await alex.commands("config fact @sam password = hunter2")
    nobody = await alex.commands("config fact @nobody office = Porto")

    ends = f"{office.at + timedelta(days=30):%Y-%m-%d}"
    assert said == f"Sam is known for this now, until {ends}: office = Porto. They see who said so."
    assert secret == shown(memory_wording.NOT_KEPT[Matter.SECRET])
    assert "I can't find @nobody" in nobody
    assert await known(sam) == {"office": ("Porto", FactSource.ADMIN)}
    assert f"Your office: Porto. (Alex said so, an admin, {office.at:%Y-%m-%d}, until {ends})" in (
        await sam.commands("memory")
    )
    await alex.commands("config fact @sam office = none")
    assert await known(sam) == {}
