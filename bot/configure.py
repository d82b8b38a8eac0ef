"""``/desk config``: each change is checked, numbered and confirmed in words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from adapters.storage.workspaces import SqlWorkspaceStore
from bot.config_history import ConfigHistory
from bot.connections import Connections
from bot.set_facts import SetFacts
from bot.settings_words import NAMED_MOST, SettingsWords
from bot.support_channel import SupportChannels
from core import admin_wording, text
from core.cards import Card, Field, Fields, Plain, Prose
from core.ids import AccountKey, ThreadKey
from core.messages import Command
from core.strategies import Strategy
from core.workspace import WorkspaceSettings, terms_of
from handoff.desk import Desk

ANYWAY = " anyway"  # behind a channel that everyone can read: it shall be that one
DEFAULT = "default"  # for a channel: as everywhere
MENTIONS = ("@", "<@")  # with which a person's name may begin
NONE = "none"  # instead of risk terms: there shall be none


class Configure:
    """Shows and changes a workspace's settings."""

    def __init__(
        self, workspaces: SqlWorkspaceStore, connections: Connections, desk: Desk, facts: SetFacts
    ) -> None:
        self._facts = facts
        self._history = ConfigHistory(workspaces, connections, desk)
        self._directory = connections
        self._channels = SupportChannels(workspaces, connections)
        self._words = SettingsWords(connections, self._channels)
        self._workspaces = workspaces
        self._desk = desk

    async def run(self, command: Command, rest: str) -> Card:
        """The private reply to ``/desk config …``; ``Conflict`` when somebody was quicker."""
        what, _, values = rest.partition(" ")
        try:
            return await self._run(command, what.casefold(), values.strip())
        except ValidationError:
            return _says(admin_wording.CONFIG_USAGE)

    async def _run(self, command: Command, what: str, values: str) -> Card:
        match what:
            case "":
                return await self._show(command)
            case "support-channel":
                return await self._support_channel(command, values)
            case "staff" | "admins" as name:
                return await self._people(command, name, values.split())
            case "risk-terms" if values:
                return await self._risk_terms(command, values)
            case "fact" if values:
                return await self._facts.set(command, values)
            case "memory" if values:
                return await self._memory(command, *values.partition(" ")[::2])
            case "history":
                return await self._history.show(command)
            case "undo":
                return await self._history.undo(command, values)
            case _:
                return _says(admin_wording.CONFIG_USAGE)

    async def _show(self, command: Command) -> Card:
        settings = await self._workspaces.settings(command.actor.key.workspace)
        channel = await self._words.channel(settings.support_channel, command.actor.key.workspace)
        admins = await self._words.names(settings.admins)
        fields = (
            Field("Support channel", channel),
            Field("Staff", await self._words.names(settings.staff) or "nobody"),
            Field("Admins", admins or "only the platform's own admins"),
            Field("Risk terms", ", ".join(settings.risk_terms) or "none"),
            Field("Memory", await self._remembered(settings.memory)),
            Field("Version", str(settings.version)),
        )
        return Card((Fields(fields), Prose(admin_wording.CONFIG_USAGE)), title="Settings")

    async def _support_channel(self, command: Command, value: str) -> Card:
        here = command.actor.key.workspace
        given = value.removesuffix(ANYWAY)
        channel = await self._channels.find(here, given)
        if isinstance(channel, str):
            return _says(channel)
        name = await self._channels.name(channel, here)
        if given == value and await self._directory.open_to_all(channel):
            return _says(admin_wording.CONFIG_OPEN_CHANNEL.format(name=name))
        before = await self._workspaces.settings(here)
        stored = await self._change(command, support_channel=str(channel))
        waiting = await self._desk.deliver_waiting(here, channel)
        said = admin_wording.CONFIG_CHANNEL_SET.format(name=name, version=stored.version)
        said += f" {admin_wording.CONFIG_CHANNEL_STAFF}" if channel.workspace != here else ""
        said += admin_wording.config_waiting(*waiting)
        return _told(said + await self._channels.left_behind(before))

    async def _people(self, command: Command, name: str, values: list[str]) -> Card:
        if len(values) < 2 or values[0] not in ("add", "remove"):
            return _says(admin_wording.CONFIG_USAGE)
        adds, given = values[0] == "add", values[1:]
        if len(given) > 1 and all(each.startswith(MENTIONS) for each in given):
            return _says(admin_wording.CONFIG_ONE_PERSON)
        workspace = command.actor.key.workspace
        listed: tuple[str, ...] = getattr(await self._workspaces.settings(workspace), name)
        person = None if adds else await self._listed(listed, " ".join(given))
        person = person or await self._directory.find(workspace, " ".join(given))
        if person is None:
            return _says(admin_wording.CONFIG_NO_PERSON.format(name=text.one_line(given[0], 60)))
        called = await self._directory.person_name(person)
        if adds is (str(person) in listed):
            same = admin_wording.CONFIG_PEOPLE_SAME[adds]
            return _told(same.format(person=called, name=name))
        others = tuple(key for key in listed if key != str(person))
        stored = await self._change(command, **{name: (*others, str(person)) if adds else others})
        said = admin_wording.CONFIG_PEOPLE_SET.format(
            person=called,
            done="added to" if adds else "removed from",
            name=name,
            version=stored.version,
        )
        return _told(said)

    async def _listed(self, keys: Sequence[str], given: str) -> AccountKey | None:
        """Who on a list is meant; also somebody whom the directory does not find any more."""
        sought = given.removeprefix("@").casefold()
        people = [AccountKey.parse(key) for key in keys]
        names = await asyncio.gather(*map(self._directory.person_name, people))
        meant = [
            person
            for person, called in zip(people, names, strict=True)
            if sought in (called.casefold(), person.user_id.casefold())
        ]
        return meant[0] if len(meant) == 1 else None

    async def _risk_terms(self, command: Command, values: str) -> Card:
        given = "" if values.casefold() == NONE else values
        terms = terms_of(given)
        stored = await self._change(command, risk_terms=terms)
        return _says(
            admin_wording.CONFIG_TERMS_SET.format(count=len(terms), version=stored.version)
        )

    async def _memory(self, command: Command, named: str, channel: str) -> Card:
        """How threads are remembered, in one channel or wherever nothing else is set."""
        workspace = command.actor.key.workspace
        taken_back = named.casefold() == DEFAULT and bool(channel)
        if not taken_back and named.casefold() not in [*Strategy]:
            return _says(admin_wording.CONFIG_USAGE)
        strategy = None if taken_back else Strategy(named.casefold())
        found = await self._directory.find_channel(workspace, channel.strip()) if channel else None
        if channel and found is None:
            shown = text.one_line(channel, 60)
            return _told(admin_wording.CONFIG_NO_CHANNEL.format(name=shown))
        settings = await self._workspaces.settings(workspace)
        changed = settings.remembering(strategy, str(found) if found else "")
        stored = await self._change(command, memory=changed.memory)
        where = await self._directory.channel_name(found) if found else ""
        return _told(admin_wording.config_memory(strategy, where, stored.version))

    async def _remembered(self, memory: Mapping[str, Strategy]) -> str:
        """The strategy of all channels, and of those that have their own."""
        own = [(ThreadKey.parse(key), each) for key, each in memory.items() if key]
        names = await asyncio.gather(
            *(self._directory.channel_name(key) for key, _ in own[:NAMED_MOST])
        )
        said = [memory.get("", Strategy.HYBRID).value]
        said += [f"{name}: {each}" for name, (_, each) in zip(names, own, strict=False)]
        return ", ".join(said) + (f" and {len(own) - len(names)} more" if own[NAMED_MOST:] else "")

    async def _change(self, command: Command, **changes: object) -> WorkspaceSettings:
        workspace = command.actor.key.workspace
        settings = await self._workspaces.settings(workspace)
        changed = WorkspaceSettings.model_validate({**settings.model_dump(), **changes})
        return await self._workspaces.change(workspace, changed, str(command.actor.key))


def _says(words: str) -> Card:
    return Card((Prose(words),))


def _told(words: str) -> Card:
    """A line that holds somebody's name, which is text and nothing else."""
    return Card((Plain(words),))
