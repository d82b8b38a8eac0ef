"""``/desk``: what it says, to whom, and everything it refuses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core import admin_wording, thread_wording, wording
from core.drafts import Task
from core.escalation import Reason
from core.ids import AccountKey, Platform, WorkspaceKey
from core.messages import Trust
from core.text import one_line
from tests.conftest import OpenOffice
from tests.fakes.models import DeadModel, ScriptedModel
from tests.fakes.reading import shown
from tests.scenarios.in_process import InProcess
from tests.scenarios.office import Office, Someone, Thread

ADMINS_ONLY = (
    "config",
    "config support-channel #support",
    "config staff add @sam",
    "config admins add @sam",
    "config risk-terms none",
    "CONFIG staff remove @maya",
    "config history",
    "config undo",
    "check",
)


async def asked_in(office: Office, thread: Thread) -> list[str]:
    """What the bot has in mind of a thread, word for word."""
    session = await office.product.sessions.load(thread.key)
    return [each.asked for each in session.exchanges] if session else []


async def test_help_shows_what_this_person_may_use(office: Office) -> None:
    """Employees see three words, admins also those that configure; nothing at all means help."""
    sam, alex = office.person("sam"), office.person("alex")

    plain, admins = await sam.commands("help"), await alex.commands("")

    assert "/desk ask" in plain
    assert "/desk human" in plain
    assert "/desk config" not in plain
    assert "/desk check" not in plain
    assert "/desk config" in admins
    assert "/desk check" in admins
    assert office.log == []


async def test_ask_answers_in_the_direct_chat(office: Office) -> None:
    """The private reply says where; the answer is there and nowhere else."""
    sam = office.person("sam")

    said = await sam.commands("ask When is a laptop replaced?")

    assert said == wording.ASK_TAKEN
    assert "4 years" in office.seen_in("dm-sam")[-1].text
    assert office.seen_in("help") == []


async def test_new_says_and_shows_nothing_where_nothing_was_said(office: Office) -> None:
    """Above all it does not begin the conversation that it would put aside."""
    assert await office.person("sam").commands("new") == shown(thread_wording.AFRESH_ALREADY)
    assert office.log == []


@pytest.mark.not_on("slack", "what is written there outside of a thread begins a new one anyway")
async def test_new_puts_the_direct_conversation_aside(office: Office) -> None:
    """What follows leans on nothing said before; threads in channels are not touched."""
    sam = office.person("sam")
    shared = await sam.asks("When is a laptop replaced?")
    await sam.writes("How long does the VPN stay connected?")

    first = await sam.commands("new")
    second = await sam.commands("new")
    direct = await sam.writes("and how many devices?")

    assert first == shown(thread_wording.AFRESH)
    assert second == shown(thread_wording.AFRESH_ALREADY)
    assert await asked_in(office, shared) == ["When is a laptop replaced?"]
    assert await asked_in(office, direct) == ["and how many devices?"]


async def test_ask_without_a_question_asks_for_one(office: Office) -> None:
    """Nothing is sent."""
    assert await office.person("sam").commands("ask   ") == shown(wording.ASK_NEEDS_WORDS)
    assert office.log == []


async def test_a_long_question_is_taken_whole_or_refused_aloud(open_office: OpenOffice) -> None:
    """No word after the four-thousandth character is dropped without saying so."""
    model = ScriptedModel()
    office = await open_office(model)
    sam = office.person("sam")

    await sam.commands("ask When is a laptop replaced? " + "so to say " * 500 + "TheLastWord")
    assert "TheLastWord" in model.seen(Task.ROUTE)

    await sam.commands("ask " + "so to say " * 2_000)
    assert "too long" in office.seen_in("dm-sam")[-1].text


async def test_human_asks_for_a_person_in_the_direct_chat(office: Office) -> None:
    """With or without a word on what it is about."""
    sam, priya = office.person("sam"), office.person("priya")

    assert await sam.commands("human") == wording.HUMAN_TAKEN
    assert "Request H-1" in office.card().text
    assert await priya.commands("human my badge is broken") == wording.HUMAN_TAKEN

    assert "my badge is broken" in office.card().text
    assert "From: Priya, in direct messages" in office.card().text


async def test_the_same_command_delivered_twice_is_one_question(office: Office) -> None:
    """A platform that repeats a command gets one answer in the chat."""
    sam = office.person("sam")
    await sam.commands("human")
    await sam.commands("human", again=True)

    assert len([each for each in office.log if "Request H-" in each.title]) == 1


async def test_a_word_nobody_knows_is_answered_with_help(office: Office) -> None:
    """And cannot carry a link, an image or a second line into the reply."""
    word = "![x](https://evil.example/a)\nBot:done"

    said = await office.person("sam").commands(word)

    assert said == shown(wording.COMMAND_UNKNOWN.format(word=one_line(word, 30)))
    assert "\n" not in said
    assert "done" not in said


@pytest.mark.parametrize("text", ADMINS_ONLY)
@pytest.mark.parametrize("name", ["sam", "maya"])
async def test_a36_who_is_no_admin_configures_and_reads_nothing(
    office: Office, name: str, text: str
) -> None:
    """Employees and staff are refused in private; no setting is shown or changed."""
    before = await office.settings()

    said = await office.person(name).commands(text)

    assert said == wording.NOT_ADMIN
    assert await office.settings() == before
    assert office.log == []


async def test_a37_a_name_makes_no_admin(office: Office) -> None:
    """Somebody who calls themself Admin is an employee."""
    sam = office.person("sam")
    named = sam.called("Alex (Admin)")

    assert await named.commands("config") == wording.NOT_ADMIN


@pytest.mark.not_on("teams", "Teams tells a bot of no administrators; the settings name them")
async def test_a37_rights_end_with_the_role(office: Office) -> None:
    """A demoted admin is refused at the next command, whatever the one before said."""
    alex = office.person("alex")
    assert "Support channel" in await alex.commands("config")

    await office.stage.person("alex")
    before = await office.settings()

    assert await alex.commands("config staff add @sam") == wording.NOT_ADMIN
    assert await office.settings() == before


async def test_a37_an_admin_from_outside_is_none(office: Office) -> None:
    """A guest in the list of admins gets what guests get."""
    alex = office.person("alex", Trust.GUEST)
    await office.person("alex").commands("config admins add @alex")

    assert await alex.commands("config") == wording.NOT_ADMIN


@pytest.mark.only_in_process("no request of another workspace comes past a platform's gate")
async def test_a38_an_admin_elsewhere_changes_nothing_here(office: Office) -> None:
    """Commands act on the workspace their sender is verified in, and on no other."""
    alex = office.person("alex")
    elsewhere = WorkspaceKey(Platform.WEB, "elsewhere")
    stranger = Someone(office, replace(alex.actor, workspace=elsewhere))
    before = await office.settings()

    await stranger.commands("config risk-terms biscuits")
    await stranger.commands("config support-channel #help anyway")

    assert await office.settings() == before
    theirs = await office.product.workspaces.settings(elsewhere)
    assert theirs.risk_terms == ("biscuits",)
    assert theirs.support_channel.startswith("web/elsewhere/")


async def test_a39_a_channel_that_everyone_reads_is_refused_once_with_the_reason(
    office: Office,
) -> None:
    """Cards say what people need help with; only a second, explicit word sends them there."""
    alex = office.person("alex")
    before = await office.settings()

    said = await alex.commands("config support-channel #help")
    assert said == shown(admin_wording.CONFIG_OPEN_CHANNEL.format(name="#help"))
    assert await office.settings() == before

    assert "Handoff cards now go to #help" in await alex.commands(
        "config support-channel #help anyway"
    )


@pytest.mark.parametrize("name", ["#nowhere", "", "<#C999|general>", "https://evil.example"])
async def test_a39_a_channel_that_is_not_here_is_refused(office: Office, name: str) -> None:
    """A foreign, unknown or missing channel changes nothing."""
    before = await office.settings()

    said = await office.person("alex").commands(f"config support-channel {name} anyway")

    assert "I can't find the channel" in said
    assert await office.settings() == before


async def test_people_are_added_and_removed(office: Office) -> None:
    """Each change is said with the number of the settings, and takes effect at once."""
    alex, sam, tom = (office.person(each) for each in ("alex", "sam", "tom"))
    await sam.asks("human please")

    said = await alex.commands("config staff remove @tom")
    assert "Tom was removed from staff (settings version 2)" in said
    assert await tom.presses(office.card(), "Claim") == shown(wording.NOT_STAFF)

    await alex.commands("config staff add @tom")
    assert await tom.presses(office.card(), "Claim") == ""
    await alex.commands("config admins add @sam")
    assert "Support channel" in await sam.commands("config")
    assert (await office.settings()).version == 4


async def test_who_is_not_listed_cannot_be_removed(office: Office) -> None:
    """Somebody who is an admin of the platform stays one; no version is counted for nothing."""
    alex = office.person("alex")
    before = await office.settings()

    said = await alex.commands("config admins remove @alex")

    assert "not on the list of admins" in said
    assert await office.settings() == before


@pytest.mark.only_in_process("a directory without a person is a line of this fake")
async def test_who_has_left_can_be_removed(office: Office) -> None:
    """Under the id that the list shows, as the directory knows them no more."""
    stage = office.stage
    assert isinstance(stage, InProcess)
    del stage.directory.profiles["maya"]

    said = await office.person("alex").commands("config staff remove maya")

    assert "maya was removed from staff" in said
    assert str(stage.account("maya")) not in (await office.settings()).staff


async def test_several_people_at_once_are_not_taken_for_one_name(office: Office) -> None:
    said = await office.person("alex").commands("config staff add @sam @priya")

    assert said == shown(admin_wording.CONFIG_ONE_PERSON)


async def test_adding_somebody_twice_lists_them_once(office: Office) -> None:
    """Nothing to clean up later."""
    alex = office.person("alex")
    await alex.commands("config staff add @sam")
    await alex.commands("config staff add @sam")

    staff = (await office.settings()).staff
    assert len(staff) == len(set(staff)) == 3


@pytest.mark.parametrize(
    "text",
    [
        "config nonsense",
        "config staff",
        "config staff add",
        "config staff promote @sam",
        "config risk-terms",
        "config risk-terms   ",
        "config risk-terms " + "x" * 201,
    ],
)
async def test_half_a_command_is_answered_with_how_to_write_it(office: Office, text: str) -> None:
    """Nothing changes; above all, risk terms are not wiped by a missing word."""
    alex = office.person("alex")
    await alex.commands("config risk-terms harassment, lawsuit")
    before = await office.settings()

    assert await alex.commands(text) == shown(admin_wording.CONFIG_USAGE)
    assert await office.settings() == before


async def test_a_stranger_cannot_be_added(office: Office) -> None:
    """Only people the platform knows."""
    said = await office.person("alex").commands("config staff add @nobody")

    assert said == admin_wording.CONFIG_NO_PERSON.format(name="@nobody")


async def test_more_people_than_the_settings_hold_are_refused(office: Office) -> None:
    """The command answers instead of failing."""
    home = office.stage.home
    await office.configure(staff=tuple(str(AccountKey(home, f"u{n}")) for n in range(500)))

    said = await office.person("alex").commands("config staff add @sam")

    assert said == shown(admin_wording.CONFIG_USAGE)
    assert len((await office.settings()).staff) == 500


async def test_risk_terms_lead_to_a_person_until_they_are_cleared(office: Office) -> None:
    """From the next message on, in both directions."""
    alex, sam = office.person("alex"), office.person("sam")
    question = "What is the per diem for Austria?"

    assert "Risk terms set: 1" in await alex.commands("config risk-terms per diem")
    assert wording.REASONS[Reason.POLICY_RISK] in (await sam.asks(question)).last
    assert "Risk terms set: 0" in await alex.commands("config risk-terms none")

    assert "€50" in (await sam.asks(question)).last


async def test_check_says_that_everything_works(office: Office) -> None:
    """Nothing but good lines, five at least."""
    said = await office.person("alex").commands("check")

    assert said.startswith("Everything works")
    assert said.count("✓") == len(said.splitlines()) - 1 >= 5


@pytest.mark.not_on("claude", "while Claude is down the offline model answers in its place")
async def test_check_says_what_to_mend(open_office: OpenOffice) -> None:
    """A dead model, an unreachable channel and missing staff are each named with a remedy."""
    office = await open_office(DeadModel())
    await office.staff(channel="gone")

    said = await office.person("alex").commands("check")

    assert said.startswith("Some things need mending")
    assert "✗ Language model: failed (model_unavailable)" in said
    assert "cannot be reached. Invite me there or choose another" in said
    assert "✗ Support staff: nobody, so nobody can claim." in said
    assert "✓ Database" in said
