"""What documents say differently is shown as that, each with its age."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import OpenOffice

ARTICLE = (
    "---\ntitle: {title}\nowner: People\nupdated: {updated}\naudience: {audience}\n---\n"
    "# {title}\n{text}\n"
)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Two articles on one matter."""
    folder = tmp_path / "articles"
    folder.mkdir()
    old = "Full-time employees get 23 days of annual leave. Carry-over ends in March."
    new = "Full-time employees get 25 days of annual leave. Request it in Leafday."
    for title, updated, text in (("Leave", "2026-10-01", new), ("Handbook", "2023-02-01", old)):
        (folder / f"{title}.md").write_text(
            ARTICLE.format(title=title, updated=updated, audience="everyone", text=text)
        )
    return folder


async def test_two_documents_that_disagree_are_both_quoted(
    open_office: OpenOffice, shelf: Path
) -> None:
    """The newer first; how old they are is said."""
    office = await open_office(knowledge=shelf)
    sam = office.person("sam")

    thread = await sam.asks("How many days of annual leave do full-time employees get?")

    shown = thread.posts[-1].text
    assert "The documents disagree. Leave (Updated 1 Oct 2026" in shown
    assert "“Full-time employees get 25 days of annual leave.”" in shown
    assert "Handbook (Updated 1 Feb 2023, over a year ago): “Full-time employees get 23" in shown
