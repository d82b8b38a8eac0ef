"""What is masked, what is left alone, and that a flood costs little."""

from __future__ import annotations

import time

import pytest

from adapters.redact.discreet import DiscreetModel
from adapters.redact.masks import for_card, for_model
from core.drafts import Prompt, Task
from core.routes import Tier
from core.window import Part, Piece
from tests.fakes.models import ScriptedModel, says

SECRETS = "sk-" + "ant-" + "a1B2" * 8  # in parts, so that no scanner takes it for a real one


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("mail me at sam.okafor@acme.example", "mail me at [e-mail address]"),
        ("my card is 4111 1111 1111 1111, it fails", "my card is [card number], it fails"),
        ("pay to DE89 3704 0044 0532 0130 00 please", "pay to [bank account] please"),
        ("call me on 030 901820 tomorrow", "call me on [phone number] tomorrow"),
        ("reach me: +351 912 345 678", "reach me: [phone number]"),
        ("my SSN is 219-09-9999", "my SSN is [social security number]"),
        ("blocked from 192.0.2.44 today", "blocked from [IP address] today"),
        ("my password is hunter2! and it fails", "my password is [password] and it fails"),
        ("mein Passwort lautet Sommer2026", "mein Passwort lautet [password]"),
        ("sam@acme.example / Winter#26", "[e-mail address] / [password]"),
        (f"the key {SECRETS} was refused", "the key [secret] was refused"),
        ("my card is 4111 1111 11…", "my card is [number]…"),
    ],
)
def test_personal_data_and_secrets_are_masked(said: str, masked: str) -> None:
    assert for_card(said) == masked


@pytest.mark.parametrize(
    "said",
    [
        "order number 4111 1111 1111 1112 has not arrived",
        "ticket 555-123-4567 is still open",
        "version 10.0.0.12 crashes on start",
        "my password is expired",
        "the meeting is on 2026-11-02 at 10:30",
        "H-1 and INV-20871, 12.500,00 EUR for 2026-11-02 10",
        "model numbers 4401 2203 9911, please",
        "how do I change the password?",
    ],
)
def test_other_numbers_and_words_are_left_alone(said: str) -> None:
    assert for_card(said) == said


def test_a_model_needs_no_secret_but_may_need_an_address() -> None:
    """What a tool may want as an argument is passed on; what nobody should send is not."""
    said = "send it to sam@acme.example, my card is 4111111111111111, password: hunter2!"

    assert for_model(said) == (
        "send it to sam@acme.example, my card is [card number], password: [password]"
    )


@pytest.mark.parametrize(
    "begins",
    [
        "sk-",
        "sk_live_",
        "rk_test_",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
        "glpat-",
        "AKIA",
        "ASIA",
        "AIza",
        "npm_",
        "xoxb-",
        "xapp-",
    ],
)
def test_every_kind_of_key_is_noticed_before_a_model_is_asked(begins: str) -> None:
    """The quick look that most texts pass lets none of them through."""
    length = {"AKIA": 16, "ASIA": 16, "AIza": 35}.get(begins, 36)
    made_up = begins + ("A1B2" * 9)[:length]

    assert for_model(f"it says {made_up} on top") == "it says [secret] on top"


async def test_a_model_is_not_told_secrets() -> None:
    """In the question, in earlier exchanges and in summaries; documents are passed as they are."""
    told = ScriptedModel(answer=says("Yes."))
    pieces = (
        Piece(Part.SUMMARY, "Sam's password is hunter2!", 8),
        Piece(Part.PASSAGE, "The demo card is 4111 1111 1111 1111.", 8),
        Piece(Part.QUESTION, f"is {SECRETS} valid?", 8, required=True),
    )

    await DiscreetModel(told).complete(Prompt(Task.ANSWER, Tier.MAIN, pieces))

    assert [each.text for each in told.prompts[-1].pieces] == [
        "Sam's password is [password]",
        "The demo card is 4111 1111 1111 1111.",
        "is [secret] valid?",
    ]


@pytest.mark.parametrize("part", ["1", "1 ", "a@", "eyJ-", "eyJaaaaaaaaaa.", "::1", "+1-", "sk-"])
def test_a91_a_flood_of_digits_and_signs_is_searched_in_linear_time(part: str) -> None:
    """Ten times the text takes about ten times as long, not a hundred."""
    short, long = (part * (length // len(part)) for length in (1_200, 12_000))

    assert _cost(long) < 30 * max(_cost(short), 0.0002)


def _cost(text: str) -> float:
    """Seconds of CPU, the least of three."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        for_card(text)
        taken.append(time.process_time() - started)
    return min(taken)
