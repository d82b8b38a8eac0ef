"""How two configurations differ, in words: people and channels by the names they have now."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from bot.connections import Connections
from bot.support_channel import SupportChannels
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.strategies import Strategy
from core.workspace import WorkspaceSettings

NAMED_MOST = 20  # of a list nobody reads to its end


class SettingsWords:
    """Tells admins what a change of settings was."""

    def __init__(self, connections: Connections, channels: SupportChannels) -> None:
        self._directory, self._channels = connections, channels

    async def names(self, keys: Sequence[str]) -> str:
        """Who they are, the first of them."""
        first = [AccountKey.parse(key) for key in keys[:NAMED_MOST]]
        names = await asyncio.gather(*map(self._directory.person_name, first))
        return _listed(names, len(keys))

    async def channel(self, key: str, here: WorkspaceKey) -> str:
        """A support channel by name."""
        return await self._channels.name(ThreadKey.parse(key), here) if key else "not set"

    async def differences(
        self, before: WorkspaceSettings, after: WorkspaceSettings, here: WorkspaceKey
    ) -> tuple[str, ...]:
        """A line for each setting that differs; empty when nothing does."""
        lines: list[str] = []
        if before.support_channel != after.support_channel:
            old = await self.channel(before.support_channel, here)
            lines.append(
                f"Support channel: {old} → {await self.channel(after.support_channel, here)}"
            )
        for label, olds, news in (
            ("Staff", before.staff, after.staff),
            ("Admins", before.admins, after.admins),
        ):
            gained = await self.names([each for each in news if each not in olds])
            lines += _changed(label, gained, await self.names([o for o in olds if o not in news]))
        terms, pages = (before.risk_terms, after.risk_terms), (before.sources, after.sources)
        lines += _compared("Risk terms", *terms)
        lines += _compared("Sources", *([each.address for each in side] for side in pages))
        kept = {each.address: each for each in before.sources}
        other = [each for each in after.sources if kept.get(each.address, each) != each]
        lines += [f"Sources: {each.address} is read in another way" for each in other]
        for key in dict.fromkeys((*before.memory, *after.memory)):
            ways = before.memory.get(key), after.memory.get(key)
            if ways[0] is not ways[1]:
                where = (
                    f"#{await self._directory.channel_name(ThreadKey.parse(key))}" if key else ""
                )
                lines.append(
                    f"Memory{' in ' if where else ''}{where}: {' → '.join(map(_way, ways))}"
                )
        return tuple(lines)


def _way(strategy: Strategy | None) -> str:
    return strategy.value if strategy else "as everywhere"


def _compared(label: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    gained = [each for each in after if each not in before]
    lost = [each for each in before if each not in after]
    return _changed(label, *(_listed(each[:NAMED_MOST], len(each)) for each in (gained, lost)))


def _changed(label: str, gained: str, lost: str) -> list[str]:
    said = [f"{what} {names}" for what, names in (("added", gained), ("removed", lost)) if names]
    return [f"{label}: {'; '.join(said)}"] if said else []


def _listed(shown: Iterable[str], count: int) -> str:
    more = f" and {count - NAMED_MOST} more" if count > NAMED_MOST else ""
    return ", ".join(shown) + more
