"""``/desk config support-channel``: where handoff cards go, here or on another platform.

A channel of another workspace has to be the support channel its own admins chose: they
agreed to requests there, and the staff they named takes them. Nothing else of it is
ever looked up, so that nobody can ask from here which channels it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from bot.connections import Connections
from core import admin_wording, text, wording
from core.errors import NameUnclear
from core.ids import ThreadKey, WorkspaceKey
from core.ports import WorkspaceStore
from core.workspace import WorkspaceSettings

PLATFORMS = {name.casefold(): platform for platform, name in wording.PLATFORMS.items()}
ELSEWHERE = re.compile(rf"(.+?)\s+(?:in|on)\s+({'|'.join(PLATFORMS)})", re.IGNORECASE)
SHOWN_MOST = 60  # characters of a name that was given


class SupportChannels:
    """Finds the channel that an admin means."""

    def __init__(self, workspaces: WorkspaceStore, connections: Connections) -> None:
        self._workspaces = workspaces
        self._connections = connections

    async def find(self, here: WorkspaceKey, given: str) -> ThreadKey | str:
        """The channel, or in words why it cannot be had."""
        elsewhere = ELSEWHERE.fullmatch(given)
        name, place = elsewhere.groups() if elsewhere else (given, "")
        try:
            if not place:
                return await self._unplaced(here, name)
            if PLATFORMS[place.casefold()] is here.platform:
                return await self._connections.find_channel(here, name) or _unknown(name)
        except NameUnclear:
            return admin_wording.CONFIG_CHANNEL_UNCLEAR.format(name=_shown(name))
        return await self._elsewhere(here, name, place)

    async def name(self, channel: ThreadKey, here: WorkspaceKey) -> str:
        """A channel as people of a workspace call it."""
        name = f"#{await self._connections.channel_name(channel)}"
        return name if channel.workspace == here else f"{name} in {_platform(channel.workspace)}"

    async def sent_to(self, channel: ThreadKey) -> tuple[WorkspaceKey, ...]:
        """The other workspaces whose cards go to a channel of this one."""
        others = self._connections.others(channel.workspace)
        return tuple([each for each in others if await self._of(each) == channel])

    async def left_behind(self, before: WorkspaceSettings) -> str:
        """In words, which other workspaces still send their cards where ours went until now."""
        if not before.support_channel:
            return ""
        channel = ThreadKey.parse(before.support_channel)
        others = await self.sent_to(channel)
        if not others or await self.agreed(channel):
            return ""
        return f" {admin_wording.CONFIG_CHANNEL_LEFT.format(places=_platforms(others))}"

    async def agreed(self, channel: ThreadKey) -> bool:
        """Whether a channel is still the one its own workspace's admins chose."""
        return await self._of(channel.workspace) == channel

    async def _unplaced(self, here: WorkspaceKey, name: str) -> ThreadKey | str:
        """A channel of ours, unless people elsewhere work in one of the same name."""
        found = await self._connections.find_channel(here, name)
        others = self._connections.others(here)
        twins = [each for each in others if await self._support_channel(each, name)]
        if not twins:
            return found or _unknown(name)
        known = (
            admin_wording.CONFIG_CHANNEL_TWICE if found else admin_wording.CONFIG_CHANNEL_ELSEWHERE
        )
        ours, theirs = _platform(here), _platform(twins[0])
        return known.format(name=_shown(name), here=ours, there=theirs)

    async def _elsewhere(self, here: WorkspaceKey, name: str, place: str) -> ThreadKey | str:
        platform = PLATFORMS[place.casefold()]
        others = self._connections.others(here)
        there = next((each for each in others if each.platform is platform), None)
        if there is None:
            return admin_wording.CONFIG_NOT_CONNECTED.format(place=wording.PLATFORMS[platform])
        found = await self._support_channel(there, name)
        if found is None:  # the platform may have made a token of the name, if we have such a one
            ours = await self._connections.find_channel(here, name)
            named = await self._connections.channel_name(ours) if ours else ""
            found = await self._support_channel(there, named)
        refusal = admin_wording.CONFIG_CHANNEL_NOT_THEIRS
        return found or refusal.format(name=_shown(name), there=_platform(there))

    async def _support_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        """A workspace's own support channel, if that is what it is called."""
        channel = await self._of(workspace)
        if channel is None or channel.workspace != workspace:
            return None
        wanted = unquote(name).removeprefix("#")
        if channel.channel_id in wanted:  # a link
            return channel
        called = await self._connections.channel_name(channel)
        return channel if wanted.casefold() == called.casefold() else None

    async def _of(self, workspace: WorkspaceKey) -> ThreadKey | None:
        key = (await self._workspaces.settings(workspace)).support_channel
        return ThreadKey.parse(key) if key else None


def _platform(workspace: WorkspaceKey) -> str:
    return wording.PLATFORMS[workspace.platform]


def _platforms(workspaces: Iterable[WorkspaceKey]) -> str:
    return " and ".join(map(_platform, workspaces))


def _shown(name: str) -> str:
    return text.one_line(name, SHOWN_MOST)


def _unknown(name: str) -> str:
    return admin_wording.CONFIG_NO_CHANNEL.format(name=_shown(name) or "it")
