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
def test_what_is_not_a_word_of_its_own_stands_in_a_source(answer: str, what: str) -> None:
    assert invented(answer, [PASSAGE]) == what


SITE = "The form is at https://help.alderfinch.example/leave/form; policy.pdf is in Leafday."


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ("Use [the form](https://help.alderfinch.example/leave/form).", ""),
        ("Use <https://help.alderfinch.example/leave/form/>, or read policy.pdf.", ""),
        ("It is on help.alderfinch.example.", ""),
        ("It opens in the a.m., e.g. early.Then see policy.pdf and the form.", ""),
        ("Use [the form](https://help.alderfinch.example/leave/other).", "link"),
        ("Use [the form](https://help.alderfinch.example/leave).", "link"),
        ("Use https://help.alderfinch.example/leave/form?to=me", "link"),
        ("Use [the form](https://evil.example/leave/form).", "link"),
        ("Use https://help.alderfinch.example@evil.example/leave/form", "link"),
        ("Use help.alderfinch.example.evil.example.", "link"),
        ("It is on evil.example.", "link"),
        ("Use [it](javascript:alert) or <slack://open?team=me>.", "link"),
        ("[it][a]\n\n[a]: //evil.example/x", "link"),
        ("It is on EVIL.EXAMPLE/x", "link"),
        ("Use hel\u0440.alderfinch.example.", "link"),
    ],
)
def test_a_link_leads_where_a_source_does(answer: str, what: str) -> None:
    """To the very page, or to its site; not to another page of it, nor with words added."""
    assert invented(answer, [SITE]) == what
