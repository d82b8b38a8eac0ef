"""Where documents disagree, the reader sees both."""

from __future__ import annotations

from datetime import date

import pytest

from core.conflicts import conflict
from core.evidence import Document, Passage


def passage(name: str, text: str, year: int = 2026) -> Passage:
    about = Document(name, name.title(), "", "", date(year, 1, 2), "everyone")
    return Passage(f"{name}#0", about, name.title(), text)


LEAVE = passage("leave", "Leave is planned early. Full-time employees get 25 days of annual leave.")


def found(other: Passage, answer: str = "You get 25 days.") -> list[str]:
    pair = conflict(answer, frozenset({"leave#0"}), [LEAVE, other])
    return [said.passage.document.document_id for said in pair] if pair else []


def test_the_same_sentence_with_another_number_is_a_conflict() -> None:
    """The newer document comes first."""
    faq = "Full-time employees get 28 days annual leave."

    assert found(passage("faq", faq, 2024)) == ["leave", "faq"]
    assert found(passage("faq", faq, 2027)) == ["faq", "leave"]


@pytest.mark.parametrize(
    "other",
    [
        "Full-time employees get 25 days of annual leave.",
        "Full-time employees in Spain get 28 days of annual leave.",
        "Part-time contractors get 28 vouchers a month.",
        "Employees get annual leave.",
    ],
)
def test_what_is_about_something_else_is_none(other: str) -> None:
    assert found(passage("faq", other)) == []


def test_a_conflict_that_the_answer_does_not_touch_is_not_brought_up() -> None:
    faq = passage("faq", "Full-time employees get 28 days annual leave.")

    assert found(faq, "Plan your leave early.") == []
    assert conflict("28 days", frozenset({"x#0"}), [LEAVE, faq]) is None
