"""A prompt holds what an answer may rest on, and nothing that only costs tokens."""

from __future__ import annotations

from datetime import date

from core.drafts import Task
from core.evidence import Document, Evidence, Passage
from core.session import Session
from core.steps.assemble import assemble
from core.window import Part
from tests.evals.thread import THREAD, message

VPN = Document("vpn.md", "VPN", "", "IT", date(2026, 8, 14), "everyone")


def test_passages_that_fit_far_worse_than_the_best_stay_out() -> None:
    """The best one stands last, next to the question."""
    evidence = Evidence(tuple(_passage(score) for score in (8.0, 4.0, 3.9)), 0.9)

    prompt = assemble(Task.ANSWER, message("How long?"), Session(THREAD), None, evidence)

    assert [piece.text for piece in prompt.pieces if piece.part is Part.PASSAGE] == ["4.0", "8.0"]


def test_passages_without_scores_are_all_given() -> None:
    evidence = Evidence((_passage(0.0), _passage(0.0)), 0.9)

    assert evidence.near_best == evidence.passages


def _passage(score: float) -> Passage:
    return Passage(f"vpn.md#{score}", VPN, "", str(score), score)
