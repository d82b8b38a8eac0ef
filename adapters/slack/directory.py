"""Slack's directory: who somebody is now, and who will read a reply.

Everything is asked of Slack and kept for a minute at most; what cannot be known
counts as the least.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import structlog

from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.installation import Installation
from adapters.slack.members import Member, member
from adapters.slack.memory import Memory, Recent
from adapters.slack.parse import objects, text_of
from adapters.slack.private import Private
from core import text
from core.account import Profile
from core.errors import Refused
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.messages import EVERYONE, PUBLIC, Audience, InboundMessage, Person, Place, Readers, Trust

log = structlog.get_logger()

FRESH_SECONDS = 60.0  # names, guests, groups
ROLE_SECONDS = 5.0  # roles, which are read before a change
LISTED_MOST = 1_000  # people searched for a handle
USER_TOKEN = re.compile(r"<@([A-Z0-9]{1,40})(?:\|[^>]*)?>\Z|@?([UW][A-Z0-9]{1,40})\Z")
PUBLIC_ONLY = frozenset({PUBLIC})
EVERYBODY = frozenset({PUBLIC, EVERYONE})
OPENING = "You asked me with `/desk`. I'll answer in this thread."


class SlackDirectory:
    """Implements ``core.ports.Directory``."""

    def __init__(
        self,
        api: SlackApi,
        us: Installation,
        memory: Memory,
        private: Private,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._api, self._us, self._memory, self._private = api, us, memory, private
        self.channels = Channels(api, clock)
        self._people: Recent[str, Member] = Recent(FRESH_SECONDS, clock)
        self._roles: Recent[str, Member] = Recent(ROLE_SECONDS, clock)
        self._groups: Recent[str, dict[str, frozenset[str]]] = Recent(FRESH_SECONDS, clock)

    async def meet(self, person: Person) -> Person:
        found = await self._person(person.key.user_id)
        if found is None:  # Slack does not say who this is: nothing is taken for granted
            return replace(person, trust=_least(person.trust, Trust.GUEST))
        name = text.name(found.name or person.name)
        return Person(person.key, name, _least(person.trust, found.trust))

    async def profile(self, account: AccountKey) -> Profile | None:
        if account.workspace != self._us.workspace:
            return None
        found = self._roles.get(account.user_id)
        if found is None:
            self._people.drop(account.user_id)
            found = await self._person(account.user_id)
            if found is None:
                return None
            self._roles.put(account.user_id, found)
        groups = (await self._user_groups()).get(account.user_id, frozenset())
        facts = (("time zone", found.zone),) if found.zone else ()
        emails = frozenset({found.email} - {""})
        name = text.name(found.name)
        return Profile(account, name, found.title, groups, found.is_admin, facts, emails)

    async def readers(self, message: InboundMessage) -> Readers:
        own = Audience(private=True, rights=await self._rights(message.author.key.user_id))
        if message.place is Place.DIRECT:
            return Readers(own, own)
        rights = await self._shared_rights(message.thread.channel_id)
        return Readers(Audience(private=False, rights=rights), own)

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        wanted = name.strip()
        if (match := USER_TOKEN.match(wanted)) is not None:
            found = await self._person(match.group(1) or match.group(2))
        else:
            found = await self._named(wanted.removeprefix("@").casefold())
        if found is None or found.is_bot or found.trust is not Trust.MEMBER:
            return None
        return AccountKey(self._us.workspace, found.user_id)

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        try:
            answer = await self._api.read("users.lookupByEmail", email=address)
        except Refused:
            return None
        user = answer.get("user")
        found = member(user, self._us.team_id) if isinstance(user, dict) else None
        verified = found is not None and not found.is_bot and found.email == address
        return AccountKey(self._us.workspace, found.user_id) if found and verified else None

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        found = await self.channels.find(name)
        return ThreadKey(self._us.workspace, found.channel_id, "") if found else None

    async def person_name(self, account: AccountKey) -> str:
        found = await self._person(account.user_id)
        return text.name(found.name) if found and found.name else account.user_id

    async def channel_name(self, channel: ThreadKey) -> str:
        found = await self.channels.get(channel.channel_id)
        return found.name if found and found.name else channel.channel_id

    async def direct(self, account: AccountKey) -> ThreadKey:
        """A new thread in the bot's direct chat with a person.

        Agent conversations are threads, so it needs a first message; what the person
        writes below it belongs to the same session and the same case.
        """
        channel = await self._private.channel(account.user_id)
        answer = await self._api.call("chat.postMessage", channel=channel, text=OPENING)
        root = str(answer.get("ts") or "")
        self._memory.wrote(channel, root, account.user_id)
        return ThreadKey(self._us.workspace, channel, root)

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        if {account.workspace, channel.workspace} != {self._us.workspace}:
            return False
        found = await self.channels.get(channel.channel_id)
        if found is None or found.is_direct:
            return found is not None and found.partner == account.user_id
        person = await self._person(account.user_id) if found.is_open else None
        if person is not None and person.trust is Trust.MEMBER:
            return True
        return await self.channels.holds(channel.channel_id, account.user_id)

    async def open_to_all(self, channel: ThreadKey) -> bool:
        found = await self.channels.get(channel.channel_id)
        return found is None or found.is_open or found.is_shared

    async def _shared_rights(self, channel_id: str) -> frozenset[str]:
        """What everybody in a channel may see."""
        channel = await self.channels.get(channel_id)
        if channel is None or channel.is_shared:
            return PUBLIC_ONLY
        if channel.is_open:
            return EVERYBODY
        members = await self.channels.members(channel_id)
        if members is None:  # too many to ask for each: no guest can be ruled out
            return PUBLIC_ONLY
        people = [each for each in members if each != self._us.bot_user]
        shared = [await self._rights(each) for each in people]
        return frozenset.intersection(*shared) if shared else PUBLIC_ONLY

    async def _rights(self, user_id: str) -> frozenset[str]:
        found = await self._person(user_id)
        if found is None:
            return PUBLIC_ONLY
        if found.is_bot:
            return EVERYBODY  # an app of the workspace; it reads what its installer allowed
        return found.rights((await self._user_groups()).get(user_id, frozenset()))

    async def _person(self, user_id: str) -> Member | None:
        known = self._people.get(user_id)
        if known is None:
            try:
                found = await self._api.read("users.info", user=user_id)
            except Refused as error:
                log.warning("person not looked up", reason=error.reason)
                return None
            user = found.get("user")
            if not isinstance(user, dict):
                return None
            known = replace(member(user, self._us.team_id), user_id=user_id)
            self._people.put(user_id, known)
        return known

    async def _named(self, name: str) -> Member | None:
        """A person by handle or display name; none when two have it."""
        listed = await self._api.read("users.list", limit=LISTED_MOST)
        people = [member(each, self._us.team_id) for each in objects(listed, "members")]
        found = [each for each in people if name in (each.handle.casefold(), each.name.casefold())]
        return found[0] if len(found) == 1 else None

    async def _user_groups(self) -> dict[str, frozenset[str]]:
        """The handles of the user groups each person is in; none when we may not read them."""
        known = self._groups.get("")
        if known is None:
            try:
                found = await self._api.read("usergroups.list", include_users=True)
            except Refused:
                found = {}
            known = _by_person(objects(found, "usergroups"))
            self._groups.put("", known)
        return known


def _least(envelope: Trust, directory: Trust) -> Trust:
    """The envelope can only take trust away: it is signed, the directory may be a minute old."""
    return directory if envelope is Trust.MEMBER else envelope


def _by_person(groups: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    sets: dict[str, set[str]] = {}
    for group in groups:
        users = group.get("users")
        for user in users if isinstance(users, list) else ():
            if isinstance(user, str):
                sets.setdefault(user, set()).add(text_of(group, "handle"))
    return {user: frozenset(named - {""}) for user, named in sets.items()}
