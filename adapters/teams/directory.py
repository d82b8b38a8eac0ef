"""Implements ``core.ports.Directory`` over the rosters that Teams shows a bot.

A bot sees no groups and no administrators: rights are those of every employee, or of
the public as soon as one reader is from outside; admins are named by configuration.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from adapters.teams.connector import Connector
from adapters.teams.conversation import channel_of, is_channel, thread
from adapters.teams.conversations import PERSONAL, TEAM_CHANNEL, Conversation, Conversations
from adapters.teams.envelope import text_at
from adapters.teams.parse import member_trust
from adapters.teams.roster import Member, Roster, emails_of, is_called, user_of
from core.account import Profile
from core.errors import NameUnclear, Refused
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import (
    EVERYONE,
    PUBLIC,
    Audience,
    InboundMessage,
    Person,
    Place,
    Readers,
    Trust,
)

EMPLOYEES = frozenset({PUBLIC, EVERYONE})
OUTSIDERS = frozenset({PUBLIC})
PLACES_MOST = 5  # conversations in which one person is looked for
ID = re.compile(r"29:\S+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CHANNEL = re.compile(r"19:[^\s/?]+@thread\.[a-z0-9]+")


class TeamsDirectory:
    """One tenant's people and channels."""

    def __init__(
        self, tenant: str, connector: Connector, conversations: Conversations, roster: Roster
    ) -> None:
        self._tenant = tenant
        self._workspace = WorkspaceKey(Platform.TEAMS, tenant)
        self._connector = connector
        self._conversations = conversations
        self._roster = roster

    async def profile(self, account: AccountKey) -> Profile | None:
        member = await self.member(account)
        if member is None:
            return None
        mail = text_at(member, "email") or text_at(member, "userPrincipalName")
        facts = (("work email", mail),) if mail else ()
        name = text_at(member, "name") or account.user_id
        emails = emails_of(member) if not self._strangers([member]) else frozenset[str]()
        return Profile(account, name, text_at(member, "jobTitle"), facts=facts, emails=emails)

    async def meet(self, person: Person) -> Person:
        if person.trust is Trust.EXTERNAL:
            return person
        member = await self.member(person.key)
        if member is None:
            return replace(person, trust=Trust.EXTERNAL)
        known = member_trust(member, self._tenant)
        trust = person.trust if known is Trust.MEMBER else known
        return replace(person, name=text_at(member, "name") or person.name, trust=trust)

    async def member(self, account: AccountKey) -> Member | None:
        """A person as a roster has them: where they were seen last, else where we talk to them."""
        if account.workspace != self._workspace:
            return None
        for where in await self._places(account.user_id):
            found = await self._roster.member(where, account.user_id)
            if found is not None:
                return found
        return None

    async def _places(self, user: str) -> list[Conversation]:
        seen = await self._conversations.last_of(self._tenant, user)
        direct = await self._conversations.of_person(self._tenant, user)
        shared = [
            each for each in await self._conversations.newest(self._tenant) if each.kind != PERSONAL
        ]
        found = [each for each in (seen, direct) if each is not None] + shared[:PLACES_MOST]
        return list({each.conversation_id: each for each in found}.values())

    async def readers(self, message: InboundMessage) -> Readers:
        outsider = message.author.trust is not Trust.MEMBER
        own = Audience(private=True, rights=OUTSIDERS if outsider else EMPLOYEES)
        if message.place is Place.DIRECT:
            return Readers(own, own)
        where = await self._conversations.get(self._tenant, message.thread.channel_id)
        members = await self._roster.members(where) if where else None
        together = EMPLOYEES if members and not self._strangers(members) else OUTSIDERS
        return Readers(Audience(private=False, rights=together), own)

    def _strangers(self, members: Iterable[Member]) -> bool:
        return any(member_trust(each, self._tenant) is not Trust.MEMBER for each in members)

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        wanted = name.strip().removeprefix("@")
        if workspace != self._workspace or not wanted:
            return None
        known = await self._conversations.newest(self._tenant)
        shared = [each for each in known if each.kind != PERSONAL][:PLACES_MOST]
        if ID.fullmatch(wanted):
            found = [await self._roster.member(each, wanted) for each in shared]
            direct = await self._conversations.of_person(self._tenant, wanted.lower())
            if direct is not None:
                found.append(await self._roster.member(direct, direct.user_id))
        else:
            rosters = [await self._roster.members(each) or [] for each in shared]
            found = [m for roster in rosters for m in roster if is_called(m, wanted.casefold())]
        people = [each for each in found if each is not None and not self._strangers([each])]
        users = {user_of(each) for each in people} - {""}
        return AccountKey(workspace, users.pop()) if len(users) == 1 else None

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        found = await self.find(workspace, address)
        member = await self.member(found) if found else None
        return found if member is not None and address in emails_of(member) else None

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        wanted = unquote(name.strip().removeprefix("#"))
        if workspace != self._workspace or not wanted:
            return None
        pasted = CHANNEL.search(wanted)
        wanted = channel_of(pasted.group()) if pasted else wanted
        known = await self._conversations.get(self._tenant, wanted)
        if known is not None and known.kind != PERSONAL:
            return ThreadKey(workspace, known.conversation_id, "")
        found = [each for each in await self._channels() if _is_named(each, wanted.casefold())]
        if len(found) > 1:
            raise NameUnclear("Several teams have a channel of that name.")
        if not found:
            return None
        await self._conversations.remember(found[0])
        return ThreadKey(workspace, found[0].conversation_id, "")

    async def choices(self) -> list[tuple[str, str]]:
        """The channels we know of, by name and id, to choose from."""
        named = [(each.name, each.conversation_id) for each in await self._channels() if each.name]
        return sorted(named, key=lambda each: each[0].casefold())

    async def _channels(self) -> list[Conversation]:
        """Channels as teams list them; private ones, which are in no list, as we were told."""
        newest = await self._conversations.newest(self._tenant)
        found = {each.conversation_id: each for each in newest if each.kind == TEAM_CHANNEL}
        for near in await self._teams():
            for listed in await self._roster.channels(near):
                each, name = text_at(listed, "id"), _name(listed, near.team_id)
                found[each] = replace(near, conversation_id=each, kind=TEAM_CHANNEL, name=name)
        return list(found.values())

    async def person_name(self, account: AccountKey) -> str:
        member = await self.member(account)
        return text_at(member or {}, "name") or account.user_id

    async def channel_name(self, channel: ThreadKey) -> str:
        where = await self._conversations.get(self._tenant, channel.channel_id)
        if where is None:
            return channel.channel_id
        listed = await self._roster.channels(where)
        named = [
            _name(each, where.team_id) for each in listed if each.get("id") == where.conversation_id
        ]
        return next(iter(named), "") or where.name or channel.channel_id

    async def direct(self, account: AccountKey) -> ThreadKey:
        known = await self._conversations.of_person(self._tenant, account.user_id)
        if known is not None:
            return thread(self._workspace, known.conversation_id)
        near = await self._conversations.newest(self._tenant, 1)
        if account.workspace != self._workspace or not near:
            raise Refused("conversation_not_found")
        member = await self.member(account)
        chat = {
            "bot": {"id": near[0].bot_id},
            "members": [{"id": text_at(member or {}, "id") or account.user_id}],
            "isGroup": False,
            "tenantId": self._tenant,
            "channelData": {"tenant": {"id": self._tenant}},
        }
        opened = await self._connector.open_chat(near[0].service_url, chat)
        where = Conversation(
            self._tenant,
            opened,
            PERSONAL,
            near[0].service_url,
            near[0].bot_id,
            user_id=account.user_id,
        )
        await self._conversations.remember(where)
        return thread(self._workspace, opened)

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        where = await self._conversations.get(self._tenant, channel.channel_id)
        if where is None or {account.workspace, channel.workspace} != {self._workspace}:
            return False
        if where.kind == PERSONAL:
            return where.user_id == account.user_id
        return await self._roster.member(where, account.user_id) is not None

    async def open_to_all(self, channel: ThreadKey) -> bool:
        where = await self._conversations.get(self._tenant, channel.channel_id)
        if where is None:
            return True
        members = await self._roster.members(where)
        if not members or self._strangers(members):
            return True
        listed = [text_at(each, "id") for each in await self._roster.channels(where)]
        if is_channel(channel.channel_id):  # Teams lists standard channels only
            return channel.channel_id in listed or not listed
        return False

    async def _teams(self) -> list[Conversation]:
        """The teams we were seen in last, by one conversation of each."""
        found: dict[str, Conversation] = {}
        for each in await self._conversations.newest(self._tenant):
            if each.team_id:
                found.setdefault(each.team_id, each)
        return list(found.values())[:PLACES_MOST]


def _is_named(channel: Conversation, wanted: str) -> bool:
    return wanted in (channel.name.casefold(), channel.conversation_id.casefold())


def _name(channel: Mapping[str, Any], team: str) -> str:
    """Teams gives the first channel of a team no name."""
    return text_at(channel, "name") or ("General" if text_at(channel, "id") == team else "")
