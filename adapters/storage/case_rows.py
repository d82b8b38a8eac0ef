"""Cases as rows of the database, and what was done to each, by whom."""

from __future__ import annotations

from datetime import UTC, datetime

from adapters.storage.codec import load
from adapters.storage.database import Row, Tx
from core.escalation import Escalation
from core.ids import ThreadKey, WorkspaceKey
from core.messages import Person
from handoff.case import Case, CaseState, Verdict


def case_of(row: Row) -> Case:  # noqa: D103 - as its type says
    def moment(column: str) -> datetime | None:
        return datetime.fromtimestamp(row[column], UTC) if row[column] is not None else None

    return Case(
        case_id=row["case_id"],
        number=row["number"],
        workspace=WorkspaceKey.parse(row["tenant"]),
        escalation=load(Escalation, row["escalation"]),
        state=CaseState(row["state"]),
        version=row["version"],
        opened_at=datetime.fromtimestamp(row["opened_at"], UTC),
        link=row["link"],
        owner=load(Person, row["owner"]) if row["owner"] else None,
        claimed_at=moment("claimed_at"),
        resolved_at=moment("resolved_at"),
        verdict=Verdict(row["verdict"]) if row["verdict"] else None,
        card_thread=ThreadKey.parse(row["card_thread"]) if row["card_thread"] else None,
        undelivered=bool(row["undelivered"]),
        said=row["said"],
    )


async def note(tx: Tx, case: Case, actor: str, event: str, now: float) -> None:
    """Write down a step of a case."""
    await tx.run(
        "INSERT INTO case_event (case_id, actor, event, at) VALUES (:case_id, :actor, :event, :at)",
        case_id=case.case_id,
        actor=actor,
        event=event,
        at=now,
    )
