"""Which questions count as unanswered, on each database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from adapters.storage.actions import SqlFeedbackStore
from adapters.storage.database import Database
from adapters.storage.turns import save_turn
from adapters.storage.unanswered import unanswered
from core.escalation import Reason
from core.ids import Platform, WorkspaceKey
from core.outcome import Ending, TurnOutcome, TurnRecord
from core.routes import Route
from core.session import Exchange, ExchangeKind
from tests.contract.given import HOME, SAM, START, THREAD


async def asked(store: Database, text: str, **changes: object) -> TurnRecord:
    """A turn that ended without an answer, unless ``changes`` say how else."""
    plain = TurnRecord(
        f"t-{text}",
        HOME,
        THREAD,
        SAM.key,
        Ending.ESCALATED,
        START,
        route=Route.QUESTION,
        reason=Reason.NO_EVIDENCE,
    )
    record = replace(plain, **changes)  # type: ignore[arg-type]
    said = Exchange(
        record.turn_id, SAM.key, SAM.name, text, "…", record.at, ExchangeKind.ESCALATION
    )
    await store.write(lambda tx: save_turn(tx, TurnOutcome(record, exchange=said)))
    return record


async def test_questions_without_a_good_answer_are_found(store: Database) -> None:
    """Not found, asked back, or rated badly; of this workspace and this time alone."""
    answered = {"ending": Ending.ANSWERED, "reason": None}
    feedback = SqlFeedbackStore(store)
    await asked(store, "nothing found")
    await asked(store, "asked back", ending=Ending.CLARIFIED, reason=None)
    bad = await asked(store, "bad answer", **answered)
    good = await asked(store, "good answer", **answered)
    await asked(store, "no opinion", **answered)
    await asked(store, "wants a person", reason=Reason.ASKED)
    await asked(store, "harassment", reason=Reason.POLICY_RISK)
    await asked(store, "my salary", route=Route.ACCOUNT)
    await asked(store, "long ago", at=START - timedelta(days=100))
    await asked(store, "elsewhere", workspace=WorkspaceKey(Platform.TEAMS, "other"))
    await feedback.note(bad.turn_id, HOME, SAM.key, helpful=False, at=START)
    await feedback.note(good.turn_id, HOME, SAM.key, helpful=True, at=START)

    since = (START - timedelta(days=90)).timestamp()
    found = await unanswered(store, HOME, since)

    assert {(each.text, each.rated_badly) for each in found} == {
        ("nothing found", False),
        ("asked back", False),
        ("bad answer", True),
    }
    assert {each.author for each in found} == {str(SAM.key)}
