"""Account memory: what is known about one person in one workspace, with its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.ids import AccountKey


class FactSource(StrEnum):
    """Who may write a fact; a model is not among them."""

    DIRECTORY = "directory"
    TOOL = "tool"
    PERSON = "person"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a person, e.g. ``office`` = ``Lisbon``."""

    key: str
    value: str
    source: FactSource
    learned_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform's directory says about a person now."""

    key: AccountKey
    name: str
    title: str = ""
    groups: frozenset[str] = frozenset()
    is_admin: bool = False
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Account:
    """A person's facts, current ones only, newest last."""

    key: AccountKey
    facts: tuple[Fact, ...] = ()
