"""What somebody who writes articles can rely on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from adapters.knowledge.articles import read_article
from adapters.knowledge.folder import look
from adapters.knowledge.source import MOST_BYTES, Kind, Unreadable

GOOD = """---
title: VPN on your laptop
link: https://help.example/it/vpn
owner: IT Service Desk
updated: 2026-08-14
audience: everyone
language: en
keywords: [remote access, tunnel]
---
# VPN on your laptop
Open the app.
"""


def complaint(text: str | bytes) -> str:
    """What the author of a broken article reads."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(Unreadable) as caught:
        read_article("travel/visas.md", data)
    assert caught.value.code == "document_unreadable"
    return str(caught.value)


def test_front_matter_becomes_the_document_and_the_rest_its_body() -> None:
    article = read_article("it/vpn.md", GOOD.encode())

    document = article.document
    assert (document.document_id, document.title) == ("it/vpn.md", "VPN on your laptop")
    assert (document.owner, document.audience) == ("IT Service Desk", "everyone")
    assert document.updated == date(2026, 8, 14)
    assert document.keywords == ("remote access", "tunnel")
    assert [block.text for block in article.blocks] == ["VPN on your laptop", "Open the app."]


def test_a_date_in_another_order_is_named_with_file_line_and_remedy() -> None:
    broken = GOOD.replace("2026-08-14", "14.8.26")

    assert complaint(broken) == (
        "travel/visas.md, line 5: 'updated' is '14.8.26'; write it as YYYY-MM-DD."
    )


def test_a_day_that_does_not_exist_is_refused() -> None:
    assert "no such day" in complaint(GOOD.replace("2026-08-14", "2026-02-30"))


def test_an_article_that_does_not_say_who_may_read_it_is_refused() -> None:
    """Closed: everyone is never assumed."""
    missing = GOOD.replace("audience: everyone\n", "")
    empty = GOOD.replace("audience: everyone", "audience:")
    invisible = GOOD.replace("audience: everyone", 'audience: "\\u200b"')

    for broken in (missing, empty, invisible):
        assert "'audience' is missing; write who may read this" in complaint(broken)


def test_a_list_of_audiences_is_refused_instead_of_guessed_at() -> None:
    broken = GOOD.replace("audience: everyone", "audience: [managers, everyone]")

    assert "line 6: 'audience' must be one text, not a list" in complaint(broken)


def test_the_first_heading_is_the_title_when_none_is_given() -> None:
    untitled = GOOD.replace("title: VPN on your laptop\n", "").replace("# VPN", "# The *VPN*")

    assert read_article("a.md", untitled.encode()).document.title == "The VPN on your laptop"


def test_a_link_is_optional_but_must_be_a_web_address() -> None:
    without = GOOD.replace("link: https://help.example/it/vpn\n", "")

    assert read_article("a.md", without.encode()).document.link == ""
    for bad in ("javascript:alert(1)", "help.example/vpn", "https://", "https://a b"):
        assert "line 3: 'link' is" in complaint(GOOD.replace("https://help.example/it/vpn", bad))


def test_a93_a_field_written_twice_is_refused_with_both_lines() -> None:
    """The last one winning could open a document to everyone."""
    broken = GOOD.replace("language: en", "audience: public")

    assert "line 7: 'audience' stands here and on line 6" in complaint(broken)


@pytest.mark.parametrize(
    "trick",
    ["a: &a [x]\nb: *a", "a: !!python/object/apply:os.system [ls]", "a: " + "[" * 5_000, "a: [x"],
    ids=["alias", "tag", "depth", "unclosed"],
)
def test_a93_yaml_tricks_are_refused_with_a_line(trick: str) -> None:
    assert "travel/visas.md, line " in complaint(GOOD.replace("language: en", trick))


def test_a93_an_enormous_front_matter_is_refused_unread() -> None:
    assert "keep them below" in complaint(GOOD.replace("language: en", "# " + "x" * 70_000))


def test_fields_of_other_programs_are_left_alone() -> None:
    more = GOOD.replace("language: en", "tags: {a: [b, {c: d}]}\nlayout: wide")

    assert read_article("a.md", more.encode()).document.keywords == ("remote access", "tunnel")


def test_a_file_without_front_matter_is_told_how_to_begin() -> None:
    assert "line 1: there is no front matter. Start the file with '---'" in complaint("# Hello\n")
    assert "not closed" in complaint("---\ntitle: x\n")


def test_a_file_that_is_not_utf8_names_the_line() -> None:
    broken = GOOD.encode() + "naïve".encode("latin-1")

    assert complaint(broken) == (
        "travel/visas.md, line 12: this is not UTF-8 text. Save the file as UTF-8."
    )


def test_windows_line_ends_and_a_byte_order_mark_are_fine() -> None:
    data = b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()

    assert read_article("a.md", data) == read_article("a.md", GOOD.encode())


def test_a92_nothing_outside_the_folder_is_read(tmp_path: Path) -> None:
    """Links out, hidden and huge files are passed over, and each is named."""
    secret = tmp_path / "secret.md"
    secret.write_text(GOOD)
    folder = tmp_path / "articles"
    (folder / "it").mkdir(parents=True)
    (folder / "it" / "vpn.md").write_text(GOOD)
    (folder / "inside.md").symlink_to(folder / "it" / "vpn.md")
    (folder / "outside.md").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    (folder / ".draft.md").write_text(GOOD)
    (folder / "huge.md").write_text("x" * (MOST_BYTES[Kind.MARKDOWN] + 1))
    (folder / "notes.txt").write_text("not an article")

    found = look(folder)

    assert found is not None
    assert sorted(found.files) == ["inside.md", "it/vpn.md"]
    named = sorted(name for name, _ in found.problems)
    assert named == [".draft.md", "huge.md", "outside.md", "up"]
