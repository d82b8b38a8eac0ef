"""The steps of docs/teams.md from the top, with the real process and the fake tenant."""

from __future__ import annotations

import os
from pathlib import Path

import aiohttp

from tests.fakes.slack import eventually
from tests.fakes.teams import TENANT, FakeTeams
from tests.fakes.teams_client import Client, furnish
from tests.platforms.conftest import free_port
from tests.platforms.steps import check, run, serves


async def test_from_nothing_to_a_person_who_has_helped(tmp_path: Path) -> None:
    """Check, run, say hello, add to a team, bring in the support team, be helped."""
    port, teams = str(free_port()), FakeTeams()
    await teams.start()
    furnish(teams)
    env = {
        **{name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ},
        **teams.settings,
        "FRONTDESK_ADMINS": f"teams/{TENANT}/{teams.people['alex'].user}",
        "FRONTDESK_KNOWLEDGE": "bot/demo/articles",
        "FRONTDESK_DATA_DIR": str(tmp_path),
        "FRONTDESK_LOCAL_PORT": str(free_port()),
        "PORT": port,
    }
    teams.down.add("login")
    status, said = await check(env)
    assert (status, said.count("✗")) == (1, 1), said
    assert "✗ Teams sign-in: the login does not answer. Is TEAMS_LOGIN_URL right" in said
    teams.down.clear()
    assert (await check({**env, "TEAMS_APP_PASSWORD": "mistyped"}))[0] == 1
    assert (await check(env))[0] == 0

    async with run(env), aiohttp.ClientSession() as http:
        await eventually(lambda: serves(port))
        await asked_and_helped(Client(teams, f"http://127.0.0.1:{port}/teams/messages", http))
    await teams.stop()


async def asked_and_helped(client: Client) -> None:
    """From the first hello to the end of a request."""

    async def shows(words: str) -> None:
        def there() -> bool:
            return any(words in client.shows(each) for each in client.teams.log if each.activity)

        await eventually(there)

    await client.does("dm hello")
    await shows("chat with Alex Frontdesk: Hello!")
    await client.does("dm desk check")
    await shows("✗ Teams rosters: I'm in no team.")
    await client.does("add")
    await shows("#help Frontdesk: Hello, I'm Frontdesk.")
    await client.does("#help @Frontdesk desk config staff add @Maya")
    await shows("Maya was added to staff")
    await client.does("#help @Frontdesk desk config support-channel #support")
    await shows("Everyone can read #Support")
    await client.does("#help @Frontdesk desk config support-channel #support anyway")
    await shows("now go to #Support")
    await client.does("dm desk config")
    await shows("[Save]")
    assert "Saved as settings version 3" in await client.does("save terms=visa")
    await client.does("#help @Frontdesk desk check")
    await shows("Everything works")

    await client.does("as sam")
    await client.does("#help @Frontdesk When is a laptop replaced?")
    await shows("after 4 years")
    await client.does("#help @Frontdesk I want to talk to a person")
    await shows("#support Frontdesk: Request H-1")
    await client.does("as maya")
    assert await client.does("press Claim") == "Done."
    await shows("Maya has taken your request")
    await client.does("reply Hi Sam, what is it?")
    await shows("#help Maya: Hi Sam, what is it?")
    await client.does("press Resolve")
    await shows("Maya has closed your request H-1")
