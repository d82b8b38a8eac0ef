"""The steps of docs/slack.md from the top, with the real process and the fake workspace."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.slack import TOKEN, Seen, eventually, fake_slack
from tests.fakes.slack_client import Client
from tests.fakes.slack_events import SECRET, Sender
from tests.platforms.conftest import free_port
from tests.platforms.steps import check, run, serves

KEYS = {
    "http": {"SLACK_SIGNING_SECRET": SECRET},
    "socket": {"SLACK_APP_TOKEN": "xapp-1-A0APP-fake"},
}


@pytest.mark.parametrize("way", KEYS)
async def test_from_nothing_to_a_person_who_has_helped(tmp_path: Path, way: str) -> None:
    """Check, run, verify, invite, ask, bring in the support team, be helped."""
    flags = ("--socket",) if way == "socket" else ()
    port = str(free_port())
    async with fake_slack() as slack, aiohttp.ClientSession() as session:
        client = Client(slack, Sender(f"http://127.0.0.1:{port}/slack/events", session))
        client.furnish()
        env = {
            **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
            **KEYS[way],
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_API_BASE_URL": slack.url,
            "FRONTDESK_KNOWLEDGE": "bot/demo/articles",
            "FRONTDESK_DATA_DIR": str(tmp_path),
            "FRONTDESK_LOCAL_PORT": str(free_port()),
            "PORT": port,
        }
        status, said = await check(env, *flags)
        assert (status, said.count("✗")) == (1, 1), said
        assert "✗ Slack channels: I'm in no channel" in said

        async with run(env, *flags):
            await eventually(lambda: serves(port))
            if way == "socket":
                await eventually(lambda: slack.open_socket is not None)
            else:
                assert await client.does("verify") == "Verified"
            await asked_and_helped(client)
        assert (await check(env, *flags))[0] == 0


async def asked_and_helped(client: Client) -> None:
    """From the invitation to the end of a request."""

    async def shows(words: str) -> None:
        def there() -> bool:
            return any(words in client.shows(each) for each in shown(client))

        await eventually(there)

    await client.does("invite #help")
    await client.does("#help @Frontdesk How long does the VPN stay connected?")
    await shows("disconnects after 12 hours")
    await client.does("> How many devices can use it?")
    await shows("2 company devices")
    await client.does("dm When is a laptop replaced?")
    await shows("after 4 years")
    await client.does("invite #support")
    assert await client.does("/desk config") == "(a form opened)"
    assert "Everyone can read that channel" in await client.does("save channel=#help")
    assert "Saved as settings version 1" in await client.does("save channel=#support staff=@cleo")
    assert "Everyone can read #help" in await client.does("/desk config support-channel #help")
    assert "now go to #support" in await client.does("/desk config support-channel #support")
    assert "Ben was added to staff" in await client.does("/desk config staff add @ben")
    assert (await client.does("/desk check")).startswith("Everything works")
    await client.does("dm I want to talk to a person")
    await shows("#support Frontdesk: Request H-1")
    await client.does("as ben")
    await client.does("press Claim")
    await shows("Ben has taken your request")
    await client.does("> Hello Ana, what is it?")
    await shows("Ben: Hello Ana, what is it?")
    await client.does("> ! she called before")
    await shows("Internal note kept here")
    await client.does("press Resolve")
    await shows("Ben has closed your request H-1")
    told = [each for each in shown(client) if each.channel.startswith("D")]
    assert not any("called before" in client.shows(each) for each in told)


def shown(client: Client) -> list[Seen]:
    return [each for each in client.slack.log if each.what in ("post", "update", "ephemeral")]
