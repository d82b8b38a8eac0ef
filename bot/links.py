"""``/desk memory link``: one person's accounts on two platforms, joined by their own word.

The directories of both must vouch for the same e-mail address, and the person must ask
on the one platform and press on the other. An address alone joins nothing.
"""

from __future__ import annotations

from adapters.storage.inbox import Inbox
from adapters.storage.links import SqlLinks
from bot.connections import Connections
from core import memory_wording, wording
from core.cards import Button, Buttons, Card, Note, Plain, Prose, Style, Tone
from core.errors import PlatformError
from core.ids import AccountKey, WorkspaceKey
from core.messages import ButtonPress, Command, Trust
from core.outcome import Post

LINK, REFUSE = "link", "link_not"


class Links:
    """Asks, confirms and ends."""

    def __init__(self, links: SqlLinks, connections: Connections, inbox: Inbox) -> None:
        self._links, self._connections, self._inbox = links, connections, inbox

    async def ask(self, command: Command) -> Card:
        """Look for the same person elsewhere and ask them there."""
        asker = command.actor.key
        if command.actor.trust is not Trust.MEMBER:
            return _says(memory_wording.LINK_NOBODY)
        if len(await self._links.accounts(asker)) > 1:
            return _says(memory_wording.LINK_THERE)
        try:
            other = await self._same(asker)
            if other is None:
                return _says(memory_wording.LINK_NOBODY)
            chat = await self._connections.direct(other)
        except PlatformError:
            return _says(memory_wording.LINK_NOT_NOW)
        link_id = await self._links.ask(asker, other)
        said = memory_wording.LINK_QUESTION.format(
            name=command.actor.name, place=_place(asker.workspace)
        )
        buttons = (
            Button("Yes, that is me", LINK, link_id, Style.PRIMARY),
            Button("No", REFUSE, link_id),
        )
        blocks = (Plain(said), Note(memory_wording.LINK_NOTE), Buttons(buttons))
        card = Card(blocks, memory_wording.LINK_TITLE, Tone.ATTENTION)
        await self._inbox.show((Post(chat, card, only_for=other),), link_id, "asked")
        return _says(memory_wording.LINK_ASKED.format(place=_place(other.workspace)))

    async def press(self, press: ButtonPress) -> Card:
        """The answer of the other side; once, by that very account, while both still match."""
        who = press.actor.key
        asker = await self._links.asker(press.value, who)
        if asker is None:
            return _says(wording.NOTHING_TO_DO)
        if press.action != LINK:
            await self._links.decide(press.value, linked=False)
            return _says(memory_wording.LINK_REFUSED)
        try:
            same = who == await self._same(asker) and asker in await self._matching(who)
        except PlatformError:
            return _says(memory_wording.LINK_NOT_NOW)
        if not same or not await self._links.decide(press.value, linked=True):
            await self._links.decide(press.value, linked=False)
            return _says(memory_wording.LINK_NOBODY)
        return _says(memory_wording.LINKED.format(place=_place(asker.workspace)))

    async def end(self, command: Command) -> Card:
        """Undo the link; what each account knows stays its own."""
        ended = await self._links.end(command.actor.key)
        return _says(memory_wording.UNLINKED if ended else memory_wording.LINK_NONE)

    async def _same(self, account: AccountKey) -> AccountKey | None:
        """The one account elsewhere with a verified address of this one's."""
        found = await self._matching(account)
        return found[0] if len(found) == 1 else None

    async def _matching(self, account: AccountKey) -> list[AccountKey]:
        profile = await self._connections.profile(account)
        found: list[AccountKey] = []
        for workspace in self._connections.others(account.workspace):
            for address in sorted(profile.emails if profile else ()):
                there = await self._connections.by_email(workspace, address)
                if there is not None and there not in found:
                    found.append(there)
        return found


def _place(workspace: WorkspaceKey) -> str:
    return wording.PLATFORMS[workspace.platform]


def _says(words: str) -> Card:
    return Card((Prose(words),))
