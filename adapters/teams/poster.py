"""Implements ``core.ports.Poster``: a placeholder is created once, then only ever updated.

Teams gives a bot no way to look a message up and no key that makes creating one
idempotent. Updating is. So the answer itself is never created: what may appear twice
after a lost reply is a line that promises an answer below, and that stays true.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from adapters.pace import Pace
from adapters.teams import message, words
from adapters.teams.connector import Connector
from adapters.teams.conversation import (
    activity_id,
    conversation_of,
    is_channel,
    message_id,
    permalink,
)
from adapters.teams.conversations import PERSONAL, Conversation, Conversations
from adapters.teams.directory import TeamsDirectory
from adapters.teams.envelope import text_at
from adapters.teams.parts import parts
from adapters.teams.recent import Recent
from adapters.teams.sent import Sent, SentMessages
from core.cards import Card, Plain, Prose
from core.errors import Refused, Throttled
from core.ids import AccountKey, MessageRef, ThreadKey
from core.outcome import Post

TYPING_SECONDS = 3.0  # a typing sign is shown about that long
CHATS_MOST = 2_000

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post goes. only_for: Teams' id of its one reader, for a targeted message."""

    where: Conversation
    conversation_id: str
    starts_thread: bool = False
    only_for: str = ""


class TeamsPoster:
    """Posts into one tenant.

    Args:
        targeted: Private words appear in the thread for one person alone (a preview of
            Teams) instead of in the bot's chat with them.
    """

    def __init__(
        self,
        connector: Connector,
        conversations: Conversations,
        directory: TeamsDirectory,
        sent: SentMessages,
        pace: Pace,
        *,
        targeted: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connector = connector
        self._conversations = conversations
        self._directory = directory
        self._sent = sent
        self._pace = pace
        self._targeted = targeted
        self._typed: Recent[str, None] = Recent(CHATS_MOST, clock)

    async def post(self, post: Post, post_id: str) -> str:
        if post.only_for is None:
            return await self._show(await self._target(post.to), post.card, post_id)
        try:
            target, card = await self._privately(post)
            return await self._show(target, card, post_id)
        except Refused:
            told = Card((Plain(words.NOT_PRIVATELY),))
            return await self._show(await self._target(post.to), told, f"{post_id}:told")

    async def show(self, reader: AccountKey, attachment: dict[str, Any], post_id: str) -> None:
        """Show something drawn already, to one person in the bot's chat with them."""
        target = await self._target(await self._directory.direct(reader))
        sent = await self._begun(target, f"{post_id}:0")
        said = attachment["content"]["fallbackText"]
        shown = {"type": "message", "summary": said, "attachments": [attachment]}
        await self._give(target, sent, shown)

    async def update(self, post: Post, post_id: str) -> str:
        where = await self._where(post.to)
        sent = Sent(conversation_of(post.to, post.replaces), activity_id(post.replaces))
        first, *_ = parts(post.card)
        await self._redraw(Target(where, sent.conversation_id), sent, first, post_id)
        return post.replaces

    async def find(self, post: Post, post_id: str) -> str | None:
        """Finish what was begun: with its placeholder known, sending again is an update."""
        begun = await self._sent.get(f"{post_id}:0") or await self._sent.get(f"{post_id}:told:0")
        return await self.post(post, post_id) if begun else None

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        """A bot is not shown what stands in a conversation: there is nothing to look through."""

    async def status(self, thread: ThreadKey, text: str) -> None:
        """Show that the bot is typing; channels show no such thing."""
        conversation = conversation_of(thread)
        if not text or is_channel(conversation) or self._typed.get(conversation, TYPING_SECONDS):
            return
        self._typed.put(conversation, None)
        where = await self._where(thread)
        activity = {"type": "typing", "from": {"id": where.bot_id}}
        await self._paced(
            conversation,
            lambda: self._connector.typing(where.service_url, conversation, activity),
        )

    def permalink(self, message: MessageRef) -> str:
        return permalink(message)

    async def _target(self, to: ThreadKey) -> Target:
        where = await self._where(to)
        starts = not to.thread_id and is_channel(to.channel_id)
        return Target(where, conversation_of(to), starts)

    async def _where(self, to: ThreadKey) -> Conversation:
        """How to write to a place; one never seen is reached as its neighbours are."""
        tenant = to.workspace.workspace_id
        known = await self._conversations.get(tenant, to.channel_id)
        if known is not None:
            return known
        near = await self._conversations.newest(tenant, 1)
        if not near:
            raise Refused("conversation_not_found")
        return replace(near[0], conversation_id=to.channel_id, kind="", name="", user_id="")

    async def _privately(self, post: Post) -> tuple[Target, Card]:
        """Where one person alone reads it, and the card with a way back to the thread."""
        reader = post.only_for
        assert reader is not None  # noqa: S101 - asked for private posts only
        here = await self._where(post.to)
        if here.kind == PERSONAL and here.user_id == reader.user_id:
            return await self._target(post.to), post.card
        if self._targeted and here.kind != PERSONAL and post.to.thread_id:
            member = await self._directory.member(reader)
            if member is not None:
                to = await self._target(post.to)
                return replace(to, only_for=text_at(member, "id")), post.card
        chat = await self._directory.direct(reader)
        link = permalink(MessageRef(post.to, post.to.thread_id)) if post.to.thread_id else ""
        back = (Prose(f"[{words.ABOUT}]({link})", (link,)),) if link else ()
        return await self._target(chat), replace(post.card, blocks=(*back, *post.card.blocks))

    async def _show(self, target: Target, card: Card, post_id: str) -> str:
        """Every part of a card, in order; returns our id of the first."""
        shown: list[Sent] = []
        for number, part in enumerate(parts(card)):
            inside = replace(target, starts_thread=False)
            if target.starts_thread and shown:
                inside = replace(inside, conversation_id=shown[0].conversation_id)
            to = inside if shown else target
            shown.append(await self._part(to, part, f"{post_id}:{number}"))
        return message_id(shown[0].conversation_id, shown[0].activity_id)

    async def _part(self, target: Target, card: Card, part_id: str) -> Sent:
        sent = await self._begun(target, part_id, message.feedback(card))
        await self._redraw(target, sent, card, part_id)
        return sent

    async def _begun(self, target: Target, part_id: str, feedback: str = "") -> Sent:
        """The message of a part, made if there is none yet."""
        sent = await self._sent.get(part_id)
        if sent is None:
            sent = await self._create(target)
            await self._sent.keep(part_id, sent, feedback)
        return sent

    async def _create(self, target: Target) -> Sent:
        place = target.conversation_id
        activity = _addressed(target, {"type": "message", "text": words.PLACEHOLDER})
        url = target.where.service_url
        if not target.starts_thread:
            targeted = bool(target.only_for)
            created = await self._paced(
                place, lambda: self._connector.create(url, place, activity, targeted=targeted)
            )
            return Sent(place, created)
        thread = {
            "isGroup": True,
            "tenantId": target.where.tenant,
            "channelData": {"channel": {"id": place}, "tenant": {"id": target.where.tenant}},
            "activity": activity,
        }
        started = await self._paced(place, lambda: self._connector.start_thread(url, thread))
        return Sent(started.conversation_id, started.activity_id)

    async def _redraw(self, target: Target, sent: Sent, card: Card, drawing: str) -> None:
        await self._give(target, sent, message.activity(card, drawing))

    async def _give(self, target: Target, sent: Sent, content: dict[str, Any]) -> None:
        """Give a message its content; doing it again changes nothing."""
        activity = {**_addressed(target, content), "id": sent.activity_id}
        url, place, targeted = target.where.service_url, sent.conversation_id, target.only_for
        await self._paced(
            place,
            lambda: self._connector.update(
                url, place, sent.activity_id, activity, targeted=bool(targeted)
            ),
        )

    async def _paced(self, conversation: str, call: Callable[[], Awaitable[Result]]) -> Result:
        await self._pace.turn(conversation)
        try:
            return await call()
        except Throttled as error:
            await self._pace.hold(conversation, error.retry_after)
            raise


def _addressed(target: Target, activity: dict[str, Any]) -> dict[str, Any]:
    activity = {
        **activity,
        "from": {"id": target.where.bot_id},
        "conversation": {"id": target.conversation_id},
    }
    if target.only_for:
        activity["recipient"] = {"id": target.only_for}
    return activity
