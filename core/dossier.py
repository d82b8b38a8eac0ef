"""Everything that is kept about one person, as files they can read and take along."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from core.account import Fact
from core.cards import Card
from core.ids import AccountKey
from core.session import Exchange


@dataclass(frozen=True, slots=True)
class KeptFact:
    """A fact of one account, and until when it stood when another has taken its place."""

    account: AccountKey
    fact: Fact
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """What was asked and answered, and where."""

    thread: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request for a person."""

    number: int
    opened_at: datetime
    state: str
    reason: str
    intent: str


@dataclass(frozen=True, slots=True)
class KeptAction:
    """Something the bot was asked to do, with the arguments as they were confirmed."""

    tool: str
    arguments: dict[str, Any]
    proposed_at: datetime
    state: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is kept about a person, who may have an account on each of two platforms."""

    accounts: tuple[AccountKey, ...]
    made_at: datetime
    facts: tuple[KeptFact, ...] = ()
    exchanges: tuple[KeptExchange, ...] = ()
    requests: tuple[KeptRequest, ...] = ()
    actions: tuple[KeptAction, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file for one person."""

    name: str
    content: bytes
    media_type: str


class Courier(Protocol):
    """Hands files to one person on one platform."""

    async def deliver(self, reader: AccountKey, files: Sequence[File]) -> Card:
        """Give files to a person where nobody else can get them; returns what they are told.

        Raises:
            PlatformError: They did not get there.
        """
        ...


def files(dossier: Dossier) -> tuple[File, ...]:
    """The dossier for programs, and the same for people."""
    name = f"frontdesk-{dossier.made_at:%Y-%m-%d}"
    return (
        File(f"{name}.json", as_json(dossier).encode(), "application/json"),
        File(f"{name}.md", as_markdown(dossier).encode(), "text/markdown"),
    )


def as_json(dossier: Dossier) -> str:
    """One object; times with their zone, people and threads by key."""
    return json.dumps(
        {
            "accounts": [str(each) for each in dossier.accounts],
            "made_at": dossier.made_at.isoformat(),
            "facts": [_fact(each) for each in dossier.facts],
            "conversations": [_exchange(each) for each in dossier.exchanges],
            "requests": [
                {
                    "number": f"H-{each.number}",
                    "opened_at": each.opened_at.isoformat(),
                    "state": each.state,
                    "reason": each.reason,
                    "intent": each.intent,
                }
                for each in dossier.requests
            ],
            "actions": [
                {
                    "tool": each.tool,
                    "arguments": each.arguments,
                    "proposed_at": each.proposed_at.isoformat(),
                    "state": each.state,
                    "receipt": each.receipt,
                }
                for each in dossier.actions
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def as_markdown(dossier: Dossier) -> str:
    """The same for reading; what people and the bot said stands in quotations."""
    return "\n".join(_lines(dossier)) + "\n"


def _lines(dossier: Dossier) -> Iterator[str]:
    yield f"# What Frontdesk keeps about you, {_moment(dossier.made_at)}"
    yield ""
    yield f"Accounts: {', '.join(str(each) for each in dossier.accounts)}"
    yield from ("", "## Facts", "")
    for kept in dossier.facts:
        fact = kept.fact
        ends = f", until {_moment(fact.expires_at)}" if fact.expires_at else ""
        until = f", replaced {_moment(kept.until)}" if kept.until else ""
        yield f"- {fact.sentence} ({fact.source}, {_moment(fact.learned_at)}{ends}{until})"
    yield from ("", "## Requests for a person", "")
    for request in dossier.requests:
        yield f"- H-{request.number}, {_moment(request.opened_at)}, {request.state}:"
        yield _quoted(request.intent)
    yield from ("", "## Actions", "")
    for action in dossier.actions:
        yield f"- {action.tool}, {_moment(action.proposed_at)}, {action.state} {action.receipt}:"
        yield _quoted(json.dumps(action.arguments, ensure_ascii=False))
    yield from ("", "## Conversations")
    thread = ""
    for each in dossier.exchanges:
        if each.thread != thread:
            thread = each.thread
            yield from ("", f"### {thread}")
        said = each.exchange
        alone = ", for you alone" if said.only_for else ""
        yield from ("", f"{_moment(said.at)}{alone}. You:", "", _quoted(said.asked))
        yield from ("", "Frontdesk:", "", _quoted(said.answered))


def _fact(kept: KeptFact) -> dict[str, Any]:
    fact = kept.fact
    return {
        "account": str(kept.account),
        "key": fact.key,
        "value": fact.value,
        "source": fact.source.value,
        "said_by": str(fact.by) if fact.by else None,
        "learned_at": fact.learned_at.isoformat(),
        "expires_at": fact.expires_at.isoformat() if fact.expires_at else None,
        "replaced_at": kept.until.isoformat() if kept.until else None,
    }


def _exchange(kept: KeptExchange) -> dict[str, Any]:
    said = kept.exchange
    return {
        "thread": kept.thread,
        "at": said.at.isoformat(),
        "kind": said.kind.value,
        "asked": said.asked,
        "answered": said.answered,
        "for_you_alone": said.only_for is not None,
    }


def _quoted(words: str) -> str:
    return "\n".join(f"> {line}" for line in words.splitlines()) or ">"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
