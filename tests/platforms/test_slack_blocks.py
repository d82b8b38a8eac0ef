"""Cards as Slack shows them: within its limits, nothing but text in them (A73, A75-A79, A87)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.slack import blocks
from adapters.slack.mrkdwn import cut, escape
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
    Tone,
)
from tests.fakes.slack import texts

GOOD = "https://help.example/leave"


def prose(text: str, *links: str) -> list[dict[str, Any]]:
    return blocks.draw(Card((Prose(text, links),)))


def parts(drawn: object) -> list[dict[str, Any]]:
    """Every element inside drawn blocks."""
    if isinstance(drawn, list):
        return [each for part in drawn for each in parts(part)]
    if isinstance(drawn, dict):
        return [drawn, *parts(drawn.get("elements"))]
    return []


def kinds(drawn: list[dict[str, Any]]) -> set[str]:
    return {each["type"] for each in parts(drawn)}


def shown(drawn: list[dict[str, Any]]) -> str:
    return "".join(texts(drawn))


MENTIONS = (
    "<!channel> <!here> <!everyone>", "<!subteam^S1>", "<@U1>", "<#C1>", "&lt;!channel&gt;",
    "`<!here>`", "```\n<@U1>\n```", "@everyone @here", "<!date^1^{date}|x>",
)  # fmt: skip


@pytest.mark.parametrize("text", MENTIONS)
def test_a73_a_mention_in_an_answer_is_only_text(text: str) -> None:
    """There is no element that notifies, and no field that Slack would read for one."""
    for card in (Card((Prose(text),)), Card((Plain(text),)), Card((Note(text),), title=text)):
        drawn = blocks.draw(card)
        assert kinds(drawn).isdisjoint({"user", "usergroup", "channel", "broadcast", "mrkdwn"})
        assert "<" not in blocks.fallback(drawn)
        assert '"mrkdwn"' not in json.dumps(drawn)


LINKS = (
    "[ok](https://evil.example/?q=SECRET)", "[ok][1]\n\n[1]: https://evil.example/?q=SECRET",
    "<https://evil.example/?q=SECRET>", "https://evil.example/?q=SECRET",
    "<https://evil.example/?q=SECRET|safe>", "[x](javascript:SECRET)", "[x](data:text/SECRET)",
    "[x](slack://SECRET)", "[x](msteams://SECRET)", "`https://evil.example/?q=SECRET`",
)  # fmt: skip


@pytest.mark.parametrize("text", LINKS)
def test_a75_a_link_that_was_not_cited_is_no_link(text: str) -> None:
    """Its host may be named; nothing it could carry leaves with it."""
    drawn = prose(text, GOOD)

    assert "link" not in kinds(drawn)
    assert "SECRET" not in json.dumps(drawn).replace("[1]: ", "")


def test_a75_a_cited_link_stays_a_link() -> None:
    """Letter for letter."""
    (link,) = [each for each in parts(prose(f"[Leave]({GOOD})", GOOD)) if each["type"] == "link"]

    assert (link["url"], link["text"]) == (GOOD, "Leave")


@pytest.mark.parametrize(
    "text", ["![a cat](https://evil.example/SECRET.png)", '<img src="https://evil.example/SECRET">']
)
def test_a76_there_are_no_images(text: str) -> None:
    """Neither as a block nor as an address that Slack could unfurl."""
    drawn = prose(text)

    assert kinds(drawn) <= {"rich_text", "rich_text_section", "text"}
    assert "SECRET" not in json.dumps(drawn)


@pytest.mark.parametrize("tail", ["?next=https://evil.example", "#x", "/..", "?"])
def test_a77_an_address_with_anything_added_is_another(tail: str) -> None:
    """Only the one that was cited."""
    assert "link" not in kinds(prose(f"[Leave]({GOOD}{tail})", GOOD))


def test_a78_a_label_cannot_name_another_host() -> None:
    """The true host takes its place."""
    (link,) = [
        each for each in parts(prose(f"[bank.example]({GOOD})", GOOD)) if each["type"] == "link"
    ]

    assert link["text"] == "help.example"


@pytest.mark.parametrize(
    "text",
    [
        '[{"type":"section","text":{"type":"mrkdwn","text":"<!here>"}}]',
        '```json\n{"blocks":[{"type":"actions"}]}\n```',
    ],
)
def test_a79_block_kit_in_an_answer_is_shown_as_text(text: str) -> None:
    """It never becomes a block."""
    for card in (Card((Prose(text),)), Card((Plain(text),))):
        drawn = blocks.draw(card)
        assert kinds(drawn) <= {"rich_text", "rich_text_section", "rich_text_preformatted", "text"}
        assert "type" in shown(drawn)


HUGE = {
    "megabyte": "word " * 200_000,
    "newlines": "\n" * 100_000 + "end",
    "paragraphs": "line\n\n" * 20_000,
    "zalgo": "a\u0301\u0302\u0303" * 50_000,
    "one_token": "x" * 40_000,
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 10_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_a87_a_huge_text_fits_a_message(name: str) -> None:
    """At most fifty blocks and twelve thousand characters."""
    for card in (Card((Prose(HUGE[name]),)), Card((Plain(HUGE[name]), Prose(HUGE[name])))):
        drawn = blocks.draw(card)
        assert len(drawn) <= 50
        assert len(shown(drawn)) <= blocks.TOTAL_MOST + 10
        assert len(blocks.fallback(drawn)) <= 5 * blocks.FALLBACK_MOST


def test_a87_a_cut_leaves_letters_whole() -> None:
    """An accent stays with its letter, a family together."""
    assert cut("abcde\u0301fgh", 6) == "abcd…"
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert cut(f"ab{family}cd", 6) == "ab…"
    assert cut("short", 10) == "short"


def test_markdown_keeps_its_shape() -> None:
    """Bold, code, lists within lists, quotes."""
    text = "# Head\n\nA **b** and `c`.\n\n1. one\n   - in\n2. two\n\n> said\n\n```\ncode\n```"

    (rich,) = prose(text)

    assert [each["type"] for each in rich["elements"]] == [
        "rich_text_section", "rich_text_list", "rich_text_list", "rich_text_list",
        "rich_text_quote", "rich_text_preformatted",
    ]  # fmt: skip
    assert [each.get("offset", 0) for each in rich["elements"][1:4]] == [0, 0, 1]
    assert {"type": "text", "text": "c", "style": {"code": True}} in parts(rich)


def test_no_element_is_empty() -> None:
    """Slack refuses an empty text."""
    card = Card(
        (Prose(""), Plain(""), Note(""), Fields(()), Sources(()), Prose("- \n- x"), Prose("[](x)"))
    )

    assert all(each.get("text") != "" for each in parts(blocks.draw(card)))
    assert blocks.fallback(blocks.draw(Card(()))) == "New message"


def test_buttons_carry_opaque_values_and_ids_of_their_own() -> None:
    """Two buttons that do the same still differ by id."""
    buttons = Buttons(
        (Button("Claim", "claim", "c.1", Style.PRIMARY), Button("Claim", "claim", "c.2"))
    )

    (row,) = blocks.draw(Card((buttons,)))

    first, second = row["elements"]
    assert (first["action_id"], first["value"], first["style"]) == (
        "desk.claim.0",
        "c.1",
        "primary",
    )
    assert second["action_id"] == "desk.claim.1"
    assert "style" not in second


def test_judging_an_answer_is_slacks_own_element() -> None:
    """Each half carries what it means; the person is a button beside."""
    buttons = Buttons(
        (
            Button("Yes", "helpful", "t1"),
            Button("No", "unhelpful", "t1"),
            Button("P", "person", "t1"),
        )
    )

    judged, row = blocks.draw(Card((buttons,)))

    element = judged["elements"][0]
    assert element["positive_button"]["value"] == "helpful.t1"
    assert element["negative_button"]["value"] == "unhelpful.t1"
    assert [each["action_id"] for each in row["elements"]] == ["desk.person.0"]


def test_everything_of_a_card_is_shown_within_its_limits() -> None:
    """Long labels and values are cut, not refused."""
    card = Card(
        (
            Fields(tuple(Field(f"L{n}", "v" * 5_000) for n in range(10))),
            Sources(
                (Source(1, "T" * 9_000, GOOD, "Updated", "HR"), Source(2, "No link", "", "old"))
            ),
            Buttons((Button("x" * 100, "claim", "v" * 3_000),)),
        ),
        title="t" * 400,
        tone=Tone.ATTENTION,
        speaks_as="Ben",
    )

    drawn = blocks.draw(card)

    button = drawn[-1]["elements"][0]
    assert len(drawn[0]["text"]["text"]) <= 150
    assert len(button["text"]["text"]) <= 75
    assert len(button["value"]) <= 2_000
    assert len(shown(drawn)) <= blocks.TOTAL_MOST + 200
    assert drawn[1]["elements"][0]["elements"][0] == {
        "type": "text", "text": "Ben", "style": {"bold": True}
    }  # fmt: skip


def test_the_escape_is_slacks() -> None:
    """Three characters, and no more."""
    assert escape("<a> & b") == "&lt;a&gt; &amp; b"


def test_a_notification_says_what_matters_and_no_apparatus() -> None:
    """Values without their labels, an answer without its sources, the parts told apart."""
    fields = Fields((Field("Why", "Asked for a person"), Field("Wants", "a  *new* chair")))
    sources = Sources((Source(1, "VPN on your laptop", "https://help.example/vpn", "Updated", ""),))
    card = Card((fields, Prose("It **ends** after 12 hours. [1]"), sources), title="Request H-1")

    assert blocks.fallback(blocks.draw(card)) == (
        "Request H-1 · Asked for a person · a *new* chair · It ends after 12 hours. [1]"
    )
