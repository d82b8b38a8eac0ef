"""Who is in a conversation, as Teams says now: asked again after a minute at most."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from adapters.teams.connector import Connector
from adapters.teams.conversations import Conversation
from adapters.teams.envelope import text_at
from adapters.teams.recent import Recent
from core.errors import Ambiguous, NotSent, Refused

FRESH_SECONDS = 60.0
STALE_SECONDS = 3_600.0  # how long an old answer counts while Teams gives none
MEMBERS_MOST = 5_000
ROSTERS_MOST = 200

Found = TypeVar("Found")
Member = dict[str, Any]


class Roster:
    """Members and channels; what Teams refuses to tell counts as not there."""

    def __init__(self, connector: Connector, clock: Callable[[], float] = time.monotonic) -> None:
        self._connector = connector
        self._one: Recent[tuple[str, str], Member | None] = Recent(MEMBERS_MOST, clock)
        self._all: Recent[str, list[Member] | None] = Recent(ROSTERS_MOST, clock)
        self._channels: Recent[str, list[Member] | None] = Recent(ROSTERS_MOST, clock)

    async def member(self, where: Conversation, user: str) -> Member | None:
        """One member by either of their ids, or None.

        Raises:
            NotSent: Teams does not say now.
        """
        ask = self._connector.member
        place = where.conversation_id
        return await _asked(self._one, (place, user), lambda: ask(where.service_url, place, user))

    async def members(self, where: Conversation) -> list[Member] | None:
        """Everyone; None when that cannot be known."""
        ask = self._connector.members
        place = where.conversation_id
        return await _asked(self._all, place, lambda: ask(where.service_url, place))

    async def channels(self, where: Conversation) -> list[Member]:
        """The channels of the team that a conversation belongs to."""
        team = where.team_id
        if not team:
            return []
        ask = self._connector.channels
        found = await _asked(self._channels, team, lambda: ask(where.service_url, team))
        return found or []

    def changed(self, conversation_id: str) -> None:
        """Somebody came or went; what was known of it is asked again."""
        self._one.drop(lambda key: key[0] == conversation_id)
        self._all.drop(lambda key: key == conversation_id)


def user_of(member: Member) -> str:
    """The id of a member in the organisation's directory."""
    return (text_at(member, "aadObjectId") or text_at(member, "objectId")).lower()


def emails_of(member: Member) -> frozenset[str]:
    """Addresses that the tenant's own administration vouches for."""
    named = (text_at(member, key).casefold() for key in ("email", "userPrincipalName"))
    return frozenset(each for each in named if "@" in each)


def is_called(member: Member, wanted: str) -> bool:
    """Whether a member goes by a name or an address, given in small letters."""
    keys = ("name", "email", "userPrincipalName", "givenName")
    return wanted in {text_at(member, key).casefold() for key in keys}


async def _asked(
    known: Recent[Any, Found | None], key: Any, ask: Callable[[], Awaitable[Found | None]]
) -> Found | None:
    fresh = known.get(key, FRESH_SECONDS)
    if fresh is not None:
        return fresh[0]
    try:
        found = await ask()
    except Refused:
        found = None
    except (NotSent, Ambiguous):
        stale = known.get(key, STALE_SECONDS)
        if stale is None:
            raise
        return stale[0]
    known.put(key, found)
    return found
