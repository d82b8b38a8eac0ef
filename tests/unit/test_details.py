"""Details outlive the sentences they stood in: as said, the newest first, never somebody's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.details import details, listed, newest_first
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import Place
from core.session import DETAILS_MOST, Exchange, ExchangeKind, Session
from core.strategies import NEWEST

HOME = WorkspaceKey(Platform.WEB, "acme")
SAM, PRIYA = AccountKey(HOME, "sam"), AccountKey(HOME, "priya")
THREAD = ThreadKey(HOME, "help", "root")
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "detail",
    [
        "INC-48213",
        "14 March 2026",
        "March 3rd",
        "€1,250.50",
        "40 %",
        "25 days",
        "0x80070005",
        "ERR_CERT_DATE",
        "ECONNREFUSED",
        "10.20.0.7",
        "sam_okafor_77@example.com",
        "#88-4417",
    ],
)
def test_a_detail_is_kept_as_it_was_said(detail: str) -> None:
    assert details(f"I wrote {detail}, twice.") == (detail,)


def test_words_are_no_details() -> None:
    assert details("I would like to know how the VPN works, please. HELP me.") == ()


def test_the_last_word_stands_before_what_it_replaced() -> None:
    said = ["Book it for 14 March, order A-1001.", "Sorry, make that 15 March."]

    assert newest_first(said) == ("15 March", "14 March", "A-1001")


def test_what_is_said_again_counts_as_new() -> None:
    assert newest_first(["case C-200"], known=["C-300", "C-200"]) == ("C-200", "C-300")


def test_a_line_of_details_never_cuts_one() -> None:
    assert listed(["15 March", "A-1001", "C-200"], room=18) == "15 March, A-1001"
    assert listed([], room=18) == ""


def test_a_summary_leaves_its_details_in_the_session() -> None:
    """Whatever a model writes as the summary, the order number of the first message is known."""
    session = _after(NEWEST.most + 1, first="My order is #88-4417.")

    after = session.summarised("They talked.")

    assert len(after.exchanges) == NEWEST.keep
    assert "#88-4417" in after.details
    assert after.began == START


def test_details_of_a_private_exchange_are_forgotten_with_it() -> None:
    session = _after(NEWEST.most + 1, first="My salary is €71,400.", only_for=SAM)

    assert "€71,400" not in session.summarised("They talked.").details


def test_details_are_bounded_and_the_oldest_go() -> None:
    session = _after(
        NEWEST.most + 1, first=" ".join(f"A-{at:03}" for at in range(2 * DETAILS_MOST))
    )

    after = session.summarised("They talked.")

    assert len(after.details) == DETAILS_MOST
    assert "B-002" in after.details


def _after(count: int, *, first: str, only_for: AccountKey | None = None) -> Session:
    """A session of so many exchanges."""
    session = Session(THREAD)
    for number in range(count):
        asked, at = first if number == 0 else f"and B-{number:03}?", START + timedelta(hours=number)
        private = only_for if number == 0 else None
        said = Exchange(
            f"t{number}", PRIYA, "Priya", asked, "Noted.", at, ExchangeKind.ANSWER, private
        )
        session = session.after(said, Place.CHANNEL)
    return session
