"""One person in Slack and in Teams: joined by verified addresses and their own word, both."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.directory import SlackDirectory
from core import memory_wording
from core.ids import AccountKey, Platform
from tests.fakes.slack import TEAM
from tests.fakes.slack_events import command
from tests.fakes.teams import TENANT, Person, buttons, chat
from tests.fakes.teams_activities import presses
from tests.platforms.organisation import BEN, Organisation, organisation
from tests.platforms.teams_setup import Tenant

LINKED = memory_wording.LINKED.split("{")[0]


@pytest.fixture
async def org(tmp_path: Path) -> AsyncIterator[Organisation]:
    """Ben in Slack has the address that Tom has in Teams."""
    async with organisation(tmp_path) as made:
        address(made, "tom@example.org")
        tom = made.teams.teams.people["tom"]
        await made.teams.writes(tom, "hello")
        yield made


def address(org: Organisation, email: str, *, confirmed: bool = True) -> None:
    """The address that Ben's profile in Slack shows."""
    ben = org.slack.slack.users[BEN]
    ben["profile"]["email"] = email
    ben["is_email_confirmed"] = confirmed
    directory = org.slack.running.product.connections._directories[Platform.SLACK]
    assert isinstance(directory, SlackDirectory)
    directory._people.drop(BEN)


async def remembers(org: Organisation) -> None:
    """Tom has something kept about him in Teams."""
    tom = org.teams.teams.people["tom"]
    await org.teams.writes(tom, "Remember that my desk is canary20871")
    await org.teams.presses(tom, org.teams.last(chat(tom)), "Yes")


async def test_two_accounts_become_one_when_both_sides_say_so(org: Organisation) -> None:
    """Then what is known, the export and forgetting span both; unlinking parts them."""
    tom = org.teams.teams.people["tom"]
    await remembers(org)
    assert "canary20871" not in await shown(org)

    assert "I've found your account in Teams" in await asks_to_link(org)
    assert "canary20871" not in await shown(org)
    question = org.teams.last(chat(tom))
    assert "Ben in Slack says so" in question.text
    said = await org.teams.presses(tom, question, "Yes, that is me")

    assert LINKED in said
    assert "Your desk: canary20871." in await shown(org)
    files = await org.slack.running.product.memory.files(AccountKey.parse(f"slack/{TEAM}/{BEN}"))
    assert json.loads(files[0].content)["accounts"] == [
        f"slack/{TEAM}/{BEN}", f"teams/{TENANT}/{tom.user}"
    ]  # fmt: skip
    await org.in_slack("memory unlink")
    assert "canary20871" not in await shown(org)


async def test_forgetting_everything_reaches_the_linked_account(org: Organisation) -> None:
    tom = org.teams.teams.people["tom"]
    await remembers(org)
    await asks_to_link(org)
    await org.teams.presses(tom, org.teams.last(chat(tom)), "Yes, that is me")

    await org.teams.writes(tom, "desk forget everything")
    assert "your linked account on Slack" in org.teams.last(chat(tom)).text
    await org.teams.presses(tom, org.teams.last(chat(tom)), "Forget it")

    assert "canary20871" not in await shown(org)
    await org.teams.writes(tom, "desk memory unlink")
    assert memory_wording.LINK_NONE in org.teams.last(chat(tom)).text


@pytest.mark.parametrize(
    ("email", "confirmed"), [("tom@example.org", False), ("eve@example.org", True), ("", True)]
)
async def test_an_address_nobody_has_verified_joins_nothing(
    org: Organisation, email: str, confirmed: bool
) -> None:
    """In Slack anybody can type an address into their profile."""
    address(org, email, confirmed=confirmed)

    assert memory_wording.LINK_NOBODY in await asks_to_link(org)
    assert LINKED not in org.teams.last(chat(org.teams.teams.people["tom"])).text


async def test_only_the_other_account_confirms_and_only_while_both_match(
    org: Organisation,
) -> None:
    """Somebody else's press, a press after the address changed, a second one: nothing."""
    tom, maya = org.teams.teams.people["tom"], org.teams.teams.people["maya"]
    await asks_to_link(org)
    question = org.teams.last(chat(tom))
    await org.teams.writes(maya, "hello")

    assert LINKED not in await forged(org.teams, maya, question.activity)
    address(org, "ben@example.org")
    assert LINKED not in await org.teams.presses(tom, question, "Yes, that is me")
    address(org, "tom@example.org")
    assert LINKED not in await org.teams.presses(tom, question, "Yes, that is me")

    await remembers(org)
    assert "canary20871" not in await shown(org)


async def asks_to_link(org: Organisation) -> str:
    """Ben asks in Slack; returns what he is told, once Tom was asked in Teams."""
    answer = await org.in_slack("memory link")
    await org.teams.settled()
    return answer


async def shown(org: Organisation) -> str:
    """What Ben is shown about himself in Slack."""
    return json.dumps(await org.slack.sender.command(command("memory", user=BEN)))


async def forged(home: Tenant, who: Person, drawn: dict[str, Any]) -> str:
    """Somebody presses a button in their own chat that was drawn for another."""
    button = buttons(drawn)["Yes, that is me"]
    status, body = await home.post(presses(home.teams, who, chat(who), "1", button))
    assert status == 200
    return str(body["value"])
