"""The playground as a place to post: implements ``core.ports.Poster``."""

from __future__ import annotations

from adapters.web import draw
from adapters.web.hub import Hub
from adapters.web.people import DIRECT, HELP, SUPPORT, PlaygroundDirectory
from adapters.web.room import Room, new_message
from core.errors import Refused
from core.ids import MessageRef, ThreadKey
from core.outcome import Post

BOT_NAME = "Frontdesk"


class PlaygroundPoster:
    """Posts into the room and shows it to every open page."""

    def __init__(self, room: Room, hub: Hub, directory: PlaygroundDirectory, origin: str) -> None:
        self._room = room
        self._hub = hub
        self._directory = directory
        self._origin = origin

    async def post(self, post: Post, post_id: str) -> str:
        channel = post.to.channel_id
        if not self._exists(channel):
            raise Refused("channel_not_found")
        direct = channel.startswith(f"{DIRECT}-")
        message = new_message(
            channel,
            "" if direct else post.to.thread_id,
            post.card.speaks_as or BOT_NAME,
            draw.card(post.card),
            post.only_for.user_id if post.only_for else "",
            relayed=bool(post.card.speaks_as),
        )
        kept = await self._room.show(message, post_id)
        await self._hub.broadcast("message", kept)
        return kept.id

    async def update(self, post: Post, post_id: str) -> str:
        kept = await self._room.redraw(post.replaces, draw.card(post.card))
        if kept is None:
            raise Refused("message_not_found")
        await self._hub.broadcast("update", kept)
        return kept.id

    async def find(self, post: Post, post_id: str) -> str | None:
        kept = await self._room.posted(post_id)
        return kept.id if kept else None

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        """The room keeps one message a post, however often it is shown."""

    async def status(self, thread: ThreadKey, text: str) -> None:
        await self._hub.status(thread.channel_id, thread.thread_id, text)

    def permalink(self, message: MessageRef) -> str:
        channel = message.thread.channel_id
        shown = DIRECT if channel.startswith(f"{DIRECT}-") else channel
        return f"{self._origin}/playground#{shown}/{message.message_id}"

    def _exists(self, channel: str) -> bool:
        if channel.startswith(f"{DIRECT}-"):
            return channel.removeprefix(f"{DIRECT}-") in self._directory.residents
        return channel in (HELP, SUPPORT)
