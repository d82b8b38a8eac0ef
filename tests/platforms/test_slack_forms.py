"""``/desk config`` as a modal in Slack: the same effect as its words, and the same rights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import modal
from core import admin_wording, wording
from core.forms import ChannelInput, Form, PeopleInput, TextInput, TickInput
from core.ids import AccountKey, ThreadKey
from core.strategies import Strategy
from core.workspace import WorkspaceSettings
from tests.fakes.slack import TEAM, Fault, eventually
from tests.fakes.slack_events import command, submission
from tests.platforms.slack_setup import US, Whole, product

MODAL = {"type": "modal", "callback_id": "desk.config"}


def staff(*users: str) -> tuple[str, ...]:
    return tuple(f"slack/{TEAM}/{each}" for each in users)


async def opened(made: Whole, user: str = "U2") -> dict[str, Any]:
    """The modal that ``/desk config`` opens."""
    assert await made.sender.command(command("config", user=user)) == {}
    views = [each.message for each in made.slack.log if each.what == "modal"]
    return views[-1]


async def submitted(made: Whole, view: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    """What Slack is told to show after somebody has pressed Save."""
    body = submission(view, **{"user": "U2", **inputs})
    return await made.sender.submit(body)


async def settings_of(made: Whole) -> WorkspaceSettings:
    return await made.running.product.workspaces.settings(US.workspace)


def said(answer: dict[str, Any]) -> str:
    assert answer["response_action"] == "update"
    return json.dumps(answer["view"]["blocks"])


def element(view: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each["element"] for each in view["blocks"] if each["block_id"] == name]
    return dict(found)


async def test_one_form_does_what_five_commands_do(tmp_path: Path) -> None:
    """In one numbered step, by the person who saved it."""
    async with product(tmp_path) as made:
        view = await opened(made)
        answer = await submitted(
            made, view, channel="C2", staff=["U2"], admins=["U1"], terms="lawsuit, press\npolice"
        )

        assert "Saved as settings version 1." in said(answer)
        stored = await settings_of(made)
        assert stored.support_channel == f"slack/{TEAM}/C2/"
        assert (stored.staff, stored.admins) == (staff("U2"), staff("U1"))
        assert stored.risk_terms == ("lawsuit", "press", "police")


async def test_the_form_shows_what_is_set(tmp_path: Path) -> None:
    """And what is left alone stays."""
    async with product(tmp_path) as made:
        await submitted(made, await opened(made), channel="C2", staff=["U2"], terms="lawsuit")
        view = await opened(made)

        assert element(view, "channel")["initial_conversation"] == "C2"
        assert element(view, "staff")["initial_users"] == ["U2"]
        assert element(view, "terms")["initial_value"] == "lawsuit"
        assert admin_wording.FORM_UNCHANGED in said(await submitted(made, view))
        assert (await settings_of(made)).version == 1


async def test_a39_a_channel_that_everyone_can_read_needs_a_tick(tmp_path: Path) -> None:
    """It is refused beside the input, with the reason, once."""
    async with product(tmp_path) as made:
        view = await opened(made)
        refused = await submitted(made, view, channel="C1")
        assert refused == {
            "response_action": "errors",
            "errors": {"channel": admin_wording.FORM_OPEN_CHANNEL},
        }
        assert (await settings_of(made)).version == 0

        assert "version 1" in said(await submitted(made, view, channel="C1", anyway=True))


async def test_what_is_wrong_is_said_beside_each_input(tmp_path: Path) -> None:
    """Nothing is changed by half."""
    async with product(tmp_path) as made:
        made.slack.person("U7", "Gus", is_restricted=True)
        made.slack.channel("C9", "elsewhere", is_member=False)
        answer = await submitted(
            made, await opened(made), channel="C9", staff=["U2", "U7"], terms="x" * 300
        )

        assert answer["errors"] == {
            "channel": admin_wording.FORM_NO_CHANNEL,
            "staff": admin_wording.FORM_NO_PERSON.format(name="Gus"),
            "terms": admin_wording.FORM_TOO_MUCH,
        }
        assert (await settings_of(made)).version == 0


async def test_a36_a37_rights_are_read_again_when_the_form_comes_back(tmp_path: Path) -> None:
    """Whoever opens it is an admin; whoever saves it must be one then."""
    async with product(tmp_path) as made:
        view = await opened(made)

        answer = await submitted(made, view, user="U1", staff=["U1"])

        assert wording.NOT_ADMIN in said(answer)
        assert (await settings_of(made)).version == 0


async def test_who_is_no_admin_gets_no_form(tmp_path: Path) -> None:
    """But the refusal in words."""
    async with product(tmp_path) as made:
        reply = await made.sender.command(command("config", user="U1"))

        assert wording.NOT_ADMIN in reply["text"]
        assert made.slack.called("views.open") == []


async def test_a_form_that_was_overtaken_changes_nothing(tmp_path: Path) -> None:
    """Two admins do not undo each other unseen."""
    async with product(tmp_path) as made:
        view = await opened(made)
        await made.sender.command(command("config staff add <@U1|ana>", user="U2"))
        answer = await submitted(made, view, staff=["U2"])

        assert answer["errors"] == {"channel": admin_wording.FORM_OUTDATED}
        assert (await settings_of(made)).staff == staff("U1")


async def test_requests_that_wait_go_to_the_new_channel(tmp_path: Path) -> None:
    """As with the words."""
    async with product(tmp_path) as made:
        await made.ask("I want to talk to a person, please")
        await eventually(lambda: any(each.what == "post" for each in made.slack.log))

        answer = await submitted(made, await opened(made), channel="C2", staff=["U2"])

        assert "1 waiting request goes there now." in said(answer)
        await eventually(lambda: bool(made.slack.visible("C2")))


async def test_what_belongs_to_another_platform_is_left_alone(tmp_path: Path) -> None:
    """Slack's form cannot show it, so it must not take it away either."""
    async with product(tmp_path) as made:
        theirs = "teams/tenant/0a1b"
        other = WorkspaceSettings(support_channel="teams/tenant/19:x/", staff=(theirs,))
        await made.running.product.workspaces.change(US.workspace, other, "test")
        view = await opened(made)
        await submitted(made, view, staff=["U2"])

        stored = await settings_of(made)
        assert "initial_conversation" not in element(view, "channel")
        assert "go to #19:x in Teams now" in json.dumps(view)
        assert stored.support_channel == "teams/tenant/19:x/"
        assert stored.staff == (theirs, *staff("U2"))


async def test_when_slack_opens_no_form_the_words_come_instead(tmp_path: Path) -> None:
    """A trigger lives three seconds; the settings are shown all the same, by name."""
    async with product(tmp_path) as made:
        await submitted(made, await opened(made), channel="C2", staff=["U2"])
        made.slack.faults.append(Fault("views.open", error="expired_trigger_id"))
        reply = await made.sender.command(command("config", user="U2"))

        shown = json.dumps(reply["blocks"])
        assert "#support" in shown
        assert "Ben" in shown
        assert "U2" not in shown


@pytest.mark.parametrize(
    "broken",
    [
        {"view": None},
        {"view": {"callback_id": "desk.config"}},
        {"view": {"type": "modal", "callback_id": "desk.config"}},
        {"view": {**MODAL, "state": {"values": {"channel": None}}}},
        {"view": {**MODAL, "state": {"values": {"staff": {"value": {"selected_users": [1]}}}}}},
        {"view": {**MODAL, "callback_id": "other", "state": {"values": {}}}},
        {"user": None},
    ],
)
async def test_a_broken_submission_gets_a_quiet_answer(
    tmp_path: Path, broken: dict[str, Any]
) -> None:
    """And changes nothing."""
    async with product(tmp_path) as made:
        body = submission({"blocks": []}, user="U2") | broken

        assert await made.sender.interaction(body) == 200
        assert (await settings_of(made)).version == 0


def test_a_form_keeps_slacks_limits() -> None:
    """Slack, "modal": titles of 24 characters, hints of 2,000."""
    people = (AccountKey(US.workspace, "U1"),)
    form = Form(
        "config",
        "A title that is too long for Slack",
        (
            ChannelInput("a", "A", ThreadKey(US.workspace, "C1", ""), "h" * 3_000),
            PeopleInput("b", "B", people),
            TextInput("c", "C", "words"),
            TickInput("d", "D", "Yes"),
        ),
        token="7",
    )

    view = modal.draw(form)

    assert len(view["title"]["text"]) <= 24
    assert len(view["blocks"][0]["hint"]["text"]) <= 2_000
    kinds = [each["element"]["type"] for each in view["blocks"]]
    assert kinds == ["conversations_select", "multi_users_select", "plain_text_input", "checkboxes"]
    assert all(each["optional"] for each in view["blocks"])
    assert (view["callback_id"], view["private_metadata"]) == ("desk.config", "7")


async def test_a_source_is_added_by_a_form(tmp_path: Path) -> None:
    """``/desk sources add`` without more opens it; what is wrong stands beside its input."""
    async with product(tmp_path) as made:
        assert await made.sender.command(command("sources add", user="U2")) == {}
        view = [each.message for each in made.slack.log if each.what == "modal"][-1]
        wrong = await submitted(made, view, address="nowhere", audience="", pages="many", owner="")
        right = {"audience": "everyone", "pages": "20", "owner": "IT"}
        done = await submitted(made, view, address="169.254.169.254/latest", **right)

        assert set(wrong["errors"]) == {"address", "audience", "pages"}
        assert "Added https://169.254.169.254/latest (settings version 1)" in said(done)
        (source,) = (await settings_of(made)).sources
        assert (source.audience, source.pages, source.owner) == ("everyone", 20, "IT")


async def test_the_form_says_how_threads_are_remembered(tmp_path: Path) -> None:
    """Everywhere, or in one channel; what was chosen for all is shown."""
    async with product(tmp_path) as made:
        await submitted(made, await opened(made), memory="summary")
        view = await opened(made)
        assert element(view, "memory")["initial_option"]["value"] == "summary"

        changed = submission(view, user="U2", memory="window", **{"memory-channel": "C1"})
        assert "Saved as settings version 2." in said(await made.sender.submit(changed))

        settings = await settings_of(made)
        assert settings.memory_in(ThreadKey(US.workspace, "C1", "1.0")) is Strategy.WINDOW
        assert settings.memory_in(ThreadKey(US.workspace, "C2", "1.0")) is Strategy.SUMMARY
