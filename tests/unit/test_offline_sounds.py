"""How people sound: patterns are tried only where they can match, and nothing is missed by that."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.llm.sounds import Sound, patterned, table
from adapters.llm.words import folded

ROWS = [
    tuple(row) for part in ("risks", "signals") for rows in table()[part].values() for row in rows
]
LETTERS = "abcdefghijklmnopqrstuvwxyz ',.!"


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_a_pattern_matches_has_one_of_the_words_it_needs(data: st.DataObject) -> None:
    """A row with a word too few would leave somebody in distress unheard."""
    needs, row = data.draw(st.sampled_from(ROWS))
    pattern = patterned(row)
    text = data.draw(st.from_regex(pattern, alphabet=LETTERS))

    assert Sound([(needs, pattern)]).heard(text) is bool(pattern.search(folded(text)))
