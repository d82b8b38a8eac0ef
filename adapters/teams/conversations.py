"""The conversations the bot is in, remembered so that it can write there unasked."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.storage.database import Database, Row, Tx
from adapters.teams.conversation import channel_of
from adapters.teams.envelope import object_at, text_at

FRESH_SECONDS = 3_600.0  # a conversation seen so recently is not written down again
REMEMBERED_MOST = 5_000  # in this process; the rest is in the database
PERSONAL = "personal"
TEAM_CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A chat or a channel. user_id: whose chat with the bot it is, else empty."""

    tenant: str
    conversation_id: str
    kind: str
    service_url: str
    bot_id: str
    team_id: str = ""
    name: str = ""
    user_id: str = ""

    @classmethod
    def of(cls, activity: Mapping[str, Any], tenant: str, bot_id: str) -> Conversation:
        """Where an activity happened."""
        kind = text_at(activity, "conversation", "conversationType")
        data = object_at(activity, "channelData")
        personal = kind == PERSONAL
        user = text_at(activity, "from", "aadObjectId").lower() if personal else ""
        return cls(
            tenant=tenant,
            conversation_id=channel_of(text_at(activity, "conversation", "id")),
            kind=kind,
            service_url=text_at(activity, "serviceUrl"),
            bot_id=bot_id,
            team_id=text_at(data, "team", "id"),
            name=text_at(data, "channel", "name") or text_at(activity, "conversation", "name"),
            user_id=user,
        )


class Conversations:
    """The table of them, with the newest in memory."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, tuple[Conversation, float]] = OrderedDict()
        self._last: OrderedDict[str, str] = OrderedDict()

    def met(self, user_id: str, channel_id: str) -> None:
        """Somebody was seen there just now."""
        self._last[user_id] = channel_id
        self._last.move_to_end(user_id)
        if len(self._last) > REMEMBERED_MOST:
            self._last.popitem(last=False)

    async def last_of(self, tenant: str, user_id: str) -> Conversation | None:
        """Where somebody was seen last, as far as this process knows."""
        channel = self._last.get(user_id)
        return await self.get(tenant, channel) if channel else None

    async def remember(self, seen: Conversation) -> None:
        """Note that we are in a conversation; written down when it is new, changed or a while."""
        known = self._known.get(seen.conversation_id)
        if known is not None:
            before, at = known
            seen = _merged(before, seen)
            if seen == before and self._clock() - at < FRESH_SECONDS:
                return
        await self._database.write(lambda tx: _save(tx, seen, self._clock()))
        self._keep(seen)

    async def get(self, tenant: str, channel_id: str) -> Conversation | None:
        """The conversation of a channel or chat."""
        known = self._known.get(channel_id)
        if known is not None and known[0].tenant == tenant:
            return known[0]
        row = await self._database.read(
            lambda tx: tx.one(
                "SELECT * FROM teams_conversation WHERE tenant = :tenant"
                " AND conversation_id = :conversation",
                tenant=tenant,
                conversation=channel_id,
            )
        )
        if row is None:
            return None
        self._keep(_conversation(row))
        return _conversation(row)

    async def of_person(self, tenant: str, user_id: str) -> Conversation | None:
        """The bot's chat with a person."""
        found = await self._all(
            "tenant = :tenant AND user_id = :user AND kind = 'personal'", tenant, 1, user=user_id
        )
        return found[0] if found else None

    async def newest(self, tenant: str, most: int = 20) -> list[Conversation]:
        """The conversations seen last; the first also tells where to write to anybody new."""
        return await self._all("tenant = :tenant", tenant, most)

    async def forget(self, tenant: str, conversation_id: str) -> None:
        """The bot was removed from there."""
        self._known.pop(conversation_id, None)
        await self._database.write(
            lambda tx: tx.run(
                "DELETE FROM teams_conversation WHERE tenant = :tenant"
                " AND (conversation_id = :conversation OR team_id = :conversation)",
                tenant=tenant,
                conversation=conversation_id,
            )
        )
        self._known = OrderedDict(
            (key, each) for key, each in self._known.items() if each[0].team_id != conversation_id
        )

    async def greet(self, where: Conversation) -> bool:
        """Whether the bot has yet to introduce itself there; said once."""
        return bool(
            await self._database.write(
                lambda tx: tx.run(
                    "UPDATE teams_conversation SET greeted_at = :now WHERE tenant = :tenant"
                    " AND conversation_id = :conversation AND greeted_at IS NULL",
                    now=self._clock(),
                    tenant=where.tenant,
                    conversation=where.conversation_id,
                )
            )
        )

    async def _all(
        self, condition: str, tenant: str, most: int, **values: object
    ) -> list[Conversation]:
        rows = await self._database.read(
            lambda tx: tx.all(
                f"SELECT * FROM teams_conversation WHERE {condition}"  # noqa: S608 - our own words
                " ORDER BY seen_at DESC LIMIT :most",
                tenant=tenant,
                most=most,
                **values,
            )
        )
        return [_conversation(row) for row in rows]

    def _keep(self, seen: Conversation) -> None:
        self._known[seen.conversation_id] = (seen, self._clock())
        self._known.move_to_end(seen.conversation_id)
        if len(self._known) > REMEMBERED_MOST:
            self._known.popitem(last=False)


def _merged(before: Conversation, seen: Conversation) -> Conversation:
    """What is seen now, with what only earlier activities told."""
    return replace(
        seen,
        kind=seen.kind or before.kind,
        team_id=seen.team_id or before.team_id,
        name=seen.name or before.name,
        user_id=seen.user_id or before.user_id,
    )


async def _save(tx: Tx, seen: Conversation, now: float) -> None:
    await tx.run(
        "INSERT INTO teams_conversation (tenant, conversation_id, kind, service_url, bot_id,"
        " team_id, name, user_id, seen_at) VALUES (:tenant, :conversation, :kind, :url, :bot,"
        " :team, :name, :user, :now) ON CONFLICT (tenant, conversation_id) DO UPDATE SET"
        " service_url = excluded.service_url, bot_id = excluded.bot_id,"
        " seen_at = excluded.seen_at,"
        " kind = CASE WHEN excluded.kind = '' THEN teams_conversation.kind ELSE excluded.kind END,"
        " team_id = CASE WHEN excluded.team_id = '' THEN teams_conversation.team_id"
        " ELSE excluded.team_id END,"
        " name = CASE WHEN excluded.name = '' THEN teams_conversation.name"
        " ELSE excluded.name END,"
        " user_id = CASE WHEN excluded.user_id = '' THEN teams_conversation.user_id"
        " ELSE excluded.user_id END",
        tenant=seen.tenant,
        conversation=seen.conversation_id,
        kind=seen.kind,
        url=seen.service_url,
        bot=seen.bot_id,
        team=seen.team_id,
        name=seen.name[:200],
        user=seen.user_id,
        now=now,
    )


def _conversation(row: Row) -> Conversation:
    return Conversation(
        row["tenant"],
        row["conversation_id"],
        row["kind"],
        row["service_url"],
        row["bot_id"],
        row["team_id"],
        row["name"],
        row["user_id"],
    )
