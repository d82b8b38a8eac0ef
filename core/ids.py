"""Frozen keys: who, where, which message. The tenant is part of every one of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote, unquote
from uuid import NAMESPACE_URL, UUID, uuid5

SAFE = ":@;=.,!~*'()+$-_"  # everything platforms put into ids but "/" and "%"


class Platform(StrEnum):
    """Where people talk."""

    SLACK = "slack"
    TEAMS = "teams"
    WEB = "web"


@lru_cache(maxsize=4_096)  # a turn writes its few keys dozens of times
def _join(*parts: str) -> str:
    return "/".join(quote(part, safe=SAFE) for part in parts)


def _split(text: str, count: int) -> list[str]:
    parts = [unquote(part) for part in text.split("/")]
    if len(parts) != count:
        raise ValueError(f"{text!r} is not a key of {count} parts")
    return parts


@dataclass(frozen=True, slots=True)
class WorkspaceKey:
    """A Slack workspace, a Teams tenant, or the playground."""

    platform: Platform
    workspace_id: str

    def __str__(self) -> str:
        return _join(self.platform, self.workspace_id)

    @classmethod
    def parse(cls, text: str) -> WorkspaceKey:
        platform, workspace_id = _split(text, 2)
        return cls(Platform(platform), workspace_id)


@dataclass(frozen=True, slots=True)
class AccountKey:
    """One person in one workspace. For Teams ``user_id`` is the ``aadObjectId``."""

    workspace: WorkspaceKey
    user_id: str

    def __str__(self) -> str:
        return _join(self.workspace.platform, self.workspace.workspace_id, self.user_id)

    @classmethod
    def parse(cls, text: str) -> AccountKey:
        platform, workspace_id, user_id = _split(text, 3)
        return cls(WorkspaceKey(Platform(platform), workspace_id), user_id)


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """One thread: the key of sessions, leases and handoffs.

    ``thread_id`` is the id of the thread's first message; empty stands for the
    channel itself, where new messages start threads of their own. A direct chat
    without threads is one thread with an id of its own.
    """

    workspace: WorkspaceKey
    channel_id: str
    thread_id: str

    def __str__(self) -> str:
        return _join(
            self.workspace.platform, self.workspace.workspace_id, self.channel_id, self.thread_id
        )

    @classmethod
    def parse(cls, text: str) -> ThreadKey:
        platform, workspace_id, channel_id, thread_id = _split(text, 4)
        return cls(WorkspaceKey(Platform(platform), workspace_id), channel_id, thread_id)

    @property
    def channel(self) -> ThreadKey:
        """The channel this thread is in."""
        return ThreadKey(self.workspace, self.channel_id, "")


@dataclass(frozen=True, slots=True)
class MessageRef:
    """One message on a platform."""

    thread: ThreadKey
    message_id: str

    def __str__(self) -> str:
        key = self.thread
        return _join(
            key.workspace.platform, key.workspace.workspace_id, key.channel_id, self.message_id
        )


@lru_cache(maxsize=1_024)  # a turn asks for its own several times
def derived_id(*parts: str) -> UUID:
    """The same id for the same parts, always: what makes a repeated step recognisable."""
    return uuid5(NAMESPACE_URL, "frontdesk:" + "\x1f".join(parts))
