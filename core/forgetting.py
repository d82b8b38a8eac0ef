"""Take one person out of what is remembered, and say with a receipt that it was done."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.escalation import Escalation
from core.ids import AccountKey, ThreadKey
from core.messages import Person
from core.session import Session
from core.tools import Action, ActionState

SOMEBODY = "Somebody"
FORGOTTEN = "Forgotten at this person's wish"  # in place of what a request was about
ENDED = "No longer kept"  # likewise, once its time was over


class Scope(StrEnum):
    """How much somebody wants forgotten."""

    FACT = "fact"
    THREAD = "thread"
    EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that something was forgotten; it names nothing of it.

    Args:
        facts: How many facts, older values not counted; ``exchanges``, ``requests`` alike.
        blanked: Sessions as they stand now; copies of older ones are to be overwritten.
    """

    number: str
    at: datetime
    facts: int = 0
    exchanges: int = 0
    requests: int = 0
    blanked: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """What is remembered of one thread, as one of its people is told.

    Args:
        said: Exchanges of that person there; ``private`` of them were for them alone, and
            ``in_mind`` are still known word for word.
        session: What the next answer there begins with; none when that starts afresh.
    """

    thread: ThreadKey
    said: int
    private: int
    in_mind: int
    first: datetime
    last: datetime
    session: Session | None = None


def without(session: Session, people: Collection[AccountKey]) -> Session:
    """A session that holds nothing of these people.

    A summary cannot be taken apart, so it goes whole; what others said word for word stays.
    """
    kept = tuple(
        each
        for each in session.exchanges
        if each.author not in people and each.only_for not in people
    )
    return Session(
        session.thread,
        version=session.version,
        exchanges=kept,
        began=kept[0].at if kept else None,
        helping=None if session.helping in people else session.helping,
        joined=session.joined,
        expires_at=session.expires_at,
    )


def unnamed(escalation: Escalation, left: str = FORGOTTEN) -> Escalation:
    """A request of which only keys, times and the reason stay, and a word on the rest."""
    return Escalation(
        turn_id=escalation.turn_id,
        reason=escalation.reason,
        requester=nobody(escalation.requester),
        thread=escalation.thread,
        message_id=escalation.message_id,
        place=escalation.place,
        at=escalation.at,
        intent=left,
        confidence=escalation.confidence,
    )


def spent(action: Action, state: ActionState) -> Action:
    """An action of which only keys, times and its state are left; what waited is called off."""
    waits = state in (ActionState.PROPOSED, ActionState.CONFIRMED)
    return replace(
        action,
        requester=nobody(action.requester),
        arguments={},
        state=ActionState.CANCELLED if waits else state,
    )


def nobody(person: Person) -> Person:
    """A person by key alone."""
    return Person(person.key, SOMEBODY, person.trust)
