"""What the offline model says of a message: its query, its intent, risks and frustration."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from adapters.llm.offline import OfflineModel
from core.drafts import Prompt, Task
from core.ids import AccountKey, Platform, WorkspaceKey
from core.routes import Route, Tier
from core.session import Exchange, ExchangeKind
from core.window import Part, Piece

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SAM = AccountKey(WorkspaceKey(Platform.WEB, "acme"), "sam")


async def test_a_follow_up_is_searched_with_what_it_refers_to() -> None:
    data = await _routed("and in Vienna?", "hi, what is the hotel limit in Lisbon?")

    assert data["query"] == "and in Vienna? what is the hotel limit in Lisbon?"


async def test_a_follow_up_to_a_follow_up_reaches_back_to_the_subject() -> None:
    data = await _routed("how long does it take?", "who repairs laptops?", "and phones?")

    assert "repairs laptops" in str(data["query"])


async def test_a_question_that_stands_on_its_own_borrows_nothing() -> None:
    data = await _routed(
        "Hello <@U42>, could you tell me where the staff canteen is? Thanks!", "vpn"
    )

    assert data["query"] == "where the staff canteen is? Thanks!" or data["query"] == (
        "where the staff canteen is?"
    )


@pytest.mark.parametrize(
    ("said", "query"),
    [
        ("compare the hotel limits in Vienna and Zurich", "the hotel limits in Vienna and Zurich"),
        ("Could you please explain to me how visas work?", "how visas work?"),
        ("tell me about parental leave", "parental leave"),
        ("list prices", "list prices"),
        ("tell me", "tell me"),
    ],
)
async def test_how_somebody_wants_to_be_told_is_not_searched_for(said: str, query: str) -> None:
    data = await _routed(said)

    assert data["query"] == query


async def test_the_department_is_not_taken_for_the_pronoun() -> None:
    data = await _routed("who leads the IT department in Leeds?", "what is the hotel limit?")

    assert data["query"] == "who leads the IT department in Leeds?"


async def test_the_routing_data_can_be_stored_and_keeps_to_one_line() -> None:
    data = await _routed("please\nreset " + "my password " * 60)

    assert json.loads(json.dumps(data)) == data
    assert Route(str(data["route"])) is Route.ACTION
    assert len(str(data["intent"])) <= 160
    assert "\n" not in str(data["intent"])


@pytest.mark.parametrize(
    ("said", "risk"),
    [
        ("my manager is harassing me", "harassment"),
        ("I am being bullied by my team lead", "harassment"),
        ("I was passed over for promotion because I'm pregnant", "discrimination"),
        ("I will sue you", "legal"),
        ("my colleague is unconscious", "medical"),
        ("I clicked on a phishing link", "security_incident"),
        ("I sent the customer list to the wrong person", "security_incident"),
        ("I don't want to live any more", "self_harm"),
    ],
)
async def test_a_situation_with_policy_risk_goes_to_a_person(said: str, risk: str) -> None:
    data = await _routed(said)

    assert data["risks"] == [risk]
    assert data["route"] == Route.ESCALATE


@pytest.mark.parametrize(
    "said",
    [
        "where is the harassment policy?",
        "what counts as discrimination under the code of conduct?",
        "how do I recognise phishing?",
        "where is the first aid kit?",
        "does the legal team review contracts?",
        "this deadline is killing me, when is the next one?",
        "how long is sick leave paid?",
    ],
)
async def test_a_question_about_a_grave_subject_is_no_risk(said: str) -> None:
    data = await _routed(said)

    assert data["risks"] == []


@pytest.mark.parametrize(
    ("said", "earlier"),
    [
        ("WHY DOES NOTHING WORK TODAY", ""),
        ("where is my answer???", ""),
        ("this bot is useless", ""),
        ("how can I connect to the printer?", "How can I connect to the printer"),
    ],
)
async def test_frustration_is_noticed(said: str, earlier: str) -> None:
    data = await _routed(said, *filter(None, [earlier]))

    assert data["frustrated"] is True


async def test_a_calm_new_question_is_not_called_frustrated() -> None:
    data = await _routed("does the VPN need MFA?", "how can I connect to the printer?")

    assert data["frustrated"] is False


async def _routed(message: str, *earlier: str) -> dict[str, object]:
    said = [
        Exchange(f"t{at}", SAM, "Sam Okafor", text, "Noted.", NOW, ExchangeKind.ANSWER)
        for at, text in enumerate(earlier)
    ]
    pieces = [Piece(Part.EXCHANGE, each.asked, 1, exchange=each) for each in said]
    pieces.append(Piece(Part.QUESTION, message, 1, required=True))
    reply = await OfflineModel().complete(Prompt(Task.ROUTE, Tier.SMALL, tuple(pieces)))
    assert reply.data is not None
    return reply.data
