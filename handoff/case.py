"""A case: one request for a person, from waiting to resolved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from core.escalation import Escalation, Stance
from core.ids import AccountKey, ThreadKey, WorkspaceKey
from core.messages import Person
from core.outcome import Post


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"


OPEN = frozenset({CaseState.WAITING, CaseState.CLAIMED})


class Verdict(StrEnum):
    """The one tap after resolving: was handing over right?"""

    RIGHT = "right"
    AVOIDABLE = "avoidable"
    WRONG_TEAM = "wrong_team"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Case:
    """One request for a person.

    Args:
        case_id: Opaque and unguessable; what buttons carry.
        number: What people call it, counted per workspace.
        version: Counts changes; a button from an older drawing is out of date.
        link: Opens the conversation for somebody who may read it; may be empty.
        card_thread: The thread of its card in the support channel; None until it was posted.
        said: The last words of staff to the requester; may be empty.
    """

    case_id: str
    number: int
    workspace: WorkspaceKey
    escalation: Escalation
    state: CaseState
    version: int
    opened_at: datetime
    link: str = ""
    owner: Person | None = None
    claimed_at: datetime | None = None
    resolved_at: datetime | None = None
    verdict: Verdict | None = None
    card_thread: ThreadKey | None = None
    undelivered: bool = False
    said: str = ""

    def left_by_owner(self, staff: Collection[str]) -> bool:
        """Whether who has it is not among the staff any more."""
        return self.owner is not None and str(self.owner.key) not in staff

    @property
    def stance(self) -> Stance:
        match self.state:
            case CaseState.WAITING:
                return Stance.WAITING
            case CaseState.CLAIMED:
                return Stance.HUMAN
            case CaseState.RESOLVED | CaseState.WITHDRAWN:
                return Stance.BOT


@dataclass(frozen=True, slots=True)
class Step:
    """A change of a case: from these states, optionally only at this version, to that one.

    Args:
        owner: The owner afterwards, while the case is open; an ended one keeps its last.
        by_owner: Only the current owner may take this step.
    """

    becomes: CaseState
    allowed_from: frozenset[CaseState]
    actor: Person
    at: datetime
    owner: Person | None = None
    version: int | None = None
    verdict: Verdict | None = None
    by_owner: bool = False

    @property
    def event(self) -> str:
        """What is written down of it."""
        return "judged" if self.verdict is not None else self.becomes.value


class Draw(Protocol):
    """What a step makes visible, drawn from the case as the step left it."""

    def __call__(self, case: Case) -> tuple[Post, ...]: ...


class CaseStore(Protocol):
    """Where cases live. Each change is one conditional UPDATE, with its posts, or nothing."""

    async def open(self, case: Case, draw: Draw) -> Case:
        """Store a new case with the next number, once per turn id.

        Of one person in one thread one is open at a time. What ``draw`` shows of a new one
        leaves with it; returns the case that stands.
        """
        ...

    async def get(self, case_id: str) -> Case | None: ...

    async def join(self, case_id: str, further: Escalation, draw: Draw) -> Case | None:
        """Add a further request to an open case, once per turn id; None when it is not open."""
        ...

    async def touching(self, thread: ThreadKey, writer: AccountKey) -> Case | None:
        """The case whose card starts this thread, or one that is open for it.

        A claimed one before others, and the writer's own first.
        """
        ...

    async def elsewhere(self, workspace: WorkspaceKey, channel: ThreadKey) -> tuple[Case, ...]:
        """Every open case whose card does not stand in this channel, oldest first."""
        ...

    async def earlier(self, thread: ThreadKey, requester: AccountKey) -> Case | None:
        """The newest case of this person in this thread that staff resolved."""
        ...

    async def hear(self, case: Case, said: str) -> None:
        """Note the last words of staff to the requester."""
        ...

    async def recent_waits(self, workspace: WorkspaceKey) -> tuple[timedelta, ...]:
        """How long the newest claimed cases waited for their claim, at most fifty."""
        ...

    async def take(self, case_id: str, step: Step, draw: Draw) -> Case | None:
        """Take a step and send what it shows; None when the case was not there to take it.

        The thread of a case that this resolves remembers how it ended.
        """
        ...

    async def note_undelivered(self, case_id: str, posts: tuple[Post, ...]) -> None:
        """Remember, once, that the card could not be posted; ``posts`` leave with the first."""
        ...

    async def send(self, case: Case, posts: tuple[Post, ...], scope: str) -> None:
        """Send what belongs to a case outside of a step, once per ``scope``."""
        ...

    async def move(self, case: Case, draw: Draw) -> bool:
        """Send a card anew, in place of the one that stands or is on its way elsewhere.

        Returns:
            Whether the case was still as it is given here.
        """
        ...
