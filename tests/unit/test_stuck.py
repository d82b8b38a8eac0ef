"""A conversation that gets nowhere is noticed from what was said, in any language."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Place
from core.session import Exchange, ExchangeKind, Session
from core.steps.stuck import stuck

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ACME = WorkspaceKey(Platform.WEB, "acme")
THREAD = ThreadKey(ACME, "help", "1")
SAM, PRIYA = AccountKey(ACME, "sam"), AccountKey(ACME, "priya")


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        ("where is my parcel?", "Where is my parcel", "where is my parcel???"),
        ("How do I reset the token?", "how can I reset my token", "so how is the token reset?"),
        ("wo ist mein Paket?", "Wo ist denn mein Paket", "wo ist mein paket!"),
    ],
)
def test_asking_the_same_a_third_time_means_being_stuck(
    first: str, second: str, third: str
) -> None:
    assert not stuck(_says(second), _after((first, "Look here.")))
    assert stuck(_says(third), _after((first, "Look here."), (second, "Or look there.")))


def test_the_same_answer_again_and_again_means_being_stuck() -> None:
    session = _after(("the VPN drops", "Restart it."), ("it drops after a minute", "Restart it."))

    assert stuck(_says("it drops all the same"), session)
    assert not stuck(_says("how many days off do I get?"), session)


def test_other_questions_and_other_people_do_not_count() -> None:
    several = _after(("hotel limit in Rome?", "100"), ("and the train class?", "Second."))
    assert not stuck(_says("who approves a flight?"), several)

    others = _after(("where is my parcel?", "Here."), ("where is my parcel?", "Here."), by=PRIYA)
    assert not stuck(_says("where is my parcel?"), others)


def test_what_was_asked_before_a_person_took_over_does_not_count() -> None:
    """It was that person's matter, and the bot has said nothing of it since."""
    twice = _after(("where is my parcel?", "Here."), ("where is my parcel?", "Here."))
    handed_over = replace(
        twice.exchanges[-1], asked="a person please", answered="", kind=ExchangeKind.ESCALATION
    )

    assert stuck(_says("where is my parcel?"), twice)
    after = replace(twice, exchanges=(*twice.exchanges, handed_over))
    assert not stuck(_says("where is my parcel?"), after)


def _says(text: str) -> InboundMessage:
    return InboundMessage("9", THREAD, Person(SAM, "Sam"), text, NOW, Place.CHANNEL)


def _after(*said: tuple[str, str], by: AccountKey = SAM) -> Session:
    exchanges = tuple(
        Exchange(str(at), by, "Sam", asked, answered, NOW, ExchangeKind.ANSWER)
        for at, (asked, answered) in enumerate(said)
    )
    return Session(THREAD, exchanges=exchanges)
