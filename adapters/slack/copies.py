"""Find our own posts again by the id in their metadata, and remove what is there twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.installation import Installation
from adapters.slack.memory import Memory
from adapters.slack.parse import is_ours, objects, post_id_of, text_of
from core.errors import Ambiguous, NotSent, Parked, Refused

log = structlog.get_logger()

EVENT_TYPE = "frontdesk_post"
PAGE = 200  # messages a page
PAGES_MOST = 5
ABSENT = frozenset({"thread_not_found", "message_not_found", "channel_not_found"})


class Copies:
    """Reads conversations back."""

    def __init__(self, api: SlackApi, us: Installation, memory: Memory) -> None:
        self._api, self._us, self._memory = api, us, memory

    async def first(self, channel: str, root: str, post_id: str) -> str | None:
        """The time stamp of a post that is visible, or None.

        Raises:
            Ambiguous: It cannot be said now; look again before sending.
        """
        try:
            found = [stamp async for stamp in self._all(channel, root, post_id)]
        except Parked:
            raise
        except NotSent as error:
            raise Ambiguous("Slack did not let us look for a post.") from error
        except Refused as error:
            if error.reason not in ABSENT:  # without the right to read we can only send again
                log.warning("posts cannot be read back", reason=error.reason)
            return None
        return min(found, default=None)

    async def at(self, channel: str, stamp: str) -> dict[str, Any] | None:
        """One message as it stands, or None when that cannot be said."""
        try:
            found = await self._api.read(
                "conversations.replies", channel=channel, ts=stamp, limit=1
            )
        except (NotSent, Ambiguous, Refused):
            return None
        for each in objects(found, "messages"):
            if each.get("ts") == stamp:
                return each
        return None

    async def remove_others(self, channel: str, root: str, post_id: str, kept: str) -> None:
        """Delete every copy of a post but one."""
        extra = [stamp async for stamp in self._all(channel, root, post_id) if stamp != kept]
        for stamp in extra:
            await self.remove(channel, stamp)

    async def remove(self, channel: str, stamp: str) -> None:
        try:
            await self._api.call("chat.delete", channel=channel, ts=stamp)
        except Refused as error:
            log.info("copy not deleted", reason=error.reason)
        else:
            log.warning("extra copy deleted")

    async def _all(self, channel: str, root: str, post_id: str) -> AsyncIterator[str]:
        cursor: str | None = None
        for _ in range(PAGES_MOST):
            page = await self._page(channel, root, cursor)
            for each in objects(page, "messages"):
                if is_ours(each, self._us) and post_id_of(each) == post_id:
                    yield text_of(each, "ts")
            metadata = page.get("response_metadata")
            cursor = text_of(metadata, "next_cursor") if isinstance(metadata, dict) else ""
            if not cursor:
                return

    async def _page(self, channel: str, root: str, cursor: str | None) -> dict[str, Any]:
        method = "conversations.replies" if root else "conversations.history"
        return await self._api.read(
            method,
            channel=channel,
            ts=root or None,
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
