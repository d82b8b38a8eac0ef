"""One organisation on both platforms: the whole product between the fake of each."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from adapters.slack.endpoint import PATH
from bot.run import Running
from tests.fakes.slack import TEAM, fake_slack
from tests.fakes.slack import Seen as SlackSeen
from tests.fakes.slack_events import Sender, command, press, said
from tests.fakes.teams import SUPPORT, TENANT, FakeTeams, chat
from tests.fakes.teams_activities import installed
from tests.platforms.slack_setup import Whole, settings
from tests.platforms.teams_setup import Tenant

HELP_ROOM, SUPPORT_ROOM = "C1", "C2"  # channels in Slack
ANA, BEN = "U1", "U2"
TEAMS_ADMIN = "tom"


@dataclass
class Organisation:
    """Ana and Ben are in Slack; Sam, Priya, Maya and Tom in Teams; Ben and Tom are admins."""

    slack: Whole
    teams: Tenant

    async def in_slack(self, words: str) -> str:
        """Ben gives a command; returns the private reply."""
        answer = await self.slack.sender.command(command(words, user=BEN))
        return str(answer["text"])

    async def in_teams(self, words: str) -> str:
        """Tom gives a command; returns the private reply."""
        tom = self.teams.teams.people[TEAMS_ADMIN]
        await self.teams.writes(tom, f"desk {words}")
        return self.teams.last(chat(tom)).text

    async def slack_writes(self, user: str, text: str, channel: str, thread: str) -> None:
        """Somebody replies in a thread in Slack."""
        stamp = f"{time.time():.6f}"
        self.slack.slack.write(channel, stamp, user, text, thread)
        reply = said(text, user=user, channel=channel, thread_ts=thread, ts=stamp)
        assert await self.slack.sender.event(reply) == 200
        await self.teams.settled()

    async def slack_presses(self, user: str, seen: SlackSeen, label: str) -> None:
        """Somebody presses a button of a message in Slack."""
        (button,) = [
            each
            for row in seen.message["blocks"]
            for each in row.get("elements", ())
            if each["type"] == "button" and each["text"]["text"] == label
        ]
        sent = press(
            button["action_id"],
            button["value"],
            user=user,
            channel=seen.channel,
            ts=seen.ts,
            thread=seen.thread,
        )
        assert await self.slack.sender.interaction(sent) == 200
        await self.teams.settled()

    def slack_sees(self, channel: str, thread: str = "") -> list[SlackSeen]:
        """The bot's messages in a channel or one of its threads, each as it stands now."""
        stands: dict[str, SlackSeen] = {}
        for each in self.slack.slack.log:
            if each.channel == channel and each.what in ("post", "update"):
                before = stands.get(each.ts)
                if (before or each).thread == thread:
                    stands[each.ts] = each
        return list(stands.values())


@asynccontextmanager
async def organisation(folder: Path) -> AsyncIterator[Organisation]:
    """A running product that is connected to both."""
    teams = FakeTeams()
    await teams.start()
    for name in ("sam", "priya", "maya", TEAMS_ADMIN):
        teams.add(name)
    async with fake_slack() as slack, aiohttp.ClientSession() as http:
        slack.person(ANA, "Ana")
        slack.person(BEN, "Ben")
        slack.channel(HELP_ROOM, "help", ANA, BEN)
        slack.channel(SUPPORT_ROOM, "support", BEN, is_private=True)
        tom = teams.people[TEAMS_ADMIN].user
        admins = f"slack/{TEAM}/{BEN} teams/{TENANT}/{tom}"
        chosen = settings(folder, slack, FRONTDESK_ADMINS=admins, **teams.settings)
        running = await Running.start(chosen, with_playground=False)
        sender = Sender(f"http://127.0.0.1:{running.port}{PATH}", http)
        home = Tenant(teams, running, http)
        try:
            await home.post(installed(teams, teams.people["sam"], SUPPORT))
            await home.settled()
            yield Organisation(Whole(slack, running, sender), home)
        finally:
            await running.stop()
            await teams.stop()
