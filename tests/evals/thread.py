"""Rows of labelled conversations as the product's own messages and sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypedDict, TypeVar

from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Place
from core.session import Exchange, ExchangeKind, Session

T = TypeVar("T")

HOME = WorkspaceKey(Platform.WEB, "evals")
THREAD = ThreadKey(HOME, "help", "root")
ASKER = Person(AccountKey(HOME, "asker"), "Asker")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class Said(TypedDict):
    """One row of a history."""

    role: str
    text: str


class NoJournal:
    """Keeps nothing: every step is taken once."""

    async def once(self, step: str, kind: type[T], make: Callable[[], Awaitable[T]]) -> T:
        return await make()


def message(text: str) -> InboundMessage:
    """What the person writes now."""
    return InboundMessage("now", THREAD, ASKER, text, START, Place.CHANNEL, mentions_bot=True)


def exchanges(turns: Sequence[Said]) -> tuple[Exchange, ...]:
    """Who asked what and what came back, tools included, up to the next question."""
    pairs: list[tuple[str, list[str]]] = []
    for turn in turns:
        if turn["role"] == "user":
            pairs.append((turn["text"], []))
        else:
            if not pairs:
                pairs.append(("", []))
            pairs[-1][1].append(turn["text"])
    return tuple(
        Exchange(
            turn_id=str(number),
            author=ASKER.key,
            author_name=ASKER.name,
            asked=asked,
            answered="\n".join(answered),
            at=START + timedelta(minutes=number),
            kind=ExchangeKind.ANSWER,
        )
        for number, (asked, answered) in enumerate(pairs)
    )


def session(turns: Sequence[Said]) -> Session:
    """The thread as the product remembers it."""
    return Session(THREAD, exchanges=exchanges(turns))
