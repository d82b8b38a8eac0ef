"""What a turn leads to: what to show, what to remember, what to count."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.cards import Card
from core.escalation import Reason
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.session import Exchange, Session
from core.usage import Usage


@dataclass(frozen=True, slots=True)
class Notice:
    """What one person is told, privately, when a post can never be shown."""

    to: ThreadKey
    reader: AccountKey
    words: str


@dataclass(frozen=True, slots=True)
class Post:
    """Something to make visible, once.

    Args:
        to: The thread, or the channel (empty ``thread_id``) where a new one starts.
        only_for: The one person who may see it; None for everyone in the thread.
        replaces: The platform's id of an earlier message of ours that this redraws.
        subject: What it shows, e.g. ``case:…``; its owner is told what became of it, and it is
            tried again where others would be given up.
        otherwise: Whom to tell when it is given up.
    """

    to: ThreadKey
    card: Card
    only_for: AccountKey | None = None
    replaces: str = ""
    subject: str = ""
    otherwise: Notice | None = None


class Ending(StrEnum):
    """How a turn ended."""

    ANSWERED = "answered"
    CLARIFIED = "clarified"
    DECLINED = "declined"
    GREETED = "greeted"
    PROPOSED = "proposed"
    ACTED = "acted"
    ESCALATED = "escalated"
    RELAYED = "relayed"
    REFUSED = "refused"
    STOPPED = "stopped"
    QUIET = "quiet"
    CORRECTED = "corrected"
    SUMMARISED = "summarised"  # no message's end: work on the memory, between turns


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One row of the ledger: keys and numbers, never what people wrote.

    Args:
        tokens_by_part: Estimated prompt tokens of the answer, by ``core.window.Part``.
        problem: What the judge found, in a fixed phrase.
        used: Ids of the passages cited; ``dropped`` those retrieved and not used.
    """

    turn_id: str
    workspace: WorkspaceKey
    thread: ThreadKey
    account: AccountKey
    ending: Ending
    at: datetime
    seconds: float = 0.0
    route: str = ""
    decided_by: str = ""
    model: str = ""
    reason: Reason | None = None
    confidence: float | None = None
    usage: Usage = field(default_factory=Usage)
    tokens_by_part: dict[str, int] = field(default_factory=dict)
    problem: str = ""
    used: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TurnOutcome:
    """Everything a turn decided. Nothing of it is visible or stored yet."""

    record: TurnRecord
    posts: tuple[Post, ...] = ()
    exchange: Exchange | None = None
    session: Session | None = None
