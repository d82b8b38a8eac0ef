"""What is kept of a person, in the playground: seen, taken along and forgotten there."""

from __future__ import annotations

import json

from aiohttp import ClientSession

from adapters.web.downloads import LIFE_SECONDS, Downloads
from bot.run import Running
from core.cards import Card, Prose
from core.dossier import File
from core.ids import AccountKey, Platform, WorkspaceKey
from tests.platforms.page import Event, Page

SAM = AccountKey(WorkspaceKey(Platform.WEB, "w"), "sam")


def values(event: Event, action: str) -> list[str]:
    """What the buttons of a reply carry that do this."""
    found = [
        each for block in event["blocks"] if block["kind"] == "buttons" for each in block["items"]
    ]
    return [each["value"] for each in found if each["action"] == action]


async def test_a_person_takes_along_and_has_forgotten_what_is_kept(product: Running) -> None:
    """By the same words and buttons as elsewhere; a link works once."""
    async with Page.open(product.local_port) as page, ClientSession() as session:
        said = await page.says("sam", "@Frontdesk When is a laptop replaced?")
        await page.answered(said["id"])
        files = await page.commands("sam", "/desk export", channel="help")
        link = json.dumps(files["blocks"]).split('"href": "')[1].split('"')[0]
        assert link.startswith(f"http://127.0.0.1:{product.local_port}/playground/files/")
        async with session.get(link) as first:
            kept = await first.json()
        async with session.get(link) as second:
            assert second.status == 404
        assert [each["asked"] for each in kept["conversations"]] == ["When is a laptop replaced?"]

        key = await page.sends(do="command", by="sam", channel="help", text="/desk memory")
        memory = await page.gets("reply", key=key)
        (thread,) = [each for each in values(memory, "forget") if each.startswith("thread.")]
        asked = await page.presses("sam", key, "forget", thread)
        done = await page.presses("sam", key, "forget_now", values(asked, "forget_now")[0])

        assert "Your receipt is E-" in json.dumps(done["blocks"])
        again = await page.commands("sam", "/desk memory", channel="help")
        assert "I remember nothing you said here." in json.dumps(again["blocks"])


async def test_a_fact_is_kept_and_everything_forgotten(product: Running) -> None:
    """As the README says: confirmed where only its person sees it."""
    async with Page.open(product.local_port) as page:
        said = await page.says("sam", "@Frontdesk Remember that I use a Mac")
        offer, pointer = await page.answered(said["id"])
        assert offer["only_for"] == "sam"
        assert pointer["only_for"] is None
        assert "You use a Mac." in json.dumps(offer["blocks"])
        theirs = await page.presses("priya", offer["id"], "confirm", values(offer, "confirm")[0])
        assert "That message is not there." in json.dumps(theirs["blocks"])

        await page.presses("sam", offer["id"], "confirm", values(offer, "confirm")[0])

        memory = await page.commands("sam", "/desk memory", channel="help")
        assert "You use a Mac." in json.dumps(memory["blocks"])
        key = await page.sends(
            do="command", by="sam", channel="help", text="/desk forget everything"
        )
        asked = await page.gets("reply", key=key)
        await page.presses("sam", key, "forget_now", values(asked, "forget_now")[0])
        again = await page.commands("sam", "/desk memory", channel="help")
        assert "Mac" not in json.dumps(again["blocks"])


async def test_a_link_ends_by_itself() -> None:
    """After ten minutes nobody fetches anything with it."""
    now = 1_000.0
    downloads = Downloads("http://127.0.0.1:1", lambda: now)
    card: Card = await downloads.deliver(SAM, [File("a.md", b"words", "text/markdown")])
    assert isinstance(card.blocks[0], Prose)
    assert len(downloads._waiting) == 1

    now += LIFE_SECONDS
    await downloads.deliver(SAM, [])
    await downloads.deliver(SAM, [File("b.md", b"words", "text/markdown")])

    assert [each.file.name for each in downloads._waiting.values()] == ["b.md"]
