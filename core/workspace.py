"""A workspace's configuration, as its admins set it; numbered, so that it can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core import text
from core.ids import ThreadKey
from core.strategies import Strategy

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Pages(BaseModel):
    """A web page to answer from, and those of its site that it leads to.

    Args:
        audience: Who may be answered from it: ``public``, ``everyone`` or a group's name.
        pages: How many at most; 1 is the page alone. ``depth``: how many links away.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str = Field(min_length=1, max_length=2_000)
    audience: Name
    pages: int = Field(default=1, ge=1, le=500)
    depth: int = Field(default=2, ge=0, le=5)
    owner: str = Field(default="", max_length=200)


class WorkspaceSettings(BaseModel):
    """What admins decide. Closed by default: no staff, no admins, no channel.

    Args:
        version: Counts changes; 0 means that nobody has configured anything.
        support_channel: Key of the channel that handoff cards go to, or empty; it may be
            another workspace's, and then the staff of that one claims what goes there.
        staff: Keys of the accounts that may claim cases whose cards stand in this workspace.
        admins: Keys of the accounts that may configure, beside the platform's own admins.
        sources: Web pages to answer from, beside the operator's folders.
        risk_terms: Words that always lead to a person, e.g. "harassment".
        memory: How threads are remembered, by the key of their channel; the empty key stands
            for all others.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 0
    support_channel: str = Field(default="", max_length=400)
    staff: tuple[Name, ...] = Field(default=(), max_length=500)
    admins: tuple[Name, ...] = Field(default=(), max_length=100)
    risk_terms: tuple[Name, ...] = Field(default=(), max_length=200)
    memory: dict[str, Strategy] = Field(default={}, max_length=200)
    sources: tuple[Pages, ...] = Field(default=(), max_length=50)

    def memory_in(self, thread: ThreadKey) -> Strategy:
        """How a thread is remembered."""
        own = self.memory.get(str(thread.channel)) if self.memory else None
        return own or self.memory_everywhere

    @property
    def memory_everywhere(self) -> Strategy:
        """How threads are remembered where a channel has no strategy of its own."""
        return self.memory.get("", Strategy.HYBRID)

    def remembering(self, strategy: Strategy | None, channel: str = "") -> WorkspaceSettings:
        """These settings with another strategy for a channel, or for all that have none.

        None takes a channel's own away.
        """
        others = {key: value for key, value in self.memory.items() if key != channel}
        memory = others if strategy is None else {**others, channel: strategy}
        return WorkspaceSettings.model_validate({**self.model_dump(), "memory": memory})


@dataclass(frozen=True, slots=True)
class Revision:
    """A configuration as it once was, and the key of who made it so, or a word for it."""

    settings: WorkspaceSettings
    by: str
    at: datetime


def terms_of(words: str) -> tuple[str, ...]:
    """The risk terms that an admin wrote, separated by commas or lines."""
    terms = (text.one_line(each, 400) for each in words.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(filter(None, terms)))
