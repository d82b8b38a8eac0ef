"""A chat platform in this process, with an append-only log of what became visible.

Invariants are read from ``log``, never from our database. ``faults`` are taken
one a post, first come first served: an error is raised, before or after the post
became visible.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from core.account import Profile
from core.errors import Refused
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import EVERYONE, PUBLIC, Audience, InboundMessage, Person, Readers
from core.outcome import Post
from tests.fakes.reading import card_text

HOME = WorkspaceKey(Platform.WEB, "home")
BASE = frozenset({PUBLIC, EVERYONE})


@dataclass(frozen=True, slots=True)
class Visible:
    """One line of the log: a message as people saw it appear or change."""

    message_id: str
    post_id: str
    post: Post
    changed: bool = False

    @property
    def text(self) -> str:
        return card_text(self.post.card)


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with one post. ``shown``: people saw it all the same."""

    error: Exception
    shown: bool = False


@dataclass
class FakeChat:
    """Implements ``Poster``."""

    log: list[Visible] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    closed: set[str] = field(default_factory=set)
    statuses: list[str] = field(default_factory=list)
    looked: int = 0
    refused: int = 0

    async def post(self, post: Post, post_id: str) -> str:
        if post.to.channel_id in self.closed:
            self.refused += 1
            raise Refused("channel_not_found")
        fault = self.faults.popleft() if self.faults else None
        if fault is not None and not fault.shown:
            raise fault.error
        message_id = f"p{len(self.log) + 1}"
        self.log.append(Visible(message_id, post_id, post))
        if fault is not None:
            raise fault.error
        return message_id

    async def update(self, post: Post, post_id: str) -> str:
        if self.faults:
            raise self.faults.popleft().error
        self.log.append(Visible(post.replaces, post_id, post, changed=True))
        return post.replaces

    async def find(self, post: Post, post_id: str) -> str | None:
        self.looked += 1
        return next((each.message_id for each in self.log if each.post_id == post_id), None)

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        """What became visible here stays; ``log`` shows what was shown twice."""

    async def status(self, thread: ThreadKey, text: str) -> None:
        self.statuses.append(text)

    def permalink(self, message: MessageRef) -> str:
        return f"https://chat.example/{message.thread.channel_id}/{message.message_id}"


@dataclass
class FakeDirectory:
    """Implements ``Directory``; ``members`` says who is in a channel, as it is now."""

    profiles: dict[str, Profile] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    asked: int = 0

    def add(
        self, name: str, *groups: str, admin: bool = False, facts: dict[str, str] | None = None
    ) -> AccountKey:
        key = AccountKey(HOME, name)
        known = tuple((facts or {}).items())
        self.profiles[name] = Profile(key, name.title(), "", frozenset(groups), admin, known)
        return key

    async def profile(self, account: AccountKey) -> Profile | None:
        self.asked += 1
        return self.profiles.get(account.user_id)

    async def meet(self, person: Person) -> Person:
        return person

    async def readers(self, message: InboundMessage) -> Readers:
        channel = message.thread.channel_id
        private = channel.startswith("dm-")
        own = self._rights(message.author.key.user_id)
        rights = [self._rights(each) for each in self.members.get(channel, self.profiles)]
        together = own if private else frozenset.intersection(*rights)
        return Readers(Audience(private, together), Audience(private=True, rights=own))

    def _rights(self, name: str) -> frozenset[str]:
        return BASE | (self.profiles[name].groups if name in self.profiles else frozenset())

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        profile = self.profiles.get(name.removeprefix("@"))
        return profile.key if profile else None

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        found = [each.key for each in self.profiles.values() if address in each.emails]
        return found[0] if len(found) == 1 else None

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        wanted = name.removeprefix("#")
        return ThreadKey(workspace, wanted, "") if wanted in self.members else None

    async def person_name(self, account: AccountKey) -> str:
        known = self.profiles.get(account.user_id)
        return known.name if known else account.user_id

    async def channel_name(self, channel: ThreadKey) -> str:
        return channel.channel_id

    async def direct(self, account: AccountKey) -> ThreadKey:
        return ThreadKey(account.workspace, f"dm-{account.user_id}", "direct")

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        name = channel.channel_id
        if name.startswith("dm-"):
            return name == f"dm-{account.user_id}"
        return name == "help" or account.user_id in self.members.get(name, ())

    async def open_to_all(self, channel: ThreadKey) -> bool:
        return channel.channel_id == "help"
