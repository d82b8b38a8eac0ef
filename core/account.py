"""Account memory: what is known about one person in one workspace, with its source."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core import text
from core.ids import AccountKey

KEY_MOST, VALUE_MOST = 60, 200  # characters
LIFE = timedelta(days=365)  # of what a person or an admin said
TOOL_LIFE = timedelta(days=30)  # of what a tool came to know
YOU = "You "  # begins what stands for itself as a sentence


class FactSource(StrEnum):
    """Who may write a fact; a model is not among them."""

    DIRECTORY = "directory"
    TOOL = "tool"
    PERSON = "person"
    ADMIN = "admin"

    @property
    def by_word(self) -> bool:
        """Whether somebody said so, which no look-up takes back."""
        return self in (FactSource.PERSON, FactSource.ADMIN)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing known about a person, e.g. ``office`` = ``Lisbon``; a new value takes its place.

    Args:
        value: A value, or a whole sentence that begins with "You".
        by: Whose word it is, for what a person or an admin said.
        fact_id: Names it on a button; 0 for what is not stored.
    """

    key: str
    value: str
    source: FactSource
    learned_at: datetime
    expires_at: datetime | None = None
    by: AccountKey | None = None
    fact_id: int = field(default=0, compare=False)

    @property
    def sentence(self) -> str:
        """The fact as its person reads it."""
        return sentence(self.key, self.value)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform's directory says about a person now.

    Args:
        emails: Addresses that the organisation or the platform has verified, folded.
    """

    key: AccountKey
    name: str
    title: str = ""
    groups: frozenset[str] = frozenset()
    is_admin: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    emails: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """A person's facts, current ones only, newest last."""

    key: AccountKey
    facts: tuple[Fact, ...] = ()


def sentence(key: str, value: str) -> str:
    """A fact as its person reads it."""
    return f"{value}." if value.startswith(YOU) else f"Your {key}: {value}."


def spelled(key: str) -> str:
    """A key as it is kept, so that "Office" and "office" are one."""
    return text.one_line(key, KEY_MOST).casefold()
