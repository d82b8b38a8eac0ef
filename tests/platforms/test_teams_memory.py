"""What is kept of a person, in Teams: seen, taken along and forgotten there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.teams import words
from adapters.teams.courier import CONSENT, INFO, TeamsCourier
from adapters.teams.hosts import ServiceHosts
from tests.fakes.teams import FakeTeams, Person, Seen, chat
from tests.fakes.teams_activities import activity
from tests.platforms.teams_setup import Tenant, tenant

QUESTION = "When is a laptop replaced? Mine is canary20871."


def attached(home: Tenant, who: Person, kind: str) -> list[Seen]:
    """Messages of somebody's chat that have such an attachment."""
    return [
        each
        for each in home.in_(chat(who))
        if any(one["contentType"] == kind for one in each.activity.get("attachments", []))
    ]


def agrees(teams: FakeTeams, who: Person, asked: Seen, *, action: str = "accept") -> dict[str, Any]:
    """What Teams sends when somebody answers a consent card."""
    (card,) = asked.activity["attachments"]
    info = {
        "contentUrl": "https://acme-my.sharepoint.com/personal/sam/file",
        "name": card["name"],
        "uploadUrl": f"{teams.url}/onedrive/{card['name']}",
        "uniqueId": "u1",
        "fileType": card["name"].rpartition(".")[2],
    }
    value = {
        "type": "fileUpload", "action": action, "context": card["content"]["acceptContext"],
        **({"uploadInfo": info} if action == "accept" else {}),
    }  # fmt: skip
    return activity(
        teams,
        who,
        chat(who),
        type="invoke",
        name="fileConsent/invoke",
        replyToId=asked.activity_id,
        value=value,
    )


async def test_an_export_goes_into_its_persons_onedrive_once_they_agree(tmp_path: Path) -> None:
    """Asked in a channel, it is offered in the chat; agreeing twice uploads once."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        await home.writes(sam, QUESTION)
        await home.asks(sam, "desk export")
        as_json, as_markdown = attached(home, sam, CONSENT)
        assert home.teams.files == {}

        for _ in range(2):
            assert (await home.post(agrees(home.teams, sam, as_json)))[0] == 200
        refused = agrees(home.teams, sam, as_markdown, action="decline")
        assert (await home.post(refused))[0] == 200

        ((name, content),) = home.teams.files.items()
        assert name.endswith(".json")
        assert QUESTION in content.decode()
        assert len(attached(home, sam, INFO)) == 1
        assert attached(home, sam, CONSENT) == []
        assert any(words.FILE_DECLINED in each.text for each in home.in_(chat(sam)))


async def test_somebody_else_who_agrees_gets_their_own(tmp_path: Path) -> None:
    """The words of a card say which file, never whose."""
    async with tenant(tmp_path) as home:
        sam, priya = home.teams.people["sam"], home.teams.people["priya"]
        await home.writes(sam, QUESTION)
        await home.writes(priya, "How long does the VPN stay connected?")
        await home.writes(sam, "desk export")

        await home.post(agrees(home.teams, priya, attached(home, sam, CONSENT)[0]))

        (content,) = home.teams.files.values()
        assert "VPN" in content.decode()
        assert "canary20871" not in content.decode()


async def test_after_forgetting_nothing_that_teams_needs_remembers_them(tmp_path: Path) -> None:
    """Answers to commands and presses are kept for a while against doubles; they go as well."""
    async with tenant(tmp_path) as home:
        sam = home.teams.people["sam"]
        await home.writes(sam, QUESTION)
        await home.writes(sam, "Remember that my desk is canary20871")
        await home.presses(sam, home.last(chat(sam)), "Yes")
        await home.writes(sam, "desk memory")
        assert "Your desk: canary20871." in home.last(chat(sam)).text
        await home.writes(sam, "desk forget everything")

        said = await home.presses(sam, home.last(chat(sam)), "Forget it")

        assert "Your receipt is E-" in said
        raw = b"".join(each.read_bytes() for each in tmp_path.glob("frontdesk.db*"))
        assert b"canary20871" not in raw
        with closing(sqlite3.connect(tmp_path / "frontdesk.db")) as database:
            assert database.execute("SELECT COUNT(*) FROM erasure").fetchone() == (1,)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://acme-my.sharepoint.com/personal/sam/_api/upload?guid=1", True),
        ("https://acme-my.sharepoint.com.evil.com/upload", False),
        ("https://evil.com/?acme-my.sharepoint.com", False),
        ("http://acme-my.sharepoint.com/upload", False),
        ("https://user@acme-my.sharepoint.com/upload", False),
        ("https://acme-my.sharepoint.com:8443/upload", False),
        ("https://169.254.169.254/latest", False),
        ("", False),
    ],
)
def test_a95_a_file_goes_to_no_host_but_onedrive(url: str, good: bool) -> None:
    """Whatever an invoke says where to put it."""
    courier = TeamsCourier.__new__(TeamsCourier)
    courier._hosts = ServiceHosts.parse("")

    assert courier._is_store(url) is good
