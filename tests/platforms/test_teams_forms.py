"""The settings as a form in Teams: a card with inputs, filled in and sent back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import admin_wording, wording
from core.ids import AccountKey, ThreadKey
from core.strategies import Strategy
from core.workspace import WorkspaceSettings
from tests.fakes.teams import HELP, SUPPORT, TENANT, Person, Seen, buttons, chat
from tests.fakes.teams_activities import asks, presses, submits
from tests.platforms.teams_setup import HOME, Tenant, tenant

ADMIN = f"teams/{TENANT}/00000000-0000-4000-8000-000000000004"


async def opened(home: Tenant, who: str = "tom") -> Seen:
    """Somebody asks for the settings in a channel; what then stands in their chat."""
    person = home.teams.people[who]
    await home.asks(person, "desk config")
    return home.last(chat(person))


def inputs(seen: Seen) -> dict[str, dict[str, Any]]:
    cards = [each["content"] for each in seen.activity.get("attachments", [])]
    body = [element for card in cards for element in card["body"]]
    return {each["id"]: each for each in body if each["type"].startswith("Input.")}


def filled(seen: Seen, **changes: str) -> dict[str, str]:
    """What the inputs of a form hold, with these changed."""
    return {name: each["value"] for name, each in inputs(seen).items()} | changes


async def settings(home: Tenant) -> WorkspaceSettings:
    return await home.running.product.workspaces.settings(HOME)


async def saved(home: Tenant, form: Seen, who: Person, **changes: str) -> str:
    return await home.presses(who, form, "Save", **filled(form, **changes))


async def test_the_form_shows_what_is_set_to_its_admin_alone(tmp_path: Path) -> None:
    """Channels to choose from, people by name, and a picker for more of them."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        maya = home.teams.people["maya"]
        await home.staff(maya)

        found = inputs(await opened(home))

        channels = [(each["title"], each["value"]) for each in found["channel"]["choices"]]
        assert channels == [("Help", HELP), ("Support", SUPPORT)]
        assert found["channel"]["value"] == SUPPORT
        assert found["staff"]["choices"] == [{"title": "Maya", "value": maya.user}]
        assert found["staff"]["value"] == maya.user
        assert found["staff"]["choices.data"]["dataset"] == "graph.microsoft.com/users"
        started = [each for each in home.teams.log if "Settings" in each.text]
        assert {each.conversation for each in started} == {chat(home.teams.people["tom"])}


async def test_saving_changes_the_settings_and_spends_the_form(tmp_path: Path) -> None:
    """One numbered step for all of it; the inputs are gone afterwards."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        maya, tom = home.teams.people["maya"], home.teams.people["tom"]
        form = await opened(home)

        said = await saved(
            home,
            form,
            tom,
            channel=SUPPORT,
            anyway="yes",
            staff=f"{maya.user},{tom.user}",
            terms="harassment, visa",
        )

        assert said == "Saved as settings version 1."
        after = await settings(home)
        assert after.support_channel == str(ThreadKey(HOME, SUPPORT, ""))
        assert after.staff == tuple(str(AccountKey(HOME, each.user)) for each in (maya, tom))
        assert after.risk_terms == ("harassment", "visa")
        assert home.last(chat(tom)).text == "Saved as settings version 1."
        assert home.last(chat(tom)).activity_id == form.activity_id


async def test_what_is_wrong_is_said_and_the_form_stays(tmp_path: Path) -> None:
    """Nothing of it is done, and nothing that was typed is lost."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        tom = home.teams.people["tom"]
        guest = home.teams.add("gus", role="guest")
        form = await opened(home)

        said = await saved(home, form, tom, channel=HELP, staff=guest.user)

        assert f"Support channel: {admin_wording.FORM_OPEN_CHANNEL}" in said
        assert f"Support staff: {admin_wording.FORM_NO_PERSON.format(name='Gus')}" in said
        assert (await settings(home)).version == 0
        assert home.last(chat(tom)) == form


async def test_a_form_that_was_overtaken_changes_nothing(tmp_path: Path) -> None:
    """Somebody else saved meanwhile."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        tom = home.teams.people["tom"]
        form = await opened(home)
        await home.staff(home.teams.people["maya"])

        said = await saved(home, form, tom, terms="visa")

        assert admin_wording.FORM_OUTDATED in said
        assert (await settings(home)).risk_terms == ()


async def test_only_an_admin_gets_a_form_or_may_send_one(tmp_path: Path) -> None:
    """Rights are read again when it comes back, from whomever it comes."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        sam, tom = home.teams.people["sam"], home.teams.people["tom"]
        refused = await opened(home, "sam")
        assert wording.NOT_ADMIN in refused.text
        assert inputs(refused) == {}

        form = await opened(home)
        sent = presses(
            home.teams,
            sam,
            chat(sam),
            refused.activity_id,
            buttons(form.activity)["Save"],
            **filled(form, terms="visa"),
        )
        status, body = await home.post(sent)

        assert (status, body["value"]) == (200, wording.NOT_ADMIN)
        assert (await settings(home)).version == 0
        assert home.last(chat(tom)) == form


async def test_an_older_client_sends_the_form_as_a_message(tmp_path: Path) -> None:
    """It is taken all the same, and what is wrong comes as a message too."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        tom = home.teams.people["tom"]
        form = await opened(home)
        save = buttons(form.activity)["Save"]
        sent = submits(home.teams, tom, chat(tom), form.activity_id, save)

        sent["value"] = {**sent["value"], **filled(form, channel=HELP)}
        assert await home.post(sent) == (200, None)
        assert admin_wording.FORM_OPEN_CHANNEL in home.last(chat(tom)).text
        sent["value"] = {**sent["value"], **filled(form, terms="visa")}
        assert await home.post({**sent, "id": home.teams.next_id()}) == (200, None)

        assert (await settings(home)).risk_terms == ("visa",)


async def test_the_same_words_delivered_twice_open_one_form(tmp_path: Path) -> None:
    """The second delivery finds the first one's answer."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        tom = home.teams.people["tom"]
        sent = asks(home.teams, tom, "desk config")

        for _ in range(2):
            assert await home.post(sent) == (200, None)

        assert len(home.in_(chat(tom))) == 1


async def test_the_form_chooses_how_threads_are_remembered(tmp_path: Path) -> None:
    async with tenant(tmp_path, admins=ADMIN) as home:
        form = await opened(home)
        assert inputs(form)["memory"]["value"] == "hybrid"

        changes = {"memory": "window", "memory-channel": HELP}
        said = await saved(home, form, home.teams.people["tom"], **changes)

        assert said == "Saved as settings version 1."
        after = await settings(home)
        assert after.memory_in(ThreadKey(HOME, HELP, "x")) is Strategy.WINDOW
        assert after.memory_in(ThreadKey(HOME, SUPPORT, "x")) is Strategy.HYBRID


async def test_a_source_is_added_by_a_form(tmp_path: Path) -> None:
    """``desk sources add`` without more opens it in the admin's chat."""
    async with tenant(tmp_path, admins=ADMIN) as home:
        tom = home.teams.people["tom"]
        await home.asks(tom, "desk sources add")
        form = home.last(chat(tom))

        said = await home.presses(
            tom, form, "Add", **filled(form, address="169.254.169.254/latest", pages="20")
        )

        assert "Added … (settings version 1). But" in said  # no link that was not cited
        (source,) = (await settings(home)).sources
        assert (source.audience, source.pages) == ("everyone", 20)
