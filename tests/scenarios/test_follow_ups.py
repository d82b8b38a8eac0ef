"""Without a model, a follow-up is answered for what it adds, and not with the same words again."""

from __future__ import annotations

import pytest

from tests.scenarios.office import Office


@pytest.mark.only_in_process("the offline model says the same on every platform")
@pytest.mark.parametrize(
    ("first", "then", "wanted"),
    [
        (
            "What is the hotel limit in Lisbon?",
            "and what if it is above that limit?",
            "needs approval from the Travel Desk",
        ),
        (
            "How do I submit an expense claim?",
            "what if I lost the receipt?",
            "fill in the Lost receipt declaration",
        ),
        (
            "When is a laptop replaced?",
            "and what if it breaks before that?",
            "A laptop is replaced sooner when",
        ),
    ],
)
async def test_a_follow_up_adds_to_what_was_asked(
    office: Office, first: str, then: str, wanted: str
) -> None:
    sam = office.person("sam")
    thread = await sam.asks(first)
    before = thread.last.split(" [1]")[0]

    await sam.replies(thread, then)

    assert wanted in thread.last
    assert before not in thread.last


@pytest.mark.only_in_process("the offline model says the same on every platform")
async def test_a_question_about_something_else_is_not_searched_with_the_words_before(
    office: Office,
) -> None:
    """The questions before it help where it finds nothing by itself."""
    sam = office.person("sam")
    thread = await sam.asks("What is the learning budget?")

    await sam.replies(thread, "When is pay day?")

    assert "25th" in thread.last
