"""Channels as Slack has them now: who can read along, and how they are found by name."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import SlackApi
from adapters.slack.memory import Recent
from adapters.slack.parse import objects, text_of
from core.errors import Refused

FRESH_SECONDS = 60.0
MEMBERS_MOST = 50  # people of a channel whose rights are looked at one by one
LISTED_MOST = 1_000  # channels searched for a name; members on one page
PAGES_MOST = 20  # of members
SHARED = ("is_ext_shared", "is_pending_ext_shared")
CHANNEL_TOKEN = re.compile(
    r"<#([A-Z0-9]{1,40})(?:\|[^>]*)?>\Z"
    r"|(?:<?https://[a-z0-9.-]+\.slack\.com/archives/)?([CG][A-Z0-9]{1,40})[/>]?\Z"
)


@dataclass(frozen=True, slots=True)
class Channel:
    """What decides who reads a reply."""

    channel_id: str
    name: str
    is_open: bool  # everyone in the workspace can read it
    is_shared: bool  # somebody outside the organisation can
    is_direct: bool = False
    partner: str = ""  # whose direct chat it is
    is_member: bool = True


class Channels:
    """Looks channels up, at most once a minute each."""

    def __init__(self, api: SlackApi, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._known: Recent[str, Channel] = Recent(FRESH_SECONDS, clock)
        self._members: Recent[str, tuple[str, ...]] = Recent(FRESH_SECONDS, clock)

    def changed(self, channel_id: str) -> None:
        """Somebody joined or left, or the channel was shared: look again."""
        self._known.drop(channel_id)
        self._members.drop(channel_id)

    async def get(self, channel_id: str) -> Channel | None:
        """A channel, or None when we may not know of it."""
        known = self._known.get(channel_id)
        if known is None:
            try:
                found = await self._api.read("conversations.info", channel=channel_id)
            except Refused:
                return None
            details = found.get("channel")
            if not isinstance(details, dict):
                return None
            known = _channel(channel_id, details)
            self._known.put(channel_id, known)
        return known

    async def members(self, channel_id: str) -> tuple[str, ...] | None:
        """Everybody in a channel; None when they are too many to look at, or not told."""
        known = self._members.get(channel_id)
        if known is None:
            try:
                found = await self._api.read(
                    "conversations.members", channel=channel_id, limit=MEMBERS_MOST + 1
                )
            except Refused:
                return None
            named = found.get("members")
            people = named if isinstance(named, list) else []
            known = tuple(each for each in people if isinstance(each, str))
            self._members.put(channel_id, known)
        return known if 0 < len(known) <= MEMBERS_MOST else None

    async def holds(self, channel_id: str, user_id: str) -> bool:
        """Whether somebody is in a channel, however many are; no, when Slack does not say."""
        few = await self.members(channel_id)
        if few is not None:
            return user_id in few
        cursor = ""
        for _ in range(PAGES_MOST):
            try:
                found = await self._api.read(
                    "conversations.members", channel=channel_id, limit=LISTED_MOST, cursor=cursor
                )
            except Refused:
                return False
            named = found.get("members")
            if isinstance(named, list) and user_id in named:
                return True
            more = found.get("response_metadata")
            cursor = text_of(more, "next_cursor") if isinstance(more, dict) else ""
            if not cursor:
                return False
        return False

    async def find(self, name: str) -> Channel | None:
        """A channel by token, link, id or name, as far as the bot is in it."""
        wanted = name.strip()
        if (match := CHANNEL_TOKEN.match(wanted)) is not None:
            found = await self.get(match.group(1) or match.group(2))
            return found if found is not None and found.is_member else None
        handle = wanted.removeprefix("#").casefold()
        for each in await self.joined():
            if each.name.casefold() == handle:
                return each
        return None

    async def joined(self) -> list[Channel]:
        """The channels the bot is in, as far as one page of them goes."""
        found = await self._api.read(
            "users.conversations",
            types="public_channel,private_channel",
            exclude_archived=True,
            limit=LISTED_MOST,
        )
        rows = objects(found, "channels")
        return [_channel(text_of(each, "id"), {**each, "is_member": True}) for each in rows]


def _channel(channel_id: str, found: Mapping[str, Any]) -> Channel:
    """Unknown is not open; it is never taken for private either, the members decide."""
    direct = found.get("is_im") is True
    closed = found.get("is_private") is True or found.get("is_mpim") is True or direct
    return Channel(
        channel_id=channel_id,
        name=text_of(found, "name"),
        is_open=not closed,
        is_shared=any(found.get(each) is True for each in SHARED),
        is_direct=direct,
        partner=text_of(found, "user") if direct else "",
        is_member=found.get("is_member") is not False,
    )
