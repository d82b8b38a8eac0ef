"""Sentences that cannot both be right."""

from __future__ import annotations

from time import process_time

import pytest

from adapters.knowledge.contradictions import Text, contradictions

Row = tuple[str, str, str]
LEAVE = "Full-time employees get 25 days of annual leave per year."


def found(*texts: Row) -> list[tuple[str, str]]:
    return [each.documents for each in contradictions([Text(*each) for each in texts], 10)]


def test_the_same_sentence_with_another_number_is_named() -> None:
    """Once for a pair of documents, with both sentences."""
    other = LEAVE.replace("25", "28")
    texts = [Text("a", "Leave", f"Intro. {LEAVE}"), Text("b", "FAQ", other), Text("c", "X", LEAVE)]

    first, second = contradictions(texts, 10)

    assert first.documents == ("a", "b")
    assert first.sentences == (LEAVE, other)
    assert second.documents == ("b", "c")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("a", "Leave", LEAVE), ("b", "FAQ", LEAVE)),
        (("a", "Leave", LEAVE), ("a", "FAQ", LEAVE.replace("25", "28"))),
        (("a", "Leave", LEAVE), ("b", "FAQ", "Employees park 28 bicycles in the yard per year.")),
        (("a", "Leave", "Floor 2 has tea."), ("b", "FAQ", "Floor 3 has tea.")),
    ],
    ids=["same", "one document", "something else", "too short"],
)
def test_what_can_both_be_right_is_not(one: Row, two: Row) -> None:
    assert found(one, two) == []


def test_other_places_have_other_numbers() -> None:
    """By their names, in the sentence or above it."""
    names = ("n", "Offices", "People in Portugal and people in Austria work for us.")
    one = "Employees there get {} weeks of paid parental leave in full."
    above = (("a", "Portugal", one.format(20)), ("b", "Austria", one.format(16)))
    inside = (
        ("a", "Leave", "Employees in Portugal get 20 weeks of paid parental leave in full."),
        ("b", "Leave", "Employees in Austria get 16 weeks of paid parental leave in full."),
    )

    assert found(names, *above) == []
    assert found(names, *inside) == []


def test_a91_a_large_library_takes_no_time() -> None:
    """Also when all of it says nearly the same."""
    texts = [Text(f"d{n}", "Leave", LEAVE.replace("25", str(n))) for n in range(5_000)]
    began = process_time()

    assert len(contradictions(texts, 20)) == 20
    assert process_time() - began < 3
