"""``/desk config history`` and ``undo``: every change by number, and the way back.

Nothing is ever taken out of the history: an undo is a change like any other, with a number
and the name of who made it, and can itself be undone.
"""

from __future__ import annotations

from adapters.storage.workspaces import SqlWorkspaceStore
from bot.connections import Connections
from bot.settings_words import SettingsWords
from bot.support_channel import SupportChannels
from core import admin_wording
from core.cards import Card, Field, Fields, Note, Plain, Prose
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.messages import Command
from core.workspace import WorkspaceSettings
from handoff.desk import Desk

SHOWN = 10  # versions
ANYWAY = "anyway"  # behind an undo: to a channel that everyone can read
UNSET = WorkspaceSettings()


class ConfigHistory:
    """Shows what was changed by whom, and takes it back."""

    def __init__(self, workspaces: SqlWorkspaceStore, connections: Connections, desk: Desk) -> None:
        self._workspaces, self._directory, self._desk = workspaces, connections, desk
        self._channels = SupportChannels(workspaces, connections)
        self._words = SettingsWords(connections, self._channels)

    async def show(self, command: Command) -> Card:
        """The newest versions with what changed in each."""
        here = command.actor.key.workspace
        found = await self._workspaces.revisions(here, SHOWN + 1)
        if not found:
            return _says(admin_wording.HISTORY_EMPTY)
        before = [*(each.settings for each in found[1:]), UNSET]
        fields = []
        for newer, older in zip(found[:SHOWN], before, strict=False):
            lines = await self._words.differences(older, newer.settings, here)
            who = await self._name(newer.by)
            label = f"{newer.settings.version} · {who}, {newer.at:%Y-%m-%d %H:%M} UTC"
            fields.append(Field(label, "\n".join(lines) or "no difference"))
        note = Note(admin_wording.HISTORY_NOTE)
        return Card((Fields(tuple(fields)), note), title="History of the settings")

    async def undo(self, command: Command, values: str) -> Card:
        """Make the settings what they were before the last change, or in a version by number.

        Raises:
            Conflict: Somebody else changed them meanwhile.
        """
        words = values.casefold().split()
        anyway = words[-1:] == [ANYWAY]
        number = "".join(words[:-1] if anyway else words).removeprefix("to")
        if number and not (number.isdecimal() and len(number) < 9):
            return _says(admin_wording.CONFIG_USAGE)
        here = command.actor.key.workspace
        now = await self._workspaces.settings(here)
        wanted = int(number) if number else now.version - 1
        if not now.version or not 0 <= wanted < now.version:
            return _says(admin_wording.UNDO_NOTHING)
        found = await self._workspaces.revisions(here, 1, wanted)
        then = found[0].settings if found else UNSET
        if then.version != wanted:
            return _says(admin_wording.UNDO_NOTHING)
        moved = then.support_channel != now.support_channel
        refusal = await self._refusal(then, here, anyway=anyway) if moved else ""
        if refusal:
            return _told(refusal)
        again = then.model_copy(update={"version": now.version})
        stored = await self._workspaces.change(here, again, str(command.actor.key))
        lines = await self._words.differences(now, stored, here)
        said = admin_wording.UNDONE.format(was=wanted, version=stored.version)
        if moved and stored.support_channel:
            channel = ThreadKey.parse(stored.support_channel)
            waiting = await self._desk.deliver_waiting(here, channel)
            said += admin_wording.config_waiting(*waiting)
        said += await self._channels.left_behind(now) if moved else ""
        return Card((Plain(said), *map(Plain, lines)))

    async def _name(self, by: str) -> str:
        """Who made a change; the playground makes its first one itself."""
        return await self._directory.person_name(AccountKey.parse(by)) if "/" in by else by

    async def _refusal(self, then: WorkspaceSettings, here: WorkspaceKey, *, anyway: bool) -> str:
        """Why the support channel of then cannot be that again, in words; empty when it can."""
        if not then.support_channel:
            return ""
        channel = ThreadKey.parse(then.support_channel)
        name = await self._channels.name(channel, here)
        if channel.workspace != here and not await self._channels.agreed(channel):
            return admin_wording.UNDO_CHANNEL.format(name=name)
        if not anyway and await self._directory.open_to_all(channel):
            return admin_wording.CONFIG_OPEN_CHANNEL.format(name=name)
        return ""


def _says(words: str) -> Card:
    return Card((Prose(words),))


def _told(words: str) -> Card:
    """A line that holds somebody's name, which is text and nothing else."""
    return Card((Plain(words),))
