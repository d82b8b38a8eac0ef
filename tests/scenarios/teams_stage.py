"""Teams as a stage: signed activities in, connector calls out, over HTTP, with the real product."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import NAMESPACE_DNS, uuid5

import aiohttp

from adapters.storage.accounts import SqlAccountStore
from adapters.teams import limits, words
from adapters.teams.conversation import ROOT, activity_id, channel_of
from adapters.teams.parse import DATA
from bot.run import Running
from bot.settings import Settings
from bot.teams import PluggedTeams
from bot.wiring import Product
from core.account import Fact, FactSource
from core.cards import Button
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import Trust
from core.ports import Model
from tests.fakes import teams as fakes
from tests.fakes.teams import TENANT, FakeTeams, Person, buttons, chat
from tests.fakes.teams_activities import BOT, BOT_MENTION, activity, mention, presses
from tests.fakes.teams_reading import page
from tests.platforms.teams_setup import Tenant
from tests.scenarios.in_process import SETTLE_SECONDS, furnish
from tests.scenarios.stage import Actor, Said, Seen, Written

ELSEWHERE = "99999999-0000-4000-8000-000000000000"
ADMIN = "alex"  # named by the settings: Teams tells a bot of no administrators
NAMED = re.compile(r"@(\w+)")
FILE = {"contentType": "application/vnd.microsoft.teams.file.download.info"}
MINUTE = 61.0


@dataclass
class OnTeams:
    """Implements ``Stage`` in the tenant of ``FakeTeams``, with leave to read its channels."""

    tenant: Tenant
    sent: dict[Written, dict[str, Any]] = field(default_factory=dict)
    given: dict[int, dict[str, Any]] = field(default_factory=dict)
    answers: set[int] = field(default_factory=set)
    passed: float = 0.0

    @property
    def teams(self) -> FakeTeams:
        return self.tenant.teams

    @property
    def running(self) -> Running:
        return self.tenant.running

    @property
    def product(self) -> Product:
        return self.running.product

    @property
    def home(self) -> WorkspaceKey:
        return WorkspaceKey(Platform.TEAMS, TENANT)

    @property
    def plugged(self) -> PluggedTeams:
        assert self.running._teams is not None
        return self.running._teams

    async def person(
        self, name: str, *groups: str, admin: bool = False, facts: dict[str, str] | None = None
    ) -> None:
        assert not admin or name == ADMIN, "only one is named by the settings"
        self.teams.people[name] = Person(name.title(), _user(name), f"29:{name}")
        self._a_minute_later()
        now = datetime.now(UTC)
        known = [Fact(key, value, FactSource.TOOL, now) for key, value in (facts or {}).items()]
        await SqlAccountStore(self.product.database).learn(self.account(name), known)

    async def channel(self, name: str, *members: str) -> None:
        place = self._place(name)
        self.teams.members[place] = list(members)
        if name == "help" and (place, name) not in self.teams.channels:
            self.teams.channels.append((place, name))  # Teams lists standard channels only
        creator = self.teams.people[members[0]]
        made = activity(self.teams, creator, place, type="conversationUpdate")
        made["channelData"] |= {"eventType": "channelCreated"}
        made["channelData"]["channel"]["name"] = name
        await self._post(made)

    def close_channel(self, name: str) -> None:
        self.teams.closed.add(self._place(name))

    def open_channel(self, name: str) -> None:
        self.teams.closed.discard(self._place(name))

    def refused(self) -> int:
        return self.teams.refused

    def account(self, name: str) -> AccountKey:
        return AccountKey(self.home, _user(name))

    def key(self, channel: str, thread: str = "") -> ThreadKey:
        return ThreadKey(self.home, self._place(channel), thread)

    def permalink(self, channel: str, thread: str) -> str:
        return self.plugged.poster.permalink(MessageRef(self.key(channel, thread), thread))

    async def says(self, said: Said, at: datetime) -> Written:
        who, place = self._is_as(said.who), self._place(said.channel)
        await self._joins(said.who.name, place)
        made = activity(self.teams, who, place, timestamp=at.isoformat())
        if place.startswith("19:"):
            root = said.thread.rpartition("=")[2] or made["id"]
            made["conversation"]["id"] = f"{place}{ROOT}{root}"
        made |= self._typed(said.text, ours=said.mention, others=said.others)
        made["attachments"] = [FILE] * said.files
        self._shows(made, said.who)
        written = Written(made["conversation"]["id"], made["id"])
        self.sent[written] = made
        await self.repeats(written)
        return written

    async def repeats(self, written: Written) -> None:
        await self._post(self.sent[written])

    async def edits(self, written: Written, text: str) -> None:
        before = self.sent[written]
        ours = any(each["mentioned"]["id"] == BOT for each in before["entities"])
        edited = {**before, **self._typed(text, ours=ours), "type": "messageUpdate"}
        edited["channelData"] = {**before["channelData"], "eventType": "editMessage"}
        await self._post(edited)

    async def deletes(self, written: Written) -> None:
        gone = {**self.sent[written], "type": "messageDelete"}
        gone["channelData"] = {**gone["channelData"], "eventType": "softDeleteMessage"}
        await self._post(gone)

    async def presses(self, who: Actor, seen: Seen, button: Button, channel: str = "") -> str:
        """A minute after the last press, so that none is taken for one delivered again."""
        self.passed += MINUTE
        person, stands = self._is_as(who), self._stands(seen)
        conversation = stands.conversation
        if channel:
            conversation = conversation.replace(channel_of(conversation), self._place(channel))
        await self._joins(who.name, channel_of(conversation))
        made = activity(self.teams, person, conversation, replyToId=stands.activity_id)
        made |= {"type": "invoke", **_pressed(button, stands)}
        self._shows(made, who)
        before = len(self.teams.log)
        body = await self._post(made)
        told = [page(each.activity) for each in self._answered(person, before)]
        said = told[-1].text if told and told[-1].title else str((body or {}).get("value", ""))
        return "" if said == words.DONE else said

    async def fills(self, who: Actor, **inputs: str) -> str:
        person = self._is_as(who)
        shown = [each for each in self.teams.log if each.conversation == chat(person)]
        form = [each for each in shown if each.did == "update"][-1]
        (button,) = buttons(form.activity).values()
        sent = presses(self.teams, person, form.conversation, form.activity_id, button, **inputs)
        before = len(self.teams.log)
        body = await self._post(sent)
        self._answered(person, before)
        return str(body["value"])

    async def commands(self, who: Actor, text: str, number: int, at: datetime) -> str:
        person, before = self._is_as(who), len(self.teams.log)
        place = self._place("help")
        made = activity(self.teams, person, place, timestamp=at.isoformat())
        made["conversation"]["id"] += f"{ROOT}{made['id']}"
        made |= self._typed(f"/desk {text}", ours=True)
        self._shows(made, who)
        async with self._nothing_begun():  # what the command leads to is no answer to it
            await self._post(self.given.setdefault(number, made))
            told = self._answered(person, before)
        return page(told[-1].activity).text

    def log(self) -> list[Seen]:
        """What was given its content, once more for each time that it changed."""
        known: set[str] = set()
        shown: list[Seen] = []
        for number, each in enumerate(self.teams.log):
            if each.did == "update" and number not in self.answers:
                shown.append(self._seen(each, changed=each.activity_id in known))
                known.add(each.activity_id)
        return shown

    def start(self) -> None:
        if self.running._tasks[0].done():
            self.product.worker._stopping = False
            self.running._tasks[0] = asyncio.create_task(self.product.worker.run())

    async def pause(self) -> None:
        await self.product.worker.stop()
        await self.running._tasks[0]

    async def settled(self) -> None:
        async with asyncio.timeout(SETTLE_SECONDS):
            while await self.product.inbox.depth() or self.product.worker.busy:
                await asyncio.sleep(0.005)

    async def close(self) -> None:
        await self.running.stop()

    async def _post(self, sent: dict[str, Any]) -> Any:
        status, body = await self.tenant.post(sent)
        assert status == 200, body
        return body

    @asynccontextmanager
    async def _nothing_begun(self) -> AsyncIterator[None]:
        """Keep the worker from beginning anything meanwhile."""
        room, taken = self.product.worker._room, 0
        while not room.locked():
            await room.acquire()
            taken += 1
        try:
            yield
        finally:
            for _ in range(taken):
                room.release()

    def _answered(self, who: Person, since: int) -> list[fakes.Seen]:
        """What somebody was told in their chat within a request: an answer and no more."""
        log = self.teams.log
        found = [n for n in range(since, len(log)) if log[n].conversation == chat(who)]
        self.answers |= set(found)
        return [log[n] for n in found if log[n].did == "update"]

    def _seen(self, logged: fakes.Seen, *, changed: bool) -> Seen:
        read = page(logged.activity)
        channel, thread, only_for = channel_of(logged.conversation), logged.conversation, ""
        if read.about:  # a private answer belongs to the thread that it leads back to
            only_for = self._owner(channel)
            channel, thread = _linked(read.about)
        root = thread.partition(ROOT)[2] == logged.activity_id
        return Seen(
            message_id=thread if root else logged.activity_id,
            channel=self._name(channel),
            thread="" if root else thread,
            text=read.text,
            title=read.title,
            speaker=read.speaker,
            only_for=only_for,
            changed=changed,
            buttons=tuple(read.buttons),
            fields=tuple(read.fields),
            links=frozenset(read.links),
        )

    def _stands(self, seen: Seen) -> fakes.Seen:
        """The message as it really stands, with its activity."""
        wanted = activity_id(seen.message_id)
        return next(e for e in self.teams.log if e.did == "update" and e.activity_id == wanted)

    def _is_as(self, who: Actor) -> Person:
        """Somebody, after Teams has learned what they are and how they call themselves."""
        assert who.workspace is None, "others' requests never come past the gate"
        known = self.teams.people[who.name]
        now = replace(
            known,
            name=who.called or who.name.title(),
            role="guest" if who.trust is Trust.GUEST else "user",
            tenant=ELSEWHERE if who.trust is Trust.EXTERNAL else TENANT,
        )
        if now != known:
            self.teams.people[who.name] = now
            self._a_minute_later()
        return now

    def _shows(self, made: dict[str, Any], who: Actor) -> None:
        """What the envelope says of a person from outside."""
        if who.trust is Trust.EXTERNAL:
            made["from"]["tenantId"] = ELSEWHERE

    async def _joins(self, name: str, place: str) -> None:
        """Whoever writes or presses somewhere is there; Teams tells us when they come."""
        members = self.teams.members.get(place)
        if members is None or name in members:
            return
        members.append(name)
        person = self.teams.people[name]
        joined = activity(self.teams, person, place, type="conversationUpdate")
        await self._post({**joined, "membersAdded": [{"id": person.teams_id}]})

    def _a_minute_later(self) -> None:
        """What was looked up about people is out of date."""
        roster = self.plugged.poster._directory._roster
        for each in (roster._one, roster._all, roster._channels):
            each._kept.clear()

    def _typed(self, text: str, *, ours: bool, others: bool = False) -> dict[str, Any]:
        """Text and entities as Teams sends what people type after an @."""
        entities = [mention(BOT, "Frontdesk")] if ours else []

        def token(found: re.Match[str]) -> str:
            name = found.group(1).lower()
            if name == "frontdesk":
                entities.append(mention(BOT, "Frontdesk"))
                return BOT_MENTION
            person = self.teams.people.get(name)
            if person is None:
                return found.group()
            entities.append(mention(person.teams_id, person.name))
            return f"<at>{person.name}</at>"

        typed = NAMED.sub(token, text)
        if others and all(each["mentioned"]["id"] == BOT for each in entities):
            tom = self.teams.people["tom"]
            entities.append(mention(tom.teams_id, tom.name))
            typed = f"<at>{tom.name}</at> {typed}"
        return {"text": f"{BOT_MENTION} {typed}" if ours else typed, "entities": entities}

    def _place(self, channel: str) -> str:
        if channel.startswith("dm-"):
            return chat(self.teams.people[channel.removeprefix("dm-")])
        return f"19:{channel}@thread.tacv2"

    def _name(self, place: str) -> str:
        """A channel's name in the stories."""
        if place.startswith("19:"):
            return place.removeprefix("19:").partition("@")[0]
        return f"dm-{self._owner(place)}"

    def _owner(self, place: str) -> str:
        return next(name for name, each in self.teams.people.items() if chat(each) == place)


def _user(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, name))


def _pressed(button: Button, stands: fakes.Seen) -> dict[str, Any]:
    """Name and value of the invoke that a button leads to; thumbs are Teams' own."""
    loop = "feedbackLoop" in stands.activity.get("channelData", {})
    if loop and button.action in ("helpful", "unhelpful") and not button.value:
        liked = "like" if button.action == "helpful" else "dislike"
        value = {"actionName": "feedback", "actionValue": {"reaction": liked}}
        return {"name": "message/submitAction", "value": value}
    drawn = [each["data"] for each in buttons(stands.activity).values()]
    ours = {"action": button.action, "value": button.value}
    same = (each for each in drawn if {**each[DATA], **ours} == each[DATA])
    data = next(same, {DATA: ours})
    action = {"type": "Action.Execute", "verb": button.action, "data": data}
    return {"name": "adaptiveCard/action", "value": {"action": action}}


def _linked(permalink: str) -> tuple[str, str]:
    """The channel and thread that a link leads to."""
    parts = urlsplit(permalink)
    channel = unquote(parts.path.split("/")[-2])
    (root,) = parse_qs(parts.query)["parentMessageId"]
    return channel, f"{channel}{ROOT}{root}"


@asynccontextmanager
async def on_teams(
    folder: Path, furnished: Path, knowledge: Path, model: Model | None
) -> AsyncIterator[OnTeams]:
    """A stage on Teams with the model in this process."""
    furnish(folder, furnished, knowledge)
    teams = FakeTeams()
    await teams.start()
    teams.channels.clear()
    given: dict[str, Any] = {
        "FRONTDESK_DATA_DIR": folder,
        "FRONTDESK_KNOWLEDGE": knowledge,
        "FRONTDESK_ADMINS": f"teams/{TENANT}/{_user(ADMIN)}",
        "PORT": 0,
        "FRONTDESK_LOCAL_PORT": 0,
        **teams.settings,
    }
    async with AsyncExitStack() as opened:
        opened.push_async_callback(teams.stop)
        opened.enter_context(mock.patch.object(limits, "CALLS", ()))
        http = await opened.enter_async_context(aiohttp.ClientSession())
        running = await Running.start(Settings(**given), with_playground=False, model=model)
        stage = OnTeams(Tenant(teams, running, http))
        opened.push_async_callback(stage.close)
        once = stage.plugged.once
        clock = once._clock
        once._clock = lambda: clock() + stage.passed
        yield stage
