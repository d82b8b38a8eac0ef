"""Teams as people have it before them: what they do reaches Frontdesk as signed activities.

Started as a process (``python -m tests.fakes.teams_client``) it is a tenant at a terminal,
in which the steps of docs/teams.md can be followed without Teams.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from dataclasses import dataclass
from typing import Any

import aiohttp

from adapters.teams.words import PLACEHOLDER, REPLY_SEND
from tests.fakes.teams import SUPPORT, TENANT, FakeTeams, Person, Seen, buttons, chat
from tests.fakes.teams_activities import (
    BOT,
    BOT_MENTION,
    activity,
    installed,
    mention,
    presses,
)
from tests.fakes.teams_reading import page

HELP = """  as NAME               be somebody else: alex (admin), sam, maya
  add                   add the app to the team
  hear                  agree that it may read the team's channels (--hear-channels)
  #CHANNEL WORDS        write in help or support; say @Frontdesk to mention it
  > WORDS               reply in the thread where you wrote or pressed last
  dm WORDS              write in your chat with Frontdesk
  press LABEL           press the newest button with that label
  reply WORDS           write on the newest card that takes a reply, and send it
  save NAME=VALUE …     fill in the newest form: channel=#support anyway=yes staff=@maya
"""
PEOPLE = ("alex", "sam", "maya")
CHANNELS = {"help": "19:help@thread.tacv2", "support": SUPPORT}
NAMED = re.compile(r"([@#])(\w+)")


@dataclass
class Client:
    """A tenant with three people and a team of two channels; each person has added the app."""

    teams: FakeTeams
    url: str
    http: aiohttp.ClientSession
    who: str = "alex"
    at: str = ""
    added: bool = False
    hears: bool = False

    @property
    def person(self) -> Person:
        return self.teams.people[self.who]

    async def does(self, line: str) -> str:
        """What somebody types at the terminal; returns what Teams shows only them, if anything."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "as" if rest in PEOPLE:
                self.who = rest
            case "add":
                self.added = True
                await self._post(installed(self.teams, self.person, CHANNELS["help"]))
            case "hear":
                self.hears = True
            case "dm":
                await self.writes(rest, chat(self.person))
            case ">":
                await self.writes(rest, self.at)
            case "press":
                return await self.presses(rest)
            case "reply":
                return await self.presses(REPLY_SEND, reply=rest)
            case "save":
                return await self.saves(rest)
            case _ if word.removeprefix("#") in CHANNELS and rest:
                await self.writes(rest, CHANNELS[word.removeprefix("#")])
            case _:
                return HELP
        return ""

    async def writes(self, words: str, conversation: str) -> None:
        """Teams tells the bot of mentions in its teams, and of all else only where it may hear."""
        sent = activity(self.teams, self.person, conversation)
        if conversation.startswith("19:") and ";" not in conversation:
            sent["conversation"]["id"] += f";messageid={sent['id']}"
        self.at = sent["conversation"]["id"]
        sent |= self._typed(words)
        mentioned = any(each["mentioned"]["id"] == BOT for each in sent["entities"])
        direct = conversation.startswith("a:")
        if direct or (self.added and (mentioned or self.hears)):
            await self._post(sent)

    async def presses(self, label: str, **inputs: str) -> str:
        seen = self._newest(label)
        self.at = seen.conversation
        button = buttons(seen.activity)[label]
        pressed = presses(
            self.teams, self.person, seen.conversation, seen.activity_id, button, **inputs
        )
        return str((await self._post(pressed) or {}).get("value", ""))

    async def saves(self, words: str) -> str:
        """Fill in the newest form and press Save; what is not named stays as it is."""
        body = self._newest("Save").activity["attachments"][0]["content"]["body"]
        inputs = {each["id"]: each["value"] for each in body if each["type"].startswith("Input.")}
        for name, _, value in (each.partition("=") for each in words.split()):
            known = self.teams.people[value[1:]].user if value[1:] in PEOPLE else value
            inputs[name] = CHANNELS.get(value.removeprefix("#"), known)
        return await self.presses("Save", **inputs)

    def _newest(self, label: str) -> Seen:
        stands = {each.activity_id: each for each in self.teams.log}
        found = [each for each in stands.values() if label in buttons(each.activity)]
        return max(found, key=self.teams.log.index)

    def _typed(self, words: str) -> dict[str, Any]:
        """Text and entities as Teams sends what people type after an @."""
        entities: list[dict[str, Any]] = []

        def token(found: re.Match[str]) -> str:
            sign, name = found.groups()
            if sign == "@" and name == "Frontdesk":
                entities.append(mention(BOT, "Frontdesk"))
                return BOT_MENTION
            person = self.teams.people.get(name.lower()) if sign == "@" else None
            if person is None:
                return found.group()
            entities.append(mention(person.teams_id, person.name))
            return f"<at>{person.name}</at>"

        return {"text": NAMED.sub(token, words), "entities": entities}

    async def _post(self, sent: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.teams.sign()}"}
        async with self.http.post(self.url, json=sent, headers=headers) as answer:
            assert answer.status == 200, answer.status
            return await answer.json() if answer.content_type == "application/json" else None

    def shows(self, seen: Seen) -> str:
        """A line of the log as people see it."""
        place = seen.conversation.partition(";")[0]
        names = {each: f"#{name}" for name, each in CHANNELS.items()}
        names |= {chat(each): f"chat with {each.name}" for each in self.teams.people.values()}
        read = page(seen.activity)
        return f"{names[place]} {read.speaker or 'Frontdesk'}: " + read.text.replace("\n", "\n    ")


def furnish(teams: FakeTeams) -> None:
    for name in PEOPLE:
        teams.add(name)


async def main(port: int, url: str) -> None:
    """A tenant at a terminal, until its end."""
    teams = FakeTeams()
    await teams.start(port)
    furnish(teams)
    alex = teams.people["alex"]
    async with aiohttp.ClientSession() as http:
        client = Client(teams, url, http)
        _say(f"Activities go to {url}. For Frontdesk:")
        for name, value in teams.settings.items():
            _say(f"export {name}={value}")
        _say(f"export FRONTDESK_ADMINS=teams/{TENANT}/{alex.user}   # Alex, who you are")
        _say(HELP)
        watching = asyncio.create_task(_watch(client))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                _say(f"{client.who}> {line.strip()}\n{await client.does(line)}")
            except (aiohttp.ClientError, AssertionError, KeyError, ValueError) as error:
                _say(f"  Teams says: that did not work ({error!r})")
        watching.cancel()
    await teams.stop()


async def _watch(client: Client) -> None:
    shown = 0
    while True:
        for each in client.teams.log[shown:]:
            shown += 1
            if each.did in ("create", "update", "thread") and each.text != PLACEHOLDER:
                _say(f"  {client.shows(each)}")
        await asyncio.sleep(0.1)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A fake Teams tenant at a terminal.")
    parser.add_argument("--port", type=int, default=3981)
    parser.add_argument("--url", default="http://127.0.0.1:3978/teams/messages")
    options = parser.parse_args()
    asyncio.run(main(options.port, options.url))
