"""What the contracts of the stores are tried with: people, messages, turns, cases, a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.knowledge.embed.vectors import equip
from adapters.knowledge.fts5 import Fts5
from adapters.knowledge.search import DocumentRetriever, Meaning
from adapters.knowledge.tsvector import TsVector
from adapters.storage.codec import load
from adapters.storage.database import Database
from adapters.storage.outbox import Receipt, Sending
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.sqlite import SqliteDatabase
from adapters.storage.work import Work
from core.cards import Card, Plain
from core.escalation import Escalation, Reason
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Place
from core.outcome import Ending, Post, TurnOutcome, TurnRecord
from core.session import Session
from handoff.case import Case, CaseState

HOME = WorkspaceKey(Platform.WEB, "home")
THREAD = ThreadKey(HOME, "help", "root")
OTHER = ThreadKey(HOME, "help", "other")
SUPPORT = ThreadKey(HOME, "support", "")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SAM = Person(AccountKey(HOME, "sam"), "Sam")
PRIYA = Person(AccountKey(HOME, "priya"), "Priya")


@dataclass
class HandClock:
    """Seconds that pass when the test says so."""

    seconds: float = START.timestamp()

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds


def retriever(database: Database, meaning: Meaning | None = None) -> DocumentRetriever:
    """What searches the documents of a database."""
    fulltext = Fts5() if isinstance(database, SqliteDatabase) else TsVector()
    return DocumentRetriever(database, fulltext, meaning)


async def opened(place: Path | str) -> Database:
    """The database of a file or an address."""
    if isinstance(place, Path):
        return SqliteDatabase(place, equip=equip)
    return await PostgresDatabase.open(place)


def message(
    number: int, thread: ThreadKey = THREAD, author: Person = SAM, *, late: float | None = None
) -> InboundMessage:
    """The n-th message: written n seconds after the start, or when ``late`` says."""
    sent_at = START + timedelta(seconds=number if late is None else late)
    return InboundMessage(
        f"m{number}", thread, author, f"words {number}", sent_at, Place.CHANNEL, mentions_bot=True
    )


def says(text: str, to: ThreadKey = THREAD, subject: str = "") -> Post:
    """A post with a line of text."""
    return Post(to, Card((Plain(text),)), subject=subject)


def outcome(turn: InboundMessage, *posts: Post, session: Session | None = None) -> TurnOutcome:
    """A turn that ended with these posts."""
    record = TurnRecord(
        turn.turn_id, turn.workspace, turn.thread, turn.author.key, Ending.ANSWERED, turn.sent_at
    )
    return TurnOutcome(record, posts, session=session)


def case(number: int = 1, thread: ThreadKey = THREAD, requester: Person = SAM) -> Case:
    """A case that waits, opened by the n-th turn."""
    escalation = Escalation(
        turn_id=f"turn{number}",
        reason=Reason.ASKED,
        requester=requester,
        thread=thread,
        message_id=f"m{number}",
        place=Place.CHANNEL,
        at=START,
        intent="a chair",
    )
    return Case(
        case_id=f"case{number}",
        number=0,
        workspace=HOME,
        escalation=escalation,
        state=CaseState.WAITING,
        version=0,
        opened_at=START,
    )


def sent(work: Work) -> list[Receipt]:
    """The receipts of everything in ``work``, all of it shown."""
    return [Receipt(each, Sending.SENT, f"p{each.row_id}") for each in work.outgoing]


def texts(work: Work | None) -> list[str]:
    """What is about to leave."""
    return [each.post.card.fallback for each in work.outgoing] if work else []


def words(work: Work | None) -> str:
    """The message to be handled, or nothing."""
    return load(InboundMessage, work.item.payload).text if work and work.item else ""
