"""The estimate of tokens follows the kinds of characters, and the safe one is never the lower."""

from __future__ import annotations

import pytest

from core.tokens import at_most, expected

EARLIER, CURRENT = "claude-sonnet-4-5", "claude-sonnet-5-5"
PROSE = "Your manager approves the request, and the money arrives with the next salary. "


@pytest.mark.parametrize(
    "costly",
    [
        "8841-2207-9931-4402 " * 20,
        '{"id":[1,2],"ok":{"a":"b"}},' * 15,
        "请在周五之前提交您的报销申请。" * 27,
        "getUserDetails_byOrderId(self) " * 13,
    ],
    ids=["digits", "signs", "ideograms", "names in code"],
)
def test_what_is_not_prose_costs_more_for_its_length(costly: str) -> None:
    prose = (PROSE * 6)[: len(costly)]

    assert expected(costly) > 1.3 * expected(prose)


def test_long_words_cost_little_more_than_short_ones() -> None:
    assert expected("reimbursement " * 100) < 2 * expected("pay " * 100)


def test_current_models_count_more_tokens_than_earlier_ones() -> None:
    assert expected(PROSE, EARLIER) < expected(PROSE, CURRENT) == expected(PROSE)


@pytest.mark.parametrize(
    ("model", "earlier"),
    [
        ("claude-3-5-haiku-20241022", True),
        ("claude-sonnet-4-0", True),
        ("claude-sonnet-4-20250514", True),
        ("claude-haiku-4-5-20251001", True),
        ("claude-opus-4-7", False),
        ("claude-opus-4-8", False),
        ("claude-haiku-5-5", False),
        ("some-model-of-tomorrow", False),
    ],
)
def test_a_model_is_an_earlier_one_only_by_a_name_we_know(model: str, *, earlier: bool) -> None:
    """What we do not know is counted as the costlier kind."""
    assert (expected(PROSE, model) == expected(PROSE, EARLIER)) is earlier


@pytest.mark.parametrize("text", ["", "a", PROSE, "漢字", "1" * 50, "\n\n\n", "🙂🙂"])
def test_the_safe_estimate_is_never_the_lower_one(text: str) -> None:
    assert at_most(text) >= expected(text)
    assert (at_most(text) == 0) is (text == "")


def test_every_visible_character_costs_something() -> None:
    """Nothing can be packed into a prompt for free."""
    assert min(expected(character * 2) for character in "aZ0-é漢🙂א\n") > 0


def test_a_long_message_is_counted_in_linear_time() -> None:
    """Twice as much text has twice as many tokens, also when it is one endless run."""
    for kind in ("a", "-", "\n ", "1", "aB"):
        once, twice = at_most(kind * 6_000), at_most(kind * 12_000)
        assert once <= twice <= 2 * once + 2
