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
            "I'm on a Mac, how long does the VPN stay connected?",
            "How many devices can use it?",
            "2 company devices",
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
@pytest.mark.parametrize(
    ("first", "then", "wanted"),
    [
        ("Can I work from abroad?", ["for how long?"], "up to 20 working days"),
        ("What is the learning budget?", ["for everyone?"], "covered for everyone"),
        ("How do I book a meeting room?", ["for how long?", "how far ahead?"], "60 days ahead"),
        ("What is the hotel limit in Lisbon?", ["per night?", "same for Leeds?"], "£115"),
        ("How long does the VPN stay connected?", ["on how many devices?"], "2 company devices"),
        ("How long does the VPN stay connected?", ["tell me a joke"], "outside what I can help"),
    ],
)
async def test_what_leans_on_the_words_before_is_about_the_same(
    office: Office, first: str, then: list[str], wanted: str
) -> None:
    """However short it is; what it leans on is what began it, not what leaned on it as well."""
    sam = office.person("sam")
    thread = await sam.asks(first)

    for words in then:
        await sam.replies(thread, words)

    assert wanted in thread.last


@pytest.mark.only_in_process("the offline model says the same on every platform")
async def test_a_question_about_something_else_is_not_searched_with_the_words_before(
    office: Office,
) -> None:
    """The questions before it help where it finds nothing by itself."""
    sam = office.person("sam")
    thread = await sam.asks("What is the learning budget?")

    await sam.replies(thread, "When is pay day?")

    assert "25th" in thread.last
