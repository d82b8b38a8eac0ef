"""What is plain without a model about what somebody works with, and where."""

from __future__ import annotations

import pytest

from core.mentioned import in_passing


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("I'm on a Mac, how do I print?", "I'm on a Mac"),
        ("How do I print? I use Windows 11.", "I use Windows 11"),
        ("hi, I have a company iPhone and it rings", "I have a company iPhone"),
        ("I\u2019m based in Leeds, where can I park?", "I\u2019m based in Leeds"),
        ("I work from the Vienna office - where do I park?", "I work from the Vienna office"),
        ("I'm on a Mac today, how do I print?", ""),
        ("I use my colleague's Mac. How do I print?", ""),
        ("If I use a Mac, how do I print?", ""),
        ("Do I have a Mac?", ""),
        ("I don't use a Mac. How do I print?", ""),
        ("My wife is on a Mac, how does she print?", ""),
        ("I have a Mac problem", ""),
        ("I work in finance, where do I park?", ""),
    ],
)
def test_only_plain_words_of_the_writer_about_themselves_count(message: str, words: str) -> None:
    assert in_passing(message) == words
