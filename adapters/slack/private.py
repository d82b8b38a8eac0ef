"""What only one person may see: answers by direct message, passing remarks in the thread.

An ephemeral message is gone at the next reload and cannot be looked up, which is right
for "your note was kept here" and wrong for an answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from adapters.slack import blocks
from adapters.slack.api import SlackApi
from adapters.slack.copies import Copies
from core.cards import Buttons, Card, Plain, Prose, Sources
from core.errors import Refused
from core.ids import MessageRef
from core.outcome import Post

REMARK_MOST = 500  # characters of a passing remark
CHANNELS_MOST = 5_000
ABOUT = "About our conversation here"

Send = Callable[[str, str, list[dict[str, Any]], str], Awaitable[str]]


class Private:
    """Posts to one person.

    Args:
        send: Posts blocks under an id into a channel and thread.
    """

    def __init__(self, api: SlackApi, send: Send) -> None:
        self._api, self._send = api, send
        self._direct: dict[str, str] = {}

    async def post(self, post: Post, post_id: str, link: Callable[[MessageRef], str]) -> str:
        user = _reader(post)
        if is_remark(post.card):
            try:
                return await self.remark(post.to.channel_id, post.to.thread_id, user, post.card)
            except Refused:
                pass  # not in the channel any more: the direct message still reaches the person
        drawn = blocks.draw(post.card)
        if post.to.thread_id:
            where = link(MessageRef(post.to, post.to.thread_id))
            drawn = [*blocks.linked(ABOUT, where), *drawn]
        return await self._send(await self.channel(user), "", drawn, post_id)

    async def remark(self, channel: str, root: str, user: str, card: Card) -> str:
        """Show a card to one person where they are; raises ``Refused`` when they are not there."""
        drawn = blocks.draw(card)
        answer = await self._api.call(
            "chat.postEphemeral",
            channel=channel,
            user=user,
            text=blocks.fallback(drawn),
            blocks=drawn,
            **({"thread_ts": root} if root else {}),
        )
        return str(answer.get("message_ts") or "")

    async def find(self, post: Post, post_id: str, copies: Copies) -> str | None:
        """A private post that was perhaps sent; a remark cannot be looked up and counts as not."""
        return await copies.first(await self.channel(_reader(post)), "", post_id)

    async def channel(self, user: str) -> str:
        """The bot's direct channel with a person, which Slack keeps for good."""
        found = self._direct.get(user)
        if found is None:
            answer = await self._api.ensure("conversations.open", users=user)
            channel = answer.get("channel")
            found = str(channel.get("id") or "") if isinstance(channel, dict) else ""
            if not found:
                raise Refused("channel_not_found")
            if len(self._direct) >= CHANNELS_MOST:
                self._direct.clear()
            self._direct[user] = found
        return found


def is_remark(card: Card) -> bool:
    """Whether a card says something in passing that nobody needs to find again."""
    if any(isinstance(each, Buttons | Sources) for each in card.blocks):
        return False
    said = [each.text for each in card.blocks if isinstance(each, Prose | Plain)]
    return sum(map(len, said)) <= REMARK_MOST


def _reader(post: Post) -> str:
    assert post.only_for is not None  # noqa: S101 - the poster asks only for private posts
    return post.only_for.user_id
