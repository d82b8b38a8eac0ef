"""The playground's directory: five people and their channels, read from a YAML file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from core.account import Profile
from core.errors import SettingsError
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import EVERYONE, PUBLIC, Audience, InboundMessage, Person, Readers

HELP, SUPPORT, DIRECT, ADMIN = "help", "support", "dm", "admin"
DIRECT_THREAD = "direct"  # a direct chat is one thread
BASE_RIGHTS = frozenset({PUBLIC, EVERYONE})


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody in the playground. role: employee, staff or admin."""

    id: str
    name: str
    role: str
    title: str
    groups: frozenset[str]
    facts: tuple[tuple[str, str], ...]


class PlaygroundDirectory:
    """Implements ``core.ports.Directory`` for the playground."""

    def __init__(self, workspace: str, residents: tuple[Resident, ...]) -> None:
        self.workspace = WorkspaceKey(Platform.WEB, workspace)
        self.residents = {resident.id: resident for resident in residents}

    @classmethod
    def read(cls, path: Path) -> PlaygroundDirectory:
        """The directory of a file like ``bot/demo/people.yml``."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            people = tuple(_resident(each) for each in content["people"])
            return cls(str(content["workspace"]), people)
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(f"The playground's people in {path} cannot be read.") from error

    def key(self, person_id: str) -> AccountKey:
        return AccountKey(self.workspace, person_id)

    def person(self, person_id: str) -> Person:
        """A resident as the author of something; raises ``KeyError`` for a stranger."""
        return Person(self.key(person_id), self.residents[person_id].name)

    def channel(self, channel_id: str) -> ThreadKey:
        return ThreadKey(self.workspace, channel_id, "")

    def with_role(self, role: str) -> tuple[str, ...]:
        return tuple(each.id for each in self.residents.values() if each.role == role)

    def reads(self, person_id: str, channel_id: str) -> bool:
        """Whether a resident is in a channel; a direct chat is its owner's alone."""
        if channel_id.startswith(f"{DIRECT}-"):
            return channel_id == f"{DIRECT}-{person_id}"
        if channel_id == SUPPORT:
            return self.residents[person_id].role != "employee"
        return channel_id == HELP

    async def profile(self, account: AccountKey) -> Profile | None:
        resident = self.residents.get(account.user_id)
        if resident is None or account.workspace != self.workspace:
            return None
        return Profile(
            account,
            resident.name,
            resident.title,
            resident.groups,
            resident.role == "admin",
            resident.facts,
        )

    async def meet(self, person: Person) -> Person:
        return person

    async def readers(self, message: InboundMessage) -> Readers:
        channel = message.thread.channel_id
        everyone = [each for each in self.residents if self.reads(each, channel)]
        shared = [self._rights(each) for each in everyone]
        together = frozenset.intersection(*shared) if shared else frozenset({PUBLIC})
        direct = channel.startswith(f"{DIRECT}-")
        author = Audience(private=True, rights=self._rights(message.author.key.user_id))
        return Readers(Audience(private=direct, rights=together), author)

    def _rights(self, person_id: str) -> frozenset[str]:
        return BASE_RIGHTS | self.residents[person_id].groups

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        wanted = name.strip().removeprefix("@").casefold()
        for each in self.residents.values():
            if wanted in (each.id, each.name.casefold(), each.name.split()[0].casefold()):
                return self.key(each.id)
        return None

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        """Nobody in the playground has an address."""

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        wanted = name.strip().removeprefix("#").casefold()
        return self.channel(wanted) if wanted in (HELP, SUPPORT) else None

    async def person_name(self, account: AccountKey) -> str:
        resident = self.residents.get(account.user_id)
        return resident.name if resident else account.user_id

    async def channel_name(self, channel: ThreadKey) -> str:
        return channel.channel_id

    async def direct(self, account: AccountKey) -> ThreadKey:
        return ThreadKey(self.workspace, f"{DIRECT}-{account.user_id}", DIRECT_THREAD)

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        known = account.user_id in self.residents and account.workspace == self.workspace
        return known and self.reads(account.user_id, channel.channel_id)

    async def open_to_all(self, channel: ThreadKey) -> bool:
        return channel.channel_id == HELP


def _resident(entry: dict[str, Any]) -> Resident:
    return Resident(
        id=str(entry["id"]),
        name=str(entry["name"]),
        role=str(entry["role"]),
        title=str(entry["title"]),
        groups=frozenset(map(str, entry.get("groups", ()))),
        facts=tuple((str(key), str(value)) for key, value in entry.get("facts", {}).items()),
    )
