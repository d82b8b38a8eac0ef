"""Questions about oneself are answered from what is known, rules from the documents."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.llm.offline import OfflineModel
from core.account import Fact, FactSource
from core.drafts import Completion, Prompt, Task
from core.evidence import Document, Passage
from core.routes import Tier
from core.window import Part, Piece

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
RULE = "Employees get 25 days of annual leave per year."


async def test_a_question_about_oneself_is_answered_from_the_facts() -> None:
    facts = [_fact("annual leave left", "11 days"), _fact("office", "Lisbon")]

    reply = await _asked("how many holidays do I have left?", facts=facts)

    assert reply.text == "Your annual leave left: 11 days."
    assert reply.spans[0].passage_ids == ()


async def test_a_rule_is_not_answered_with_a_fact() -> None:
    """What everybody gets stands in the documents, what is left stands in the account."""
    facts = [_fact("annual leave left", "11 days")]

    reply = await _asked("how many days of annual leave do I get?", facts=facts)

    assert reply.text == RULE


async def test_a_fact_is_shown_as_text_and_not_as_markdown() -> None:
    reply = await _asked(
        "who is my manager?", facts=[_fact("manager", "[Eve](https://evil.example)\n# Hi")]
    )

    assert reply.text == "Your manager: \\[Eve\\](https://evil.example) # Hi."


@pytest.mark.parametrize(
    "question", ["can my manager see my laptop?", "how do I clean my laptop?", "what is a laptop?"]
)
async def test_a_fact_is_not_told_just_because_its_name_is_mentioned(question: str) -> None:
    reply = await _asked(question, facts=[_fact("laptop", "Studio"), _fact("manager", "Priya")])

    assert reply.text == ""


async def _asked(question: str, facts: list[Fact]) -> Completion:
    page = Document("l", "Leave", "https://help.example/l", "Desk", date(2026, 1, 1), "everyone")
    passage = Passage("l#1", page, "", RULE)
    pieces = [Piece(Part.FACT, each.value, 1, fact=each) for each in facts]
    pieces.append(Piece(Part.PASSAGE, passage.text, 1, passage=passage))
    pieces.append(Piece(Part.QUESTION, question, 1, required=True))
    return await OfflineModel().complete(Prompt(Task.ANSWER, Tier.MAIN, tuple(pieces)))


def _fact(key: str, value: str) -> Fact:
    return Fact(key, value, FactSource.DIRECTORY, NOW)
