"""Collect what is kept about a person, for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from adapters.storage.accounts import COLUMNS, fact_of
from adapters.storage.case_rows import case_of
from adapters.storage.codec import load
from adapters.storage.database import Database, Row, Tx
from adapters.storage.transcript import exchange_of
from core.dossier import Dossier, KeptAction, KeptExchange, KeptFact, KeptRequest
from core.forgetting import Talk
from core.ids import AccountKey, ThreadKey
from core.session import Session
from core.tools import Action

EXCHANGE = (
    "SELECT turn_id, thread_key, author, author_name, asked, answered, kind, only_for, at"
    " FROM exchange WHERE author = :author"
)
NEWEST = 500  # exchanges among which the last one in a channel is looked for


class SqlDossiers:
    """Reads; everything here is for the person alone."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def collect(self, people: Sequence[AccountKey], now: datetime) -> Dossier:
        """All of it."""

        async def work(tx: Tx) -> Dossier:
            facts: list[KeptFact] = []
            exchanges: list[KeptExchange] = []
            requests: list[KeptRequest] = []
            actions: list[KeptAction] = []
            for each in people:
                facts += await _facts(tx, each)
                exchanges += await _exchanges(tx, each)
                requests += await _requests(tx, each)
                actions += await _actions(tx, each)
            return Dossier(
                tuple(people), now, tuple(facts), tuple(exchanges), tuple(requests), tuple(actions)
            )

        return await self._database.read(work)

    async def talk(self, person: AccountKey, here: ThreadKey, now: datetime) -> Talk | None:
        """What is remembered of a thread, or of the one this person was in last in a channel."""

        async def work(tx: Tx) -> Talk | None:
            rows = await tx.all(
                f"{EXCHANGE} ORDER BY at DESC LIMIT {NEWEST}",
                author=str(person),
            )
            mine = [row for row in rows if _within(row, here)]
            if not mine:
                return None
            thread = mine[0]["thread_key"]
            said = [row for row in mine if row["thread_key"] == thread]
            key = ThreadKey.parse(thread)
            row = await tx.one(
                "SELECT state FROM session WHERE thread_key = :thread", thread=thread
            )
            session = load(Session, row["state"]).alive(now, key) if row else None
            known = session.exchanges if session else ()
            return Talk(
                key,
                len(said),
                sum(row["only_for"] is not None for row in said),
                sum(each.author == person for each in known),
                datetime.fromtimestamp(said[-1]["at"], UTC),
                datetime.fromtimestamp(said[0]["at"], UTC),
                session,
            )

        return await self._database.read(work)


def _within(row: Row, here: ThreadKey) -> bool:
    """Whether an exchange stands in a thread, or in any thread of a channel."""
    thread = ThreadKey.parse(row["thread_key"])
    return thread == here if here.thread_id else thread.channel == here


async def _facts(tx: Tx, account: AccountKey) -> list[KeptFact]:
    rows = await tx.all(
        f"SELECT {COLUMNS}, superseded_at FROM fact WHERE account = :account ORDER BY id",  # noqa: S608 - our own words
        account=str(account),
    )
    return [KeptFact(account, fact_of(row), _moment(row["superseded_at"])) for row in rows]


async def _exchanges(tx: Tx, author: AccountKey) -> list[KeptExchange]:
    rows = await tx.all(f"{EXCHANGE} ORDER BY thread_key, at", author=str(author))
    return [KeptExchange(row["thread_key"], exchange_of(row)) for row in rows]


async def _requests(tx: Tx, person: AccountKey) -> list[KeptRequest]:
    rows = await tx.all(
        "SELECT * FROM handoff_case WHERE escalation LIKE :like ORDER BY opened_at",
        like=f"%{person.user_id}%",
    )
    cases = [case for row in rows if (case := case_of(row)).escalation.requester.key == person]
    return [
        KeptRequest(
            each.number,
            each.opened_at,
            each.state.value,
            each.escalation.reason.value,
            each.escalation.intent,
        )
        for each in cases
    ]


async def _actions(tx: Tx, person: AccountKey) -> list[KeptAction]:
    rows = await tx.all(
        "SELECT payload, state, receipt FROM action WHERE requester = :who ORDER BY proposed_at",
        who=str(person),
    )
    kept = [(load(Action, row["payload"]), row) for row in rows]
    return [
        KeptAction(each.tool, each.arguments, each.proposed_at, row["state"], row["receipt"])
        for each, row in kept
    ]


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
