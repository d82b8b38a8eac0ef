"""Everything core asks of the outside, on one page.

Adapters implement these; ``tests/contract`` runs one suite per port on every
implementation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from core.account import Account, Fact, Profile
from core.drafts import Completion, Prompt
from core.escalation import Escalation, Stance
from core.evidence import Evidence
from core.ids import AccountKey, MessageRef, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Readers
from core.outcome import Post, TurnRecord
from core.session import Exchange, Session
from core.tools import Action, ActionState
from core.workspace import WorkspaceSettings

T = TypeVar("T")

Clock = Callable[[], datetime]
"""The time now, with a zone."""

Paid = Callable[[Completion], None]
"""Notes what a completion has cost."""

Book = Callable[[TurnRecord], Awaitable[None]]
"""Writes a row of the ledger that no turn writes."""


class Model(Protocol):
    """A language model, large, small or local."""

    async def complete(self, prompt: Prompt) -> Completion:
        """Answer one prompt within a total deadline.

        Raises:
            ModelUnavailable: It cannot be reached, or is out of budget.
            ModelReplyInvalid: It answered in a shape that cannot be used.
        """
        ...


class Retriever(Protocol):
    """Search over the organisation's documents."""

    async def search(
        self, query: str, rights: frozenset[str], limit: int = 5, earlier: Sequence[str] = ()
    ) -> Evidence:
        """What these rights may read now, best first; ``earlier``: asked before, where it helps."""
        ...


class Directory(Protocol):
    """What a platform knows about people and channels, asked afresh for every turn."""

    async def profile(self, account: AccountKey) -> Profile | None:
        """The person as the platform's directory has them, or None when it has not."""
        ...

    async def meet(self, person: Person) -> Person:
        """A person with the name and trust the platform has now; never with more trust."""
        ...

    async def readers(self, message: InboundMessage) -> Readers:
        """Who will read a reply in the message's thread, and a private one to its author."""
        ...

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        """A person by mention token, id or handle, as an admin types it."""
        ...

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        """The one member whose verified address this is, folded."""
        ...

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        """A channel by token, link, id or name, as an admin types it; ``NameUnclear`` for two."""
        ...

    async def person_name(self, account: AccountKey) -> str:
        """What people call somebody, to be shown; the id when the platform does not say."""
        ...

    async def channel_name(self, channel: ThreadKey) -> str:
        """What people call a channel, to be shown; the id when the platform does not say."""
        ...

    async def direct(self, account: AccountKey) -> ThreadKey:
        """The thread of the bot's direct chat with a person."""
        ...

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        """Whether somebody can read a channel now; no, when that cannot be known."""
        ...

    async def open_to_all(self, channel: ThreadKey) -> bool:
        """Whether everyone, or somebody outside, can read a channel."""
        ...


class Poster(Protocol):
    """Makes things visible on one platform."""

    async def post(self, post: Post, post_id: str) -> str:
        """Show a card once and return the platform's id of it.

        Args:
            post_id: Our id of this post; the same post tried again has the same.

        Raises:
            NotSent: Certainly not shown; worth another try.
            Ambiguous: Perhaps shown.
            Refused: It will never be.
        """
        ...

    async def update(self, post: Post, post_id: str) -> str:
        """Redraw ``post.replaces``; doing it again changes nothing. Raises as ``post`` does."""
        ...

    async def find(self, post: Post, post_id: str) -> str | None:
        """The platform's id of a post that was perhaps shown, or None when it was not."""
        ...

    async def remove_copies(self, post: Post, post_id: str, kept: str) -> None:
        """Take back what is visible of a post beside ``kept``, as far as a platform can tell.

        Raises:
            PlatformError: It could not be looked at; worth another try.
        """
        ...

    async def status(self, thread: ThreadKey, text: str) -> None:
        """Say what the bot is doing in a thread; empty text clears it. Best effort."""
        ...

    def permalink(self, message: MessageRef) -> str:
        """A link that opens the message for somebody who may read it."""
        ...


class SessionStore(Protocol):
    """Where sessions live; a derived value that can be rebuilt from the exchanges."""

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        """The session, expired or not, if any; ``version`` is the newest's (0: none) if known."""
        ...

    async def save(self, session: Session) -> Session:
        """Write ``session`` over the version it names, else ``Conflict``; returns it as stored."""
        ...

    async def sweep(self, now: datetime) -> int:
        """Delete some hundreds of expired sessions, unless they go by themselves; how many."""
        ...


class Transcript(Protocol):
    """The exchanges of a thread, which outlast their place in its session."""

    async def between(
        self, thread: ThreadKey, first: datetime, last: datetime
    ) -> tuple[Exchange, ...]:
        """The newest exchanges of that time, both ends included, at most 100; oldest first."""
        ...


class AccountStore(Protocol):
    """Account memory."""

    async def recall(self, account: AccountKey) -> Account:
        """What is known now: facts neither superseded nor expired."""
        ...

    async def learn(self, account: AccountKey, facts: Sequence[Fact]) -> None:
        """Write facts; one that contradicts an older one supersedes it, with history."""
        ...


class WorkspaceStore(Protocol):
    """The numbered configurations of workspaces."""

    async def settings(self, workspace: WorkspaceKey) -> WorkspaceSettings:
        """The newest configuration, or the closed default."""
        ...

    async def change(
        self, workspace: WorkspaceKey, settings: WorkspaceSettings, by: str
    ) -> WorkspaceSettings:
        """Store the next version after ``settings.version``; returns it as stored.

        Raises:
            Conflict: Somebody changed it since it was read.
        """
        ...


class ActionStore(Protocol):
    """The action ledger."""

    async def propose(self, action: Action) -> None:
        """Record an action; the same ``action_id`` again changes nothing."""

    async def get(self, action_id: str) -> Action | None: ...

    async def of_thread(self, thread: ThreadKey, most: int) -> list[Action]:
        """The newest actions of a thread, oldest first."""

    async def move(
        self, action_id: str, old: ActionState, new: ActionState, receipt: str = ""
    ) -> bool:
        """One conditional step; False when the action was not in ``old`` any more."""


class Journal(Protocol):
    """Results of a turn's costly steps, kept before they are used."""

    async def once(self, step: str, kind: type[T], make: Callable[[], Awaitable[T]]) -> T:
        """The stored result of ``step``, or ``make()``'s, stored first."""


class Progress(Protocol):
    """Tells people what the bot is doing. Best effort, never waited for."""

    def show(self, thread: ThreadKey, text: str) -> None: ...


class SupportDesk(Protocol):
    """The way to people; ``handoff.desk`` implements it."""

    async def stance(self, message: InboundMessage) -> Stance:
        """Who answers this message now."""
        ...

    async def relay(self, message: InboundMessage) -> tuple[Post, ...]:
        """Carry a message between a claimed thread and its case, whichever it was written in."""
        ...

    async def refuses(self, message: InboundMessage) -> str:
        """Why nobody can be asked for with this message, in words; empty when somebody can."""

    async def open(self, escalation: Escalation) -> tuple[Post, ...]:
        """Ask for a person, once per turn id; returns what the requester should be told."""
        ...
