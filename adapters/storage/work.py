"""What the inbox hands to a worker: a leased thread, and what to do there next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from adapters.storage.outbox import Outgoing

LEASE_SECONDS = 15.0
MARGIN_SECONDS = 0.5  # before its end, in which nothing more is sent: clocks may differ a little


class Kind(StrEnum):
    """What an inbox row asks for."""

    MESSAGE = "message"
    ACTION = "action"


class Received(StrEnum):
    """What became of something a platform gave us; acknowledge all three."""

    NEW = "new"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one thread.

    Args:
        until: On the lease clock, unless it was renewed since.
        orphaned: The owner before us, another process, never gave the thread back.
    """

    thread_key: str
    owner: str
    epoch: int
    until: float = 0.0
    orphaned: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """The head of a thread's queue.

    Args:
        resumed: It was begun before, so that its journal may hold something.
        session_version: Of its thread's session, 0 for none.
    """

    row_id: int
    kind: Kind
    payload: str
    attempts: int
    deaths: int
    resumed: bool = False
    session_version: int = 0
    received_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Work:
    """What to do next in a leased thread: send these, or else handle that."""

    lease: Lease
    outgoing: tuple[Outgoing, ...] = ()
    item: Item | None = None
