"""What comes in: messages, button presses, commands. Only the first starts a turn."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core import text
from core.ids import AccountKey, MessageRef, ThreadKey, WorkspaceKey, derived_id

PUBLIC = "public"  # the document audience that outsiders may read
LATE = timedelta(hours=1)  # what platforms repeat of themselves comes before
EVERYONE = "everyone"  # the document audience of all employees


class Trust(StrEnum):
    """How well the organisation knows somebody; everything below MEMBER gets the least."""

    MEMBER = "member"
    GUEST = "guest"
    EXTERNAL = "external"


class Place(StrEnum):
    """What kind of conversation a message stands in."""

    DIRECT = "direct"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the verified envelope names them; the name is only ever shown, never trusted."""

    key: AccountKey
    name: str
    trust: Trust = Trust.MEMBER


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will read a text.

    Args:
        private: One person alone will read it.
        rights: Document audiences that *everyone* who will read it may see.
    """

    private: bool
    rights: frozenset[str]


@dataclass(frozen=True, slots=True)
class Readers:
    """The audience of a thread, and of a private word to the author there."""

    thread: Audience
    author: Audience

    def for_author(self, author: Person) -> Readers:
        """These readers, cut down for an author from outside: public documents only."""
        if author.trust is Trust.MEMBER:
            return self
        public = self.thread.rights & frozenset({PUBLIC})
        return Readers(Audience(self.thread.private, public), Audience(self.author.private, public))


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message somebody wrote, as every platform adapter normalises it.

    Args:
        message_id: The platform's id of the message, unique in its channel; the dedupe key.
        sent_at: The platform's time, with a zone; the order within a thread.
        mentions_others: The text addresses somebody else.
        wants_person: The person asked for a human by a command or a button.
        files: Number of files attached; their contents are not read.
        unnamed: Ids of people whom the text mentions as ``@id``, for want of their names.
        delay: How long after it was written the platform delivered it.
    """

    message_id: str
    thread: ThreadKey
    author: Person
    text: str
    sent_at: datetime
    place: Place
    mentions_bot: bool = False
    mentions_others: bool = False
    wants_person: bool = False
    files: int = 0
    unnamed: tuple[str, ...] = ()
    delay: timedelta = timedelta(0)

    @property
    def late(self) -> bool:
        """Whether its writer wonders by now what has become of it."""
        return self.delay > LATE

    def cleaned(self) -> InboundMessage:
        """The message without what nobody sees, in its words and in its author's name."""
        author = replace(self.author, name=text.name(self.author.name))
        return replace(self, text=text.clean(self.text), author=author)

    @property
    def ref(self) -> MessageRef:
        return MessageRef(self.thread, self.message_id)

    @property
    def workspace(self) -> WorkspaceKey:
        return self.thread.workspace

    @property
    def turn_id(self) -> str:
        """The id of the turn this message starts, the same however often it is delivered."""
        return derived_id("turn", str(self.ref)).hex


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A button somebody pressed on one of our cards."""

    actor: Person
    message: MessageRef
    action: str
    value: str
    place: Place = Place.CHANNEL


@dataclass(frozen=True, slots=True)
class Command:
    """Words after ``/desk`` (or after a mention of the bot in Teams)."""

    actor: Person
    channel: ThreadKey
    text: str
    command_id: str
    at: datetime
