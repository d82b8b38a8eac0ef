"""Questions that got no good answer: nothing was found, it had to ask back, or was rated badly.

Read from the exchanges as they are now: what somebody had erased is not there.
"""

from __future__ import annotations

from dataclasses import dataclass

from adapters.storage.database import Database
from core.escalation import Reason
from core.ids import WorkspaceKey
from core.outcome import Ending
from core.routes import Route

TURNS_MOST = 50_000  # of the newest that are looked at
QUESTIONS_MOST = 2_000
UNANSWERED = (Reason.NO_EVIDENCE, Reason.UNSURE, Reason.STUCK)
FIND = f"""
SELECT e.asked, e.author, e.at, t.ending = '{Ending.ANSWERED}' AS answered
FROM (
  SELECT turn_id, ending, route, reason FROM turn
  WHERE tenant = :tenant AND at > :since ORDER BY at DESC LIMIT {TURNS_MOST}
) t JOIN exchange e ON e.turn_id = t.turn_id
WHERE t.route IN ('{Route.QUESTION}', '{Route.ACTION}') AND (
  t.ending = '{Ending.CLARIFIED}'
  OR (t.ending = '{Ending.ESCALATED}' AND t.reason IN ({", ".join(f"'{r}'" for r in UNANSWERED)}))
  OR EXISTS (SELECT 1 FROM feedback f WHERE f.turn_id = t.turn_id AND NOT f.helpful)
)
ORDER BY e.at DESC LIMIT {QUESTIONS_MOST}
"""  # noqa: S608 - our own words


@dataclass(frozen=True, slots=True)
class Question:
    """A question as somebody asked it.

    Args:
        at: In seconds since 1970.
        rated_badly: There was an answer, and it was no good.
    """

    text: str
    author: str
    at: float
    rated_badly: bool = False


async def unanswered(database: Database, workspace: WorkspaceKey, since: float) -> list[Question]:
    """The newest of one workspace; questions about the asker's own account are not among them."""
    rows = await database.read(lambda tx: tx.all(FIND, tenant=str(workspace), since=since))
    return [Question(row["asked"], row["author"], row["at"], bool(row["answered"])) for row in rows]
