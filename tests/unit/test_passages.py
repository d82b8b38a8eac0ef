"""What passages look like to those who read and quote them."""

from __future__ import annotations

import pytest

from adapters.knowledge import passages
from adapters.knowledge.markdown_text import blocks
from adapters.knowledge.passages import FEWEST, MOST, Cut


def prose(words: int, word: str = "word") -> str:
    """A paragraph of short sentences."""
    return " ".join(f"{word}{n}." if n % 10 == 9 else f"{word}{n}" for n in range(words))


def cut(title: str, markdown: str) -> tuple[Cut, ...]:
    """The passages of a Markdown text."""
    return passages.cut(title, blocks(markdown))


def only(markdown: str) -> str:
    """The text of an article that is one passage."""
    (passage,) = cut("Title", markdown)
    return passage.text


def test_a_passage_carries_the_way_of_headings_to_it() -> None:
    markdown = f"# VPN\n{prose(50)}\n## Signing in\n{prose(50)}\n### Abroad\n{prose(50)}"

    headings = [passage.heading for passage in cut("VPN", markdown)]

    assert headings == ["VPN", "VPN › Signing in", "VPN › Signing in › Abroad"]  # noqa: RUF001


def test_a_heading_ends_the_deeper_ones_before_it() -> None:
    markdown = f"## A\n{prose(50)}\n### B\n{prose(50)}\n## C\n{prose(50)}"

    assert cut("T", markdown)[-1].heading == "T › C"  # noqa: RUF001


def test_tiny_neighbours_are_joined_and_keep_their_headings_as_lines() -> None:
    markdown = "## Opening hours\nNine to five.\n## Phone\nExtension 4000."

    (passage,) = cut("Service desk", markdown)

    assert passage.heading == "Service desk"
    assert passage.text == "Opening hours\nNine to five.\n\nPhone\nExtension 4000."


def test_long_text_is_split_between_paragraphs_and_nothing_is_lost() -> None:
    paragraphs = [prose(90, f"p{n}x") for n in range(6)]

    texts = [passage.text for passage in cut("T", "\n\n".join(paragraphs))]

    assert [part for text in texts for part in text.split("\n\n")] == paragraphs
    assert all(FEWEST <= len(text.split()) <= MOST for text in texts)


@pytest.mark.parametrize("markdown", [prose(1_000), "```\n" + prose(1_000) + "\n```"])
def test_one_endless_paragraph_is_split_too(markdown: str) -> None:
    texts = [passage.text for passage in cut("T", markdown)]

    assert " ".join(texts).split() == prose(1_000).split()
    assert all(len(text.split()) <= MOST for text in texts)


def test_text_without_spaces_is_split_too() -> None:
    texts = [passage.text for passage in cut("T", "休" * 10_000)]

    assert "".join(texts) == "休" * 10_000
    assert all(len(text) < 3_000 for text in texts)


def test_lists_stay_readable_lines() -> None:
    markdown = "Steps:\n\n3. Open\n4. Press\n\n- one\n  - inner\n- two\n\nDone."

    assert only(markdown) == "Steps:\n\n3. Open\n4. Press\n\n- one\n  - inner\n- two\n\nDone."


def test_tables_stay_one_line_a_row() -> None:
    assert only("| City | Limit |\n|---|---|\n| Leeds | £115 |") == "City | Limit\nLeeds | £115"


def test_code_is_kept_as_it_is() -> None:
    assert only("Run:\n\n```sh\nwg  up # now\n```") == "Run:\n\nwg  up # now"


def test_a_hash_in_code_is_no_heading() -> None:
    (passage,) = cut("T", f"```\n# not a heading\n```\n{prose(50)}")

    assert passage.heading == "T"


def test_links_and_emphasis_leave_their_words_and_images_nothing() -> None:
    markdown = "Open **the** [portal](https://x.example) ![logo](l.png)now &amp; `go`."

    assert only(markdown) == "Open the portal now & go."


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- SECRET -->",
        "before <!-- SECRET --> after",
        "<!-- SECRET\n\nSECRET -->",
        'x <span style="font-size:0">SECRET</span> y',
        "<div hidden>\n\nSECRET\n\n- SECRET\n\n</div>\n\nseen",
        "<script>\nSECRET\n</script>",
        "<p>SECRET in raw HTML</p>",
        "![SECRET](x.png)",
        "[x](https://x.example 'SECRET')",
        "[SECRET]: https://x.example",
    ],
)
def test_a63_what_a_reader_cannot_see_is_no_text(hidden: str) -> None:
    """Hidden text could give a model orders nobody who checked the article has seen."""
    texts = " ".join(passage.text for passage in cut("T", f"Visible words.\n\n{hidden}"))

    assert "Visible words." in texts
    assert "SECRET" not in texts


def test_a63_text_after_hidden_html_is_seen_again() -> None:
    markdown = "a <b>bold</b> <i hidden>no<i>no</i></i> end\n\n<div style='x'>\n\nno\n\n</div>\n\nz"

    assert only(markdown) == "a bold end\n\nz"


@pytest.mark.parametrize("sign", ["\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\U000e0041"])
def test_a63_invisible_characters_are_dropped(sign: str) -> None:
    assert only(f"pass{sign}word") == "password"


def test_an_article_without_text_has_no_passages() -> None:
    assert cut("T", "# T\n\n## Only headings\n") == ()
