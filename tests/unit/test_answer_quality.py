"""How well newcomers' questions are answered from the demo articles without any model.

The questions were written before anything was tuned and split in two: one half was
looked at while tuning, the other never. Raise the floors when the answers improve.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.knowledge.folder import FolderSource
from adapters.knowledge.fts5 import Fts5
from adapters.knowledge.library import Library
from adapters.knowledge.search import DocumentRetriever
from adapters.llm.offline import OfflineModel
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from core.drafts import Completion, Prompt, Task
from core.evidence import Evidence
from core.routes import POLICIES, Route, Tier
from core.window import Part, Piece

HERE = Path(__file__).parent
ARTICLES = HERE.parents[1] / "bot" / "demo" / "articles"
ROWS = [json.loads(line) for line in (HERE / "answer_quality.jsonl").read_text().splitlines()]
LONGEST = 600  # characters of a plain answer
EMPLOYEE = frozenset({"public", "everyone"})


@pytest.fixture
async def retriever(tmp_path: Path) -> AsyncIterator[DocumentRetriever]:
    database = SqliteDatabase(tmp_path / "desk.db", prepare=upgrade_sqlite)
    await Library(database).sync([FolderSource(ARTICLES)])
    yield DocumentRetriever(database, Fts5())
    await database.close()


@pytest.mark.parametrize(
    ("half", "right", "wrongly_found"),
    [("tune", 0.85, 0.08), ("held_out", 0.66, 0.24)],
)
async def test_most_questions_are_answered_and_few_are_made_up(
    retriever: DocumentRetriever, half: str, right: float, wrongly_found: float
) -> None:
    """An answer is right when it is short, of the right article, and says what was asked."""
    rows = [row for row in ROWS if row["half"] == half]
    answerable = [row for row in rows if row["articles"]]
    others = [row for row in rows if not row["articles"]]

    answered = [_right(row, await _answered(retriever, row["question"])) for row in answerable]
    found = [await _answered(retriever, row["question"]) is not None for row in others]

    assert sum(answered) / len(answered) >= right
    assert sum(found) / len(found) <= wrongly_found


async def test_nothing_is_said_of_a_country_that_is_not_covered(
    retriever: DocumentRetriever,
) -> None:
    """There is an article for two other countries; it does not answer."""
    reply = await _answered(retriever, "How much parental leave do I get in Austria?")

    assert reply is None


async def _answered(retriever: DocumentRetriever, question: str) -> Completion | None:
    """What somebody reads, or None where they are told that nothing was found."""
    model = OfflineModel()
    asked = Piece.of(Part.QUESTION, question)
    data: dict[str, Any] = dict(
        (await model.complete(Prompt(Task.ROUTE, Tier.SMALL, (asked,)))).data or {}
    )
    if not POLICIES[Route(data["route"])].retrieves:
        return None
    evidence = await retriever.search(data["query"], EMPLOYEE)
    reply = await model.complete(Prompt(Task.ANSWER, Tier.MAIN, (*_pieces(evidence), asked)))
    return reply if evidence.found and reply.text.strip() else None


def _pieces(evidence: Evidence) -> list[Piece]:
    return [Piece(Part.PASSAGE, each.text, 1, passage=each) for each in evidence.near_best[::-1]]


def _right(row: dict[str, Any], reply: Completion | None) -> bool:
    if reply is None or len(reply.text) > LONGEST:
        return False
    cited = {Path(each.split("#")[0]).stem for span in reply.spans for each in span.passage_ids}
    says = all(any(words in reply.text for words in ways) for ways in row["says"])
    return says and cited <= set(row["articles"])
