"""What was done in a thread: what a prompt is told of it, and what an answer may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.llm.own_results import answer_from_results
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Person, Place
from core.steps.judge import claims
from core.steps.results import results
from core.tools import CONFIRM_WITHIN, Action, ActionState
from tests.contract.given import START

HOME = WorkspaceKey(Platform.WEB, "home")
RESULT = (
    "Report problem “a leaking tap” (asked for by Sam, 2026-01-05, 09:00 UTC): done, receipt R-1."
)


def action(state: ActionState, *, receipt: str = "", private: bool = False) -> Action:
    return Action(
        action_id="a1",
        turn_id="t1",
        thread=ThreadKey(HOME, "help", "1"),
        requester=Person(AccountKey(HOME, "sam"), "Sam"),
        place=Place.CHANNEL,
        tool="report_problem",
        arguments={"problem": "a leaking tap"},
        state=state,
        proposed_at=START,
        expires_at=START + CONFIRM_WITHIN,
        receipt=receipt,
        private=private,
    )


def test_only_what_is_done_has_a_receipt() -> None:
    done, failed = results(
        [action(ActionState.DONE, receipt="R-1"), action(ActionState.FAILED, receipt="R-1")], START
    )

    assert done.receipt == "R-1"
    assert done.line.endswith("done, receipt R-1.")
    assert failed.receipt == ""
    assert "R-1" not in failed.line


def test_an_offer_that_ended_is_not_waiting() -> None:
    offer = action(ActionState.PROPOSED)

    (waiting,), (over,) = results([offer], START), results([offer], START + timedelta(hours=1))

    assert "not confirmed yet" in waiting.line
    assert "never confirmed" in over.line


def test_what_was_arranged_with_one_person_is_nobody_elses() -> None:
    kept = action(ActionState.DONE, receipt="M-1", private=True)

    assert results([kept, replace(kept, private=False)], START)[0].receipt == "M-1"
    assert results([kept], START) == ()


@pytest.mark.parametrize(
    ("answer", "claimed"),
    [
        ("I've reported the tap, receipt R-1.", False),
        ("I've reported the tap. The receipt is R-1.", True),
        ("I've reported the tap, receipt R-1. I have also booked a plumber.", True),
        ("I've reported the tap, receipt R-2.", True),
        (RESULT, False),
    ],
)
def test_what_is_told_as_done_names_its_receipt(answer: str, *, claimed: bool) -> None:
    assert claims(answer, [RESULT], ["R-1"]) is claimed


@pytest.mark.parametrize(
    "asked",
    ["Did you report it?", "was that sent?", "What happened to the tap?", "status of my report"],
)
def test_who_asks_what_became_of_it_is_told(asked: str) -> None:
    (span,) = answer_from_results(asked, [RESULT])

    assert "receipt R-1" in span.text


@pytest.mark.parametrize(
    "asked",
    [
        "How do I report a security incident?",
        "What is the status of visa applications?",
        "Is the canteen open?",
        "has the Leeds office been booked?",
    ],
)
def test_other_matters_are_for_the_documents(asked: str) -> None:
    assert answer_from_results(asked, [RESULT]) == ()


def test_of_several_the_one_that_is_named_is_told() -> None:
    other = RESULT.replace("a leaking tap", "a broken chair").replace("R-1", "R-2")

    (tap,) = answer_from_results("Did you report the tap?", [RESULT, other])
    (newest,) = answer_from_results("Did you report it?", [RESULT, other])

    assert "R-1" in tap.text
    assert "R-2" in newest.text
