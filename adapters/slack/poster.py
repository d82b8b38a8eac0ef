"""Slack as a place to post: each post once, in its thread or not at all.

A post carries its id as metadata, by which it is found again after doubt, and so are
copies of it that came late.
"""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from adapters.pace import Pace
from adapters.slack import blocks, limits
from adapters.slack.api import SlackApi
from adapters.slack.copies import EVENT_TYPE, Copies
from adapters.slack.installation import Installation
from adapters.slack.memory import Memory
from adapters.slack.private import Private
from adapters.slack.status import Status
from core.cards import Card, Note
from core.errors import Refused, Throttled
from core.ids import MessageRef, ThreadKey
from core.outcome import Post

log = structlog.get_logger()

GONE = frozenset({"thread_not_found", "message_not_found"})  # the conversation is not there
CLOSED = GONE | frozenset(
    {"is_archived", "channel_not_found", "not_in_channel", "restricted_action",
     "restricted_action_thread_locked", "restricted_action_read_only_channel",
     "restricted_action_non_threadable_channel", "restricted_action_thread_only_channel"}
)  # fmt: skip
TOO_LONG = frozenset({"msg_too_long", "msg_blocks_too_long", "invalid_blocks"})
UPDATE = "chat.update"
MOVED = "I could not answer where you asked, so here it is."
SHORTENED = "This message was too long for Slack and has been shortened."


class SlackPoster:
    """Implements ``core.ports.Poster``."""

    def __init__(
        self,
        api: SlackApi,
        us: Installation,
        memory: Memory,
        *,
        posts: Pace | None = None,
        updates: Pace | None = None,
        status: Status | None = None,
    ) -> None:
        self._api, self._us, self._memory = api, us, memory
        self._posts = posts or Pace(limits.POSTS)
        self._updates = updates or Pace(limits.UPDATES)
        self._status = status or Status(api)
        self._copies = Copies(api, us, memory)
        self.private = Private(api, self._send)
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, post: Post, post_id: str) -> str:
        channel, root = post.to.channel_id, post.to.thread_id
        try:
            if post.only_for is not None and not channel.startswith("D"):
                self._status.show(channel, root, "")
                return await self.private.post(post, post_id, self._us.permalink)
            if root and not await self._is_there(channel, root):
                raise Refused("thread_not_found")
            stamp = await self._fitting(channel, root, post.card, post_id)
        except Refused as error:
            return await self._elsewhere(post, post_id, error)
        self._status.answered(channel, root)
        self._memory.receipts.put(post_id, stamp)
        return stamp

    async def update(self, post: Post, post_id: str) -> str:
        drawn = blocks.draw(post.card)
        answer = await self._paced(
            self._updates,
            UPDATE,
            UPDATE,
            channel=post.to.channel_id,
            ts=post.replaces,
            text=blocks.fallback(drawn),
            blocks=drawn,
            unfurl_links=False,
            unfurl_media=False,
        )
        return str(answer.get("ts") or post.replaces)

    async def find(self, post: Post, post_id: str) -> str | None:
        found = self._memory.receipts.get(post_id)
        if found is None and post.only_for is not None and not post.to.channel_id.startswith("D"):
            found = await self.private.find(post, post_id, self._copies)
        elif found is None:
            found = await self._copies.first(post.to.channel_id, post.to.thread_id, post_id)
        return found

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        channel, root = post.to.channel_id, post.to.thread_id
        if post.only_for is not None and not channel.startswith("D"):
            channel, root = await self.private.channel(post.only_for.user_id), ""
        await self._copies.remove_others(channel, root, post_id, kept)

    async def status(self, thread: ThreadKey, text: str) -> None:
        if thread.thread_id:
            self._status.show(thread.channel_id, thread.thread_id, text)

    def permalink(self, message: MessageRef) -> str:
        return self._us.permalink(message)

    def seen(self, channel: str, stamp: str, post_id: str) -> None:
        """Slack delivered one of our own messages: a receipt, or an extra copy to remove."""
        known = self._memory.receipts.get(post_id)
        if known is None:
            self._memory.receipts.put(post_id, stamp)
        elif known != stamp:
            self._background(self._copies.remove(channel, stamp))

    async def stopped(self, channel: str, root: str) -> None:
        """Somebody pressed Stop: Slack shows the thread as busy until we say otherwise."""
        self._status.show(channel, root, "")
        await self._status.rest(channel, root)

    async def stop(self) -> None:
        await self._status.stop()
        for task in (tasks := tuple(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _is_there(self, channel: str, root: str) -> bool:
        """Whether a thread exists: Slack posts into an unknown one at channel root, silently."""
        if self._memory.exists(channel, root):
            return True
        try:
            await self._api.read("conversations.replies", channel=channel, ts=root, limit=1)
        except Refused as error:
            if error.reason in GONE:
                return False
            log.info("thread not checked", reason=error.reason)  # the post itself is checked after
        else:
            self._memory.wrote(channel, root, self._memory.author(channel, root))
        return True

    async def _fitting(self, channel: str, root: str, card: Card, post_id: str) -> str:
        """Send, and once more in short when Slack finds it too long after all."""
        try:
            return await self._send(channel, root, blocks.draw(card), post_id)
        except Refused as error:
            if error.reason not in TOO_LONG:
                raise
            log.warning("post shortened", reason=error.reason)
            return await self._send(channel, root, blocks.shortened(card, SHORTENED), post_id)

    async def _send(
        self, channel: str, root: str, drawn: list[dict[str, Any]], post_id: str
    ) -> str:
        arguments: dict[str, Any] = {
            "channel": channel,
            "text": blocks.fallback(drawn),
            "blocks": drawn,
            "unfurl_links": False,
            "unfurl_media": False,
            "client_msg_id": post_id,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"post": post_id}},
        }
        if root:
            arguments["thread_ts"] = root
        answer = await self._paced(self._posts, channel, "chat.postMessage", **arguments)
        stamp = str(answer.get("ts") or "")
        message = answer.get("message")
        if root and isinstance(message, dict) and not message.get("thread_ts"):
            await self._check_place(channel, root, stamp)
        return stamp

    async def _paced(self, pace: Pace, place: str, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a method when it is its turn in a place."""
        await pace.turn(place)
        try:
            return await self._api.call(method, **arguments)
        except Throttled as error:
            await pace.hold(place, error.retry_after)
            raise

    async def _check_place(self, channel: str, root: str, stamp: str) -> None:
        """A reply that Slack put at channel root, because the thread went meanwhile, is taken back.

        Raises:
            Refused: It stood there.
        """
        found = await self._copies.at(channel, stamp)
        if found is not None and not found.get("thread_ts"):
            await self._copies.remove(channel, stamp)
            self._memory.gone(channel, root)
            raise Refused("thread_not_found")

    async def _elsewhere(self, post: Post, post_id: str, error: Refused) -> str:
        """The conversation is closed: who asked gets it directly.

        A handoff card stays refused, as do words whose writer hears that they were not shown.
        """
        channel, root = post.to.channel_id, post.to.thread_id
        author = post.only_for.user_id if post.only_for else self._memory.author(channel, root)
        if error.reason in GONE:
            self._memory.gone(channel, root)
        kept = post.subject or post.otherwise or channel.startswith("D")
        if error.reason not in CLOSED or kept or not author:
            raise error
        log.warning("answer moved to a direct message", reason=error.reason)
        card = Card((Note(MOVED), *post.card.blocks), post.card.title, post.card.tone)
        direct = await self.private.channel(author)
        return await self._send(direct, "", blocks.draw(card), post_id)

    def _background(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
