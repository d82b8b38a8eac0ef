"""Forms: several things asked for at once, as every platform can draw them.

A form is to a command what a card is to a line of text: Slack draws a modal, Teams can
draw inputs on a card, and the words of the command do the same where neither is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.ids import AccountKey, ThreadKey
from core.messages import Person

TICKED = "yes"  # the value of a tick that is set


@dataclass(frozen=True, slots=True)
class ChannelInput:
    """One channel of the workspace, or none."""

    name: str
    label: str
    chosen: ThreadKey | None = None
    hint: str = ""


@dataclass(frozen=True, slots=True)
class PeopleInput:
    """People of the workspace."""

    name: str
    label: str
    chosen: tuple[AccountKey, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TextInput:
    """Words; ``most`` in characters."""

    name: str
    label: str
    text: str = ""
    hint: str = ""
    most: int = 2_000


@dataclass(frozen=True, slots=True)
class ChoiceInput:
    """One of a few; each of ``options`` is a value and what it says."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class TickInput:
    """Something to agree to, unticked at first."""

    name: str
    label: str
    option: str


Input = ChannelInput | PeopleInput | TextInput | ChoiceInput | TickInput


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked for. Every input may stay empty; rights are read when it comes back.

    Args:
        name: Which form it is, for whoever gets the submission.
        token: Handed back as it is.
    """

    name: str
    title: str
    inputs: tuple[Input, ...]
    submit: str = "Save"
    token: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that somebody filled in; nothing of it is to be believed yet.

    Args:
        values: By input: ids as the platform names them, the words, or ``TICKED``.
    """

    actor: Person
    form: str
    token: str
    values: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Problems:
    """Why a submission was not taken, by input; nothing of it was done."""

    by_input: Mapping[str, str]
