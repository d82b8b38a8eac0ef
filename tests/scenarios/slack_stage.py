"""Slack as a stage: signed requests in, Web API calls out, over HTTP, with the real product."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp

from adapters.slack import limits
from adapters.slack.blocks import ACTION_PREFIX, FEEDBACK, JUDGED
from adapters.slack.endpoint import PATH
from adapters.slack.private import ABOUT
from adapters.storage.accounts import SqlAccountStore
from bot.run import Running
from bot.slack import PluggedSlack
from bot.wiring import Product
from core.account import Fact, FactSource
from core.cards import Button
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import Trust
from core.ports import Model
from tests.fakes import slack as fakes
from tests.fakes.claude import FakeClaude
from tests.fakes.claude_mind import offline_mind, speaking
from tests.fakes.slack import BOT_USER, TEAM, FakeSlack, fake_slack
from tests.fakes.slack_events import Sender, command, envelope, mention, press, said, submission
from tests.fakes.slack_reading import page
from tests.platforms.slack_setup import settings
from tests.scenarios.in_process import SETTLE_SECONDS, furnish
from tests.scenarios.stage import Actor, Said, Seen, Written

ELSEWHERE = "T0OTHER"
NAMED = re.compile(r"@(\w+)")
CHANNEL = re.compile(r"#(\w+)")


@dataclass
class OnSlack:
    """Implements ``Stage`` in a workspace of ``FakeSlack``."""

    slack: FakeSlack
    running: Running
    sender: Sender
    groups: dict[str, set[str]] = field(default_factory=dict)
    bodies: dict[Written, list[dict[str, Any]]] = field(default_factory=dict)
    answers: set[str] = field(default_factory=set)

    @property
    def product(self) -> Product:
        return self.running.product

    @property
    def home(self) -> WorkspaceKey:
        return WorkspaceKey(Platform.SLACK, TEAM)

    @property
    def plugged(self) -> PluggedSlack:
        assert self.running._slack is not None
        return self.running._slack

    async def person(
        self, name: str, *groups: str, admin: bool = False, facts: dict[str, str] | None = None
    ) -> None:
        self.slack.person(_user(name), name.title(), is_admin=admin)
        self.groups = {each: users - {name} for each, users in self.groups.items()}
        for each in groups:
            self.groups[each] = self.groups.get(each, set()) | {name}
        self.slack.groups = [
            {"id": f"S{handle.upper()}", "handle": handle, "users": [*map(_user, names)]}
            for handle, names in self.groups.items()
        ]
        self._a_minute_later()
        now = datetime.now(UTC)
        known = [Fact(key, value, FactSource.TOOL, now) for key, value in (facts or {}).items()]
        await SqlAccountStore(self.product.database).learn(self.account(name), known)

    async def channel(self, name: str, *members: str) -> None:
        there = self.slack.members.get(_channel(name))
        if there is None:
            self.slack.channel(_channel(name), name, is_private=name != "help")
        for each in members:
            await self._joins(_user(each), _channel(name))

    def close_channel(self, name: str) -> None:
        self.slack.channels[_channel(name)]["is_archived"] = True

    def open_channel(self, name: str) -> None:
        del self.slack.channels[_channel(name)]["is_archived"]

    def refused(self) -> int:
        return self.slack.refused

    def account(self, name: str) -> AccountKey:
        return AccountKey(self.home, _user(name))

    def key(self, channel: str, thread: str = "") -> ThreadKey:
        return ThreadKey(self.home, _channel(channel), thread)

    def permalink(self, channel: str, thread: str) -> str:
        return self.plugged.poster.permalink(MessageRef(self.key(channel, thread), thread))

    async def says(self, said_: Said, at: datetime) -> Written:
        channel, stamp = _channel(said_.channel), f"{at.timestamp():.6f}"
        user = self._is_as(said_.who)
        if channel.startswith("D"):
            self.slack.direct(user)
        await self._joins(user, channel)
        words = self._typed(said_.text)
        if said_.others and "<@" not in words:
            words = f"<@{_user('tom')}> {words}"
        self.slack.write(channel, stamp, user, words, said_.thread)
        more: dict[str, Any] = {"user": user, "channel": channel, "ts": stamp}
        more |= {"thread_ts": said_.thread} if said_.thread else {}
        if said_.who.trust is Trust.EXTERNAL:
            more |= {"user_team": ELSEWHERE, "source_team": ELSEWHERE}
        if said_.files:
            more |= {"subtype": "file_share", "files": [{"id": "F1"}] * said_.files}
        written = Written(said_.thread or stamp, stamp)
        both = [said(f"<@{BOT_USER}> {words}", **more), mention(words, **more)]
        self.bodies[written] = both if said_.mention else [said(words, **more)]
        await self.repeats(written)
        return written

    async def repeats(self, written: Written) -> None:
        for body in self.bodies[written]:
            assert await self.sender.event(body) == 200

    async def edits(self, written: Written, text: str) -> None:
        event = self.bodies[written][0]["event"]
        mentioned = len(self.bodies[written]) > 1
        words = f"<@{BOT_USER}> {self._typed(text)}" if mentioned else self._typed(text)
        changed = {"type": "message", "subtype": "message_changed", "channel": event["channel"]}
        inner = {**event, "text": words}
        assert await self.sender.event(envelope({**changed, "message": inner})) == 200

    async def deletes(self, written: Written) -> None:
        event = self.bodies[written][0]["event"]
        gone = {"type": "message", "subtype": "message_deleted", "channel": event["channel"]}
        gone |= {"deleted_ts": written.message_id, "previous_message": event}
        assert await self.sender.event(envelope(gone)) == 200

    async def presses(self, who: Actor, seen: Seen, button: Button, channel: str = "") -> str:
        user = self._is_as(who)
        stands, thread = self._place(seen)
        stands = _channel(channel) if channel else stands
        await self._joins(user, stands)
        judged = button.action in JUDGED
        action = FEEDBACK if judged else f"{button.action}.0"
        value = f"{button.action}.{button.value}" if judged else button.value
        pressed = press(
            ACTION_PREFIX + action,
            value,
            user=user,
            channel=stands,
            ts=seen.message_id,
            thread=thread,
        )
        before = len(self.slack.log)
        assert await self.sender.interaction(pressed) == 200
        async with asyncio.timeout(SETTLE_SECONDS):
            while self.plugged.receiver._tasks:
                await asyncio.sleep(0.005)
        return self._answer(user, before)

    async def fills(self, who: Actor, **inputs: str) -> str:
        *_, opened = [each.message for each in self.slack.log if each.what == "modal"]
        body = submission(opened, user=self._is_as(who), **inputs)
        answer = await self.sender.submit(body)
        told = page(answer["view"]["blocks"]).text if "view" in answer else ""
        return told or "\n".join(answer["errors"].values())

    async def commands(self, who: Actor, text: str, number: int, at: datetime) -> str:
        user = self._is_as(who)
        fields = command(self._escaped(text), user=user, channel=_channel("help"))
        fields["trigger_id"] = f"trigger-{number}"
        reply = await self.sender.command(fields)
        if reply:
            return page(reply["blocks"]).text
        (*_, modal) = [each.message for each in self.slack.log if each.what == "modal"]
        return "\n".join([each["label"]["text"] for each in modal["blocks"]])

    def log(self) -> list[Seen]:
        stood = ("post", "update", "ephemeral")
        logged = [each for each in self.slack.log if each.what in stood]
        return [
            self._seen(each)
            for each in logged
            if each.ts not in self.answers and each.message.get("blocks")
        ]

    def start(self) -> None:
        if self.running._tasks[0].done():
            self.product.worker._stopping = False
            self.running._tasks[0] = asyncio.create_task(self.product.worker.run())

    async def pause(self) -> None:
        await self.product.worker.stop()
        await self.running._tasks[0]

    async def settled(self) -> None:
        async with asyncio.timeout(SETTLE_SECONDS):
            while (
                await self.product.inbox.depth()
                or self.product.worker.busy
                or self.plugged.receiver._tasks
            ):
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.running.stop()

    def _seen(self, logged: fakes.Seen) -> Seen:
        read = page(logged.message["blocks"], ABOUT)
        channel, thread = logged.channel, logged.message.get("thread_ts", logged.thread)
        only_for = logged.user
        if read.about:  # a private answer belongs to the thread that it leads back to
            only_for = self.slack.channels[channel]["user"]
            channel, thread = _linked(read.about)
        return Seen(
            message_id=logged.ts,
            channel=self._name(channel),
            thread=thread,
            text=read.text,
            title=read.title,
            speaker=read.speaker,
            only_for=self.slack.users[only_for]["name"] if only_for else "",
            changed=logged.what == "update",
            buttons=tuple(read.buttons),
            fields=tuple(read.fields),
            links=frozenset(read.links),
        )

    def _place(self, seen: Seen) -> tuple[str, str]:
        """The channel and thread in which a message really stands."""
        logged = next(each for each in self.slack.log if each.ts == seen.message_id)
        return logged.channel, logged.message.get("thread_ts", logged.thread)

    def _answer(self, user: str, since: int) -> str:
        """What only this person reads after a press: the oldest that no other press was told."""
        for each in self.slack.log[since:]:
            if each.what == "ephemeral" and each.user == user and each.ts not in self.answers:
                self.answers.add(each.ts)
                return page(each.message["blocks"]).text
        return ""

    def _is_as(self, who: Actor) -> str:
        """Somebody's id, after Slack has learned what they are and how they call themselves."""
        assert who.workspace is None, "others' requests never come past the gate"
        user = _user(who.name)
        as_is = dict(self.slack.users[user])
        as_now = {
            **as_is,
            "team_id": ELSEWHERE if who.trust is Trust.EXTERNAL else TEAM,
            "is_restricted": who.trust is Trust.GUEST,
            "profile": {"display_name": who.called or who.name.title()},
        }
        if {**as_is, "is_restricted": as_is.get("is_restricted", False)} != as_now:
            self.slack.users[user] = as_now
            self._a_minute_later()
        return user

    async def _joins(self, user: str, channel: str) -> None:
        """Whoever writes or presses somewhere is there; Slack tells us when they come."""
        members = self.slack.members.get(channel)
        if members is None or user in members:
            return
        members.append(user)
        joined = {"type": "member_joined_channel", "user": user, "channel": channel, "team": TEAM}
        assert await self.sender.event(envelope(joined)) == 200

    def _a_minute_later(self) -> None:
        """What was looked up about people is out of date."""
        directory = self.plugged.receiver._directory
        for each in (directory._people, directory._roles, directory._groups):
            each._kept.clear()

    def _typed(self, text: str) -> str:
        """A text as Slack sends what people type: markup escaped, people as tokens."""

        def token(found: re.Match[str]) -> str:
            name = found.group(1).lower()
            if name == "frontdesk":
                return f"<@{BOT_USER}>"
            return f"<@{_user(name)}>" if _user(name) in self.slack.users else found.group()

        return NAMED.sub(token, _entities(text))

    def _escaped(self, text: str) -> str:
        """The words of a command, with names as tokens where Slack knows them."""

        def person(found: re.Match[str]) -> str:
            name = found.group(1)
            known = _user(name) in self.slack.users
            return f"<@{_user(name)}|{name}>" if known else found.group()

        def channel(found: re.Match[str]) -> str:
            name = found.group(1)
            known = _channel(name) in self.slack.channels
            return f"<#{_channel(name)}|{name}>" if known else found.group()

        return CHANNEL.sub(channel, NAMED.sub(person, _entities(text)))

    def _name(self, channel: str) -> str:
        """A channel's name in the stories."""
        found = self.slack.channels[channel]
        if found.get("is_im"):
            return f"dm-{self.slack.users[found['user']]['name']}"
        return str(found["name"])


def _user(name: str) -> str:
    return f"U{name.upper()}"


def _channel(name: str) -> str:
    if name.startswith("dm-"):
        return f"D{_user(name.removeprefix('dm-'))}"
    return f"C{name.upper()}"


def _entities(text: str) -> str:
    return html.escape(text, quote=False)


def _linked(permalink: str) -> tuple[str, str]:
    """The channel and thread that a link leads to."""
    channel, digits = permalink.partition("?")[0].split("/")[-2:]
    return channel, f"{digits[1:-6]}.{digits[-6:]}"


@asynccontextmanager
async def on_slack(
    folder: Path, furnished: Path, knowledge: Path, model: Model | None, **more: Any
) -> AsyncIterator[OnSlack]:
    """A stage on Slack with the model in this process."""
    furnish(folder, furnished, knowledge)
    async with AsyncExitStack() as opened:
        slack = await opened.enter_async_context(fake_slack())
        session = await opened.enter_async_context(aiohttp.ClientSession())
        opened.enter_context(mock.patch.multiple(limits, POSTS=(), UPDATES=()))
        chosen = settings(folder, slack, FRONTDESK_ADMINS="", FRONTDESK_KNOWLEDGE=knowledge, **more)
        running = await Running.start(chosen, with_playground=False, model=model)
        sender = Sender(f"http://127.0.0.1:{running.port}{PATH}", session)
        stage = OnSlack(slack, running, sender)
        opened.push_async_callback(stage.close)
        yield stage


@asynccontextmanager
async def on_slack_with_claude(
    folder: Path, furnished: Path, knowledge: Path, model: Model | None
) -> AsyncIterator[OnSlack]:
    """A stage on Slack with Claude, who says what the model says."""
    async with FakeClaude(speaking(model) if model else offline_mind) as claude:
        more = {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": claude.url}
        async with on_slack(folder, furnished, knowledge, None, **more) as stage:
            yield stage
