"""What the offline model answers: word-for-word quotations, or nothing when nothing fits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from adapters.llm.offline import OfflineModel
from core.drafts import Completion, Prompt, Stop, Task
from core.evidence import Document, Passage
from core.ids import AccountKey, Platform, WorkspaceKey
from core.routes import Tier
from core.session import Exchange, ExchangeKind
from core.usage import Usage
from core.window import Part, Piece

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SAM = AccountKey(WorkspaceKey(Platform.WEB, "acme"), "sam")

HOTELS = """The hotel limit is the highest price per night without approval.

- The hotel limit in Lisbon is €140 per night.
- The hotel limit in Leeds is £115 per night.
- The hotel limit in Vienna is €150 per night.
- The hotel limit in Paris is €190 per night.

Dr. Weber, e.g. from the Travel Desk, may raise it by 10%. Ask at least 2 days ahead."""
TOKENS = """A token is replaced within 3 working days. It costs 12.50 euros.

To replace a token:

1. Open the portal.
2. Choose **Replace token**.
3. Confirm with your badge.

Old tokens are destroyed."""


async def test_the_item_asked_for_is_quoted_with_its_source() -> None:
    reply = await _asked("what is the hotel limit in Leeds?", passages=[_passage("h", HOTELS)])

    assert reply.text == "- The hotel limit in Leeds is £115 per night."
    assert [span.passage_ids for span in reply.spans] == [("h",)]


async def test_a_follow_up_is_answered_for_what_it_asks_now() -> None:
    reply = await _asked(
        "and in Vienna?", "what is the hotel limit in Leeds?", passages=[_passage("h", HOTELS)]
    )

    assert reply.text == "- The hotel limit in Vienna is €150 per night."


async def test_a_question_about_the_whole_list_gets_the_whole_list() -> None:
    reply = await _asked("what are the hotel limits per night?", passages=[_passage("h", HOTELS)])

    assert all(city in reply.text for city in ("Lisbon", "Leeds", "Vienna", "Paris"))


async def test_steps_are_quoted_together_with_the_line_that_leads_to_them() -> None:
    reply = await _asked("how do I replace a token?", passages=[_passage("t", TOKENS)])

    steps = TOKENS[TOKENS.index("To replace") : TOKENS.index("\n\nOld")]
    assert steps in reply.text


async def test_abbreviations_and_numbers_do_not_end_a_sentence() -> None:
    reply = await _asked("who may raise the limit by 10%?", passages=[_passage("h", HOTELS)])

    assert "Dr. Weber, e.g. from the Travel Desk, may raise it by 10%." in reply.text


async def test_a_sentence_that_leans_on_the_one_before_brings_it_along() -> None:
    reply = await _asked("what does it cost in euros?", passages=[_passage("t", TOKENS)])

    assert reply.text == "A token is replaced within 3 working days. It costs 12.50 euros."


async def test_every_span_is_word_for_word_and_cites_a_passage_it_was_given() -> None:
    passages = [_passage("h", HOTELS), _passage("t", TOKENS)]

    reply = await _asked(
        "how much does a token cost and what is the Paris hotel limit?", passages=passages
    )

    texts = {passage.passage_id: passage.text for passage in passages}
    assert {span.passage_ids for span in reply.spans} == {("h",), ("t",)}
    assert all(span.text.strip() in texts[span.passage_ids[0]] for span in reply.spans)


async def test_a_mark_that_cutting_left_open_is_escaped() -> None:
    text = "Bold words **begin here. The bursary pays 40 euros** a month."

    reply = await _asked("what does the bursary pay a month?", passages=[_passage("b", text)])

    assert reply.text == "The bursary pays 40 euros\\*\\* a month."


async def test_nothing_is_said_when_the_passages_do_not_answer() -> None:
    reply = await _asked(
        "may I bring a horse to the summer party?",
        passages=[_passage("h", HOTELS), _passage("t", TOKENS)],
    )

    assert reply.spans == ()
    assert reply.stop is Stop.END


async def test_it_costs_nothing_and_says_who_spoke() -> None:
    reply = await _asked("what is the hotel limit in Leeds?", passages=[_passage("h", HOTELS)])

    assert (reply.model, reply.usage) == ("offline", Usage())


@pytest.mark.parametrize(
    "flood",
    ["a" + "\u0301" * 40_000, "." * 40_000, "<@U1> " * 10_000, "- " * 20_000, "1. " * 9_000],
)
async def test_a_flooded_passage_is_read_only_up_to_the_bound(flood: str) -> None:
    """The answer behind the bound is not found; the one before it still is."""
    before = _passage("p", "The parking fee is 4 euros a day.\n\n" + flood)
    behind = _passage("p", flood[:30_000].ljust(9_000) + "\n\nThe parking fee is 4 euros a day.")

    found = await _asked("what is the parking fee a day?", passages=[before])
    missed = await _asked("what is the parking fee a day?", passages=[behind])

    assert "The parking fee is 4 euros a day." in found.text
    assert "parking fee" not in missed.text


async def _asked(
    question: str,
    *earlier: str,
    passages: list[Passage] | None = None,
) -> Completion:
    said = [
        Exchange(f"t{at}", SAM, "Sam Okafor", text, "Noted.", NOW, ExchangeKind.ANSWER)
        for at, text in enumerate(earlier)
    ]
    pieces = [Piece(Part.EXCHANGE, each.asked, 1, exchange=each) for each in said]
    pieces += [Piece(Part.PASSAGE, each.text, 1, passage=each) for each in passages or ()]
    pieces.append(Piece(Part.QUESTION, question, 1, required=True))
    return await OfflineModel().complete(Prompt(Task.ANSWER, Tier.MAIN, tuple(pieces)))


def _passage(passage_id: str, text: str) -> Passage:
    document = Document(
        passage_id, "A page", "https://x.example/p", "Desk", date(2026, 1, 1), "everyone"
    )
    return Passage(passage_id, document, "", text)
