"""Slack as people have it before them: what they do reaches Frontdesk, signed or over the socket.

Started as a process (``python -m tests.fakes.slack_client``) it is a workspace at a
terminal, in which the steps of docs/slack.md can be followed without Slack.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import re
import sys
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp

from adapters.slack.blocks import ACTION_PREFIX, FEEDBACK, JUDGED
from tests.fakes.slack import APP, BOT_USER, TEAM, TOKEN, FakeSlack, Seen, eventually, fake_slack
from tests.fakes.slack_events import SECRET, Sender, command, mention, press, said, submission
from tests.fakes.slack_reading import page

HELP = """  as NAME               be somebody else: ana (owner), ben, cleo
  invite #CHANNEL       /invite @Frontdesk there
  #CHANNEL WORDS        write there; say @Frontdesk to mention it
  > WORDS               reply in the thread where you wrote or pressed last
  dm WORDS              write to Frontdesk directly
  press LABEL           press the newest button with that label
  /desk WORDS           the slash command
  save NAME=VALUE …     fill in the form that opened last: channel=#support staff=@ben
  verify                the Retry button beside the request URL
"""
SHOWN = ("post", "update", "ephemeral", "delete")
PEOPLE = {"ana": "U0ANA", "ben": "U0BEN", "cleo": "U0CLEO"}
CHANNELS = {"general": "C0GENERAL", "help": "C0HELP", "support": "C0SUPPORT"}
NAMED = re.compile(r"([@#])(\w+)")


@dataclass
class Client:
    """A workspace with three people and three channels, into none of which the bot was invited."""

    slack: FakeSlack
    sender: Sender
    who: str = "ana"
    at: tuple[str, str] = ("", "")

    def furnish(self) -> None:
        for name, user in PEOPLE.items():
            self.slack.person(user, name.title(), is_owner=name == "ana")
        for name, channel in CHANNELS.items():
            closed = name == "support"
            self.slack.channel(channel, name, *PEOPLE.values(), is_private=closed, is_member=False)

    @property
    def user(self) -> str:
        return PEOPLE[self.who]

    async def does(self, line: str) -> str:
        """What somebody types at the terminal; returns what only they read, if anything."""
        word, _, rest = line.strip().partition(" ")
        match word:
            case "as" if rest in PEOPLE:
                self.who = rest
            case "invite" if rest.removeprefix("#") in CHANNELS:
                self.slack.channels[CHANNELS[rest.removeprefix("#")]]["is_member"] = True
            case "verify":
                return await self.verify()
            case "dm":
                await self.writes(rest, self.slack.direct(self.user))
            case ">":
                await self.writes(rest, *self.at)
            case "press":
                await self.presses(rest)
            case "save":
                return await self.saves(rest)
            case "/desk":
                return await self.commands(rest)
            case _ if word.removeprefix("#") in CHANNELS and rest:
                await self.writes(rest, CHANNELS[word.removeprefix("#")])
            case _:
                return HELP
        return ""

    async def verify(self) -> str:
        """Slack asks whether the address is ours."""
        challenge = uuid4().hex
        body = {"type": "url_verification", "challenge": challenge, "api_app_id": APP}
        status, text = await self.sender.json(body)
        return "Verified" if status == 200 and challenge in text else f"not verified ({status})"

    async def writes(self, words: str, channel: str, thread: str = "") -> None:
        """Slack tells the bot of messages in the channels it was invited to."""
        stamp, typed = f"{time.time():.6f}", self._typed(words)
        self.slack.write(channel, stamp, self.user, typed, thread)
        self.at = (channel, thread or stamp)
        if not (channel.startswith("D") or self.slack.channels[channel]["is_member"]):
            return
        more = {"user": self.user, "channel": channel, "ts": stamp}
        more |= {"thread_ts": thread} if thread else {}
        bodies = [said(typed, **more)]
        if f"<@{BOT_USER}>" in typed and not channel.startswith("D"):
            bodies.append(mention(typed.replace(f"<@{BOT_USER}>", "").strip(), **more))
        for body in bodies:
            await self._delivers("events_api", body)

    async def presses(self, label: str) -> None:
        seen, button = next(
            (seen, button)
            for seen in reversed(self.slack.log)
            if seen.what in SHOWN
            for button in page(seen.message.get("blocks") or []).buttons
            if button.label == label
        )
        judged = button.action in JUDGED
        action = FEEDBACK if judged else f"{button.action}.0"
        value = f"{button.action}.{button.value}" if judged else button.value
        thread = seen.message.get("thread_ts", seen.thread)
        self.at = (seen.channel, thread or seen.ts)
        await self._delivers(
            "interactive",
            press(
                ACTION_PREFIX + action,
                value,
                user=self.user,
                channel=seen.channel,
                ts=seen.ts,
                thread=thread,
            ),
        )

    async def commands(self, words: str) -> str:
        """Give a command; what comes back is read by nobody else."""
        fields = command(
            self._typed(words, named=True), user=self.user, channel=CHANNELS["general"]
        )
        reply = await self._delivers("slash_commands", fields)
        return page(reply["blocks"]).text if reply else "(a form opened)"

    async def saves(self, words: str) -> str:
        """Fill in the newest form and press Save; returns what the form shows then."""
        view = next(each.message for each in reversed(self.slack.log) if each.what == "modal")
        inputs: dict[str, Any] = {}
        for name, _, value in (each.partition("=") for each in words.split()):
            people = [PEOPLE[value[1:]]] if value[1:] in PEOPLE else [value]
            inputs[name] = people if value[:1] == "@" else CHANNELS.get(value[1:], value)
        answer = await self._delivers("interactive", submission(view, user=self.user, **inputs))
        if answer.get("response_action") == "errors":
            return "\n".join(f"{name}: {why}" for name, why in answer["errors"].items())
        return page(answer["view"]["blocks"]).text

    async def _delivers(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        """Over the socket where one is open, else signed over HTTP; what the answer carries."""
        if self.slack.open_socket is None:
            if kind == "slash_commands":
                return await self.sender.command(body)
            if body.get("type") == "view_submission":
                return await self.sender.submit(body)
            send = self.sender.interaction if kind == "interactive" else self.sender.event
            status = await send(body)
            assert status == 200, status
            return {}
        number = uuid4().hex
        wants = kind == "slash_commands" or body.get("type") == "view_submission"
        envelope = {"envelope_id": number, "type": kind, "accepts_response_payload": wants}
        await self.slack.open_socket.send_str(json.dumps({**envelope, "payload": body}))
        return await self._acknowledged(number)

    async def _acknowledged(self, number: str) -> dict[str, Any]:
        def known() -> dict[str, Any] | None:
            there = [e for e in self.slack.acknowledged if e.get("envelope_id") == number]
            return there[0] if there else None

        await eventually(lambda: known() is not None)
        return dict((known() or {}).get("payload") or {})

    def _typed(self, words: str, *, named: bool = False) -> str:
        """Words as Slack sends them: markup escaped, people and channels as tokens."""

        def token(found: re.Match[str]) -> str:
            sign, name = found.groups()
            known = {**PEOPLE, "frontdesk": BOT_USER} if sign == "@" else CHANNELS
            if name.lower() not in known:
                return found.group()
            label = f"|{name}" if named or sign == "#" else ""
            return f"<{sign}{known[name.lower()]}{label}>"

        return NAMED.sub(token, html.escape(words, quote=False))

    def shows(self, seen: Seen) -> str:
        """A line of the log as people see it."""
        where = self.slack.channels[seen.channel]
        name = f"#{where['name']}" if "name" in where else f"direct to {where['user']}"
        name += " (in a thread)" if seen.message.get("thread_ts", seen.thread) else ""
        name += f" (only {seen.user} sees it)" if seen.user else ""
        read = page(seen.message.get("blocks") or [])
        words = read.text or seen.message.get("text", "")
        speaker = read.speaker or "Frontdesk"
        sign = {"update": " (changed)", "delete": " (deleted)"}.get(seen.what, "")
        return f"{name} {speaker}{sign}: " + words.replace("\n", "\n    ")


async def main(port: int, url: str) -> None:
    """A workspace at a terminal, until its end."""
    async with fake_slack(port) as slack, aiohttp.ClientSession() as session:
        client = Client(slack, Sender(url, session))
        client.furnish()
        _say(f"Events go to {url}, or through the socket while one is open. For Frontdesk:")
        _say(f"export SLACK_API_BASE_URL={slack.url} SLACK_BOT_TOKEN={TOKEN}")
        _say(f"export SLACK_SIGNING_SECRET={SECRET} SLACK_APP_TOKEN=xapp-1-{APP}-fake")
        _say(f"You are ana, slack/{TEAM}/{PEOPLE['ana']}.\n{HELP}")
        watching = asyncio.create_task(_watch(client))
        while line := await asyncio.to_thread(sys.stdin.readline):
            try:
                _say(f"{client.who}> {line.strip()}\n{await client.does(line)}")
            except (aiohttp.ClientError, AssertionError, StopIteration) as error:
                _say(f"  Slack says: that did not work ({error!r})")
        watching.cancel()


async def _watch(client: Client) -> None:
    shown = 0
    while True:
        for each in client.slack.log[shown:]:
            shown += 1
            if each.what in SHOWN:
                _say(f"  {client.shows(each)}")
        await asyncio.sleep(0.1)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A fake Slack workspace at a terminal.")
    parser.add_argument("--port", type=int, default=3980)
    parser.add_argument("--url", default="http://127.0.0.1:3978/slack/events")
    options = parser.parse_args()
    asyncio.run(main(options.port, options.url))
