"""What an answer may not make up, whichever words it chooses."""

from __future__ import annotations

import pytest

from core.steps.grounds import invented

PASSAGE = (
    "Annual leave. Request annual leave in Leafday. Mondays are best. Ask the People team in"
    " #people or write to people@alderfinch.example. You get 25 days; in Portugal 22."
)


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ("You get 25 days, and in Portugal you get 22.", ""),
        ("You get 28 days.", "number"),
        ("You can request it in **Leafday**, and the People team will help.", ""),
        ("You can request it in **Workday**, and the People team will help.", "name"),
        ("You can ask the people of Karin Berg for it.", "name"),
        ("It is best to ask on a Monday, and you can do so in Leafday.", ""),
        ("Write to people@alderfinch.example, or ask in #people.", ""),
        ("Write to people@alderfinch.example.evil.example to get more of it.", "address"),
        ("You should ask for it in #leave.", "address"),
        ("- Open Leafday\n- Press the button: Request\n\n1. Then wait.", "number"),
        ("Im Jahr gibt es 25 Tage Urlaub, für das Team in Portugal 22 Tage.", ""),
    ],
)
def test_numbers_names_and_addresses_stand_in_a_source(answer: str, what: str) -> None:
    assert invented(answer, [PASSAGE]) == what
