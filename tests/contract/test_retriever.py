"""What every Retriever gives, and what the library behind it keeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from adapters.knowledge import postings, records
from adapters.knowledge.folder import FolderSource
from adapters.knowledge.library import Library, SyncReport
from adapters.knowledge.passages import Cut
from adapters.knowledge.question import ALONE_LEAST
from adapters.knowledge.ranking import Read
from adapters.knowledge.records import Edition
from adapters.storage.database import Database, Tx
from core.evidence import Document, Evidence
from core.ports import Retriever
from tests.contract.given import retriever

EVERYONE = frozenset({"public", "everyone"})
ARTICLES = {
    "vpn.md": "The VPN connects your laptop to internal systems. Open WireGuard, choose the "
    "profile AF-Home and press Activate. The VPN disconnects after twelve hours.",
    "leave.md": "Full-time employees get 25 days of annual leave per year. Request annual leave "
    "in Leafday. Your manager answers within five working days.",
    "wifi.md": "Join the AF-Guest Wi-Fi with a personal phone. The guest password changes every "
    "Monday and is shown on the screen at reception.",
    "parking.md": "The Lisbon office has twelve parking spaces. Book a parking space in Roomly up "
    "to seven days ahead. Parking is free for employees.",
}


def article(text: str, *, title: str = "", audience: str = "everyone") -> str:
    """An article as somebody would write it."""
    return (
        f"---\ntitle: {title or text.split('.')[0]}\nowner: Desk\nupdated: 2026-08-14\n"
        f"audience: {audience}\nkeywords: [help]\n---\n{text}\n"
    )


class Shelf:
    """A folder, the library that follows it, and the port under test."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder, self.database = folder, database
        self.library = Library(database)
        self.retriever: Retriever = retriever(database)

    async def put(self, name: str, content: str) -> SyncReport:
        (self.folder / name).write_text(content)
        return await self.sync()

    async def sync(self) -> SyncReport:
        return await self.library.sync([FolderSource(self.folder)])

    async def documents(
        self, question: str, rights: frozenset[str] = EVERYONE, earlier: Sequence[str] = ()
    ) -> list[str]:
        found = await self.retriever.search(question, rights, earlier=earlier)
        return [passage.document.document_id for passage in found.passages]


@pytest.fixture
async def shelf(tmp_path: Path, store: Database) -> Shelf:
    """Four articles, in a database of each kind."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(article(text))
    shelf = Shelf(folder, store)
    await shelf.sync()
    return shelf


async def test_the_passage_that_answers_comes_first_with_its_document(shelf: Shelf) -> None:
    found = await shelf.retriever.search("How many days of annual leave do I get?", EVERYONE)

    best = found.passages[0]
    assert found.found
    assert best.document.document_id == "leave.md"
    assert best.document.owner == "Desk"
    assert best.text == ARTICLES["leave.md"]


async def test_a_question_nobody_wrote_about_is_not_found(shelf: Shelf) -> None:
    """Weak evidence is said plainly: some words match, the answer is not there."""
    for question in ("What is the salary of employees in Lisbon?", "Is there a gym or a canteen?"):
        assert not (await shelf.retriever.search(question, EVERYONE)).found


async def test_a_follow_up_is_about_what_was_asked_before(shelf: Shelf) -> None:
    """The question before says what it is about; whether it is answered is for this one to say."""
    before = ("How do I get a parking space in Lisbon?",)

    assert (await shelf.documents("How many days ahead?", earlier=before))[0] == "parking.md"
    assert (await shelf.documents("guest password?", earlier=before))[0] == "wifi.md"
    assert await shelf.documents("How do I?", earlier=before) == []
    gym = await shelf.retriever.search("Is there a gym?", EVERYONE, earlier=before)
    assert not gym.found


async def test_common_words_are_looked_for_two_together(shelf: Shelf) -> None:
    """Where every passage says "locker", the two that say what else was asked are found."""

    for number in range(ALONE_LEAST // 50 + 1):
        cuts = [Cut("Lockers", f"Locker {number} {each} has a lock.") for each in range(50)]
        cuts[25] = Cut("Lockers", "A locker with a dent has a lock.")
        about = Document(f"lockers{number}", "Lockers", "", "", date.min, "everyone")
        await shelf.database.write(partial(records.add, edition=Edition("", about, tuple(cuts))))

    found = await shelf.retriever.search("locker lock with a dent", EVERYONE)
    assert "dent" in found.passages[0].text
    common = await shelf.retriever.search("which locker has a lock", EVERYONE)
    assert {passage.document.title for passage in common.passages} == {"Lockers"}


async def test_questions_that_come_while_words_are_counted_are_answered(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a start, or once a document has changed: nobody meets an index in the making."""
    count = postings._counted

    def slow(reads: Iterable[tuple[int, Read]]) -> dict[str, postings.Places]:
        time.sleep(0.05)
        return count(reads)

    monkeypatch.setattr(postings, "_counted", slow)
    for change in range(2):
        first = asyncio.create_task(shelf.documents("annual leave"))
        while not first.done():
            assert await shelf.documents("annual leave") == ["leave.md"]
            await asyncio.sleep(0)
        assert await first == ["leave.md"]
        await shelf.put("new.md", article(f"Lockers have {change} keys."))


async def test_a_large_collection_is_asked_word_by_word(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database's own index finds what counting every word finds."""
    questions = ("annual leave", "guest password of the wifi", "book a parking space", "laptops")
    whole = [await shelf.documents(each) for each in questions]
    monkeypatch.setattr(postings, "SMALL", 0)
    shelf.retriever = retriever(shelf.database)

    assert [await shelf.documents(each) for each in questions] == whole
    assert whole[0] == ["leave.md"]
    await shelf.put("leave.md", article("Sabbaticals take a year."))
    assert await shelf.documents("annual leave") == []
    assert await shelf.documents("sabbaticals") == ["leave.md"]


async def test_what_was_remembered_of_a_word_is_forgotten_when_an_article_changes(
    shelf: Shelf,
) -> None:
    """Also of the newest one, whose place in the index was the last."""
    await shelf.put("zebra.md", article("Zebra crossings are painted in May."))
    assert await shelf.documents("zebra crossings") == ["zebra.md"]
    assert await shelf.documents("okapi") == []

    await shelf.put("zebra.md", article("Okapi crossings are painted in May."))

    assert await shelf.documents("zebra") == []
    assert await shelf.documents("okapi crossings") == ["zebra.md"]


async def test_other_forms_and_spellings_of_a_word_are_found(shelf: Shelf) -> None:
    assert (await shelf.documents("requesting leaves"))[0] == "leave.md"
    assert (await shelf.documents("guest wifi"))[0] == "wifi.md"
    assert (await shelf.documents("GUEST WI-FI"))[0] == "wifi.md"
    assert (await shelf.documents("párking spáces"))[0] == "parking.md"


async def test_a57_a_document_is_found_only_with_its_audience(shelf: Shelf) -> None:
    await shelf.put("bands.md", article("Salary band five is for leads.", audience="managers"))

    assert await shelf.documents("salary band") == []
    assert await shelf.documents("salary band", EVERYONE | {"managers"}) == ["bands.md"]


async def test_a57_documents_one_may_not_read_do_not_crowd_out_the_others(shelf: Shelf) -> None:
    for number in range(60):
        text = f"Parking Lisbon parking spaces number {number}. Parking is booked by managers."
        (shelf.folder / f"secret{number}.md").write_text(article(text, audience="managers"))
    await shelf.sync()

    assert await shelf.documents("parking spaces in Lisbon") == ["parking.md"]


async def test_a58_a_document_whose_audience_changed_is_not_found(shelf: Shelf) -> None:
    """Rights are those of now: no index, cache or earlier search remembers the old ones."""
    assert await shelf.documents("annual leave") == ["leave.md"]

    async def revoke(tx: Tx) -> None:
        await tx.run(
            "UPDATE document SET audience = :audience WHERE document_id = :name",
            audience="hr",
            name="leave.md",
        )

    await shelf.database.write(revoke)

    assert await shelf.documents("annual leave") == []
    assert await shelf.documents("annual leave", frozenset({"hr"})) == ["leave.md"]


async def test_a58_an_article_rewritten_for_fewer_people_is_closed_by_the_next_sync(
    shelf: Shelf,
) -> None:
    report = await shelf.put("leave.md", article(ARTICLES["leave.md"], audience="hr"))

    assert (report.added, report.changed, report.removed) == (0, 1, 0)
    assert await shelf.documents("annual leave") == []


@pytest.mark.parametrize(
    "attack",
    [
        'leave" OR "vpn',
        "leave AND NOT vpn NEAR(leave, 5) -leave ^leave lea*",
        "title:leave {title text}: leave",
        "leave'; DROP TABLE passage; --",
        "% _ leave %",
        'leave """ ((( ',
        "leave \x00 \ud800 \u202e",
        "leave:audience IN (SELECT 1)",
    ],
)
async def test_a94_full_text_syntax_and_sql_are_just_words(shelf: Shelf, attack: str) -> None:
    await shelf.put("bands.md", article("Annual leave of managers.", audience="managers"))

    found = await shelf.documents(attack)

    assert "leave.md" in found
    assert "bands.md" not in found
    assert await shelf.documents("parking in Lisbon") == ["parking.md"]


@pytest.mark.parametrize("nothing", ["", "   ", "?!*", "how do I do this", "\u200b", "\x00"])
async def test_a_question_without_words_finds_nothing(shelf: Shelf, nothing: str) -> None:
    assert await shelf.retriever.search(nothing, EVERYONE) == Evidence()


async def test_without_rights_nothing_is_found(shelf: Shelf) -> None:
    assert await shelf.retriever.search("annual leave", frozenset()) == Evidence()


async def test_an_endless_question_is_answered_like_any_other(shelf: Shelf) -> None:
    question = "annual leave " + " ".join(f"noise{number}" for number in range(20_000))

    assert "leave.md" in await shelf.documents(question)


async def test_no_more_passages_are_given_than_asked_for(shelf: Shelf) -> None:
    found = await shelf.retriever.search("employees book days in Leafday or Roomly", EVERYONE, 1)

    assert len(found.passages) == 1


async def test_one_long_document_does_not_push_out_the_others(shelf: Shelf) -> None:
    sections = "\n".join(
        f"## Printer {number}\nThe printer in room {number} is reset with the green button. "
        + "Toner lies beside it, and paper is kept under the table nearby. " * 4
        for number in range(12)
    )
    await shelf.put("printers.md", article(sections, title="Printers"))
    await shelf.put("reset.md", article("Reset a printer with the green button and wait."))

    assert "reset.md" in await shelf.documents("how do I reset the printer")


async def test_a63_hidden_comments_and_invisible_signs_are_not_indexed(shelf: Shelf) -> None:
    await shelf.put(
        "kitchen.md",
        article("The kitchen is on floor two. <!-- unicorn --> Cof\u200bfee is free.", title="K"),
    )

    assert await shelf.documents("unicorn") == []
    assert await shelf.documents("coffee") == ["kitchen.md"]


async def test_a_second_sync_of_the_same_folder_changes_nothing(shelf: Shelf) -> None:
    report = await shelf.sync()

    assert report == SyncReport(documents=4, passages=4)


async def test_a_deleted_article_is_forgotten(shelf: Shelf) -> None:
    (shelf.folder / "leave.md").unlink()

    report = await shelf.sync()

    assert (report.documents, report.removed) == (3, 1)
    assert await shelf.documents("annual leave") == []


async def test_a_changed_article_is_found_by_its_new_words_only(shelf: Shelf) -> None:
    await shelf.put("leave.md", article("Holidays are booked in Fernbox."))

    assert await shelf.documents("Leafday") == []
    assert await shelf.documents("Fernbox") == ["leave.md"]


async def test_a_broken_article_is_named_while_the_others_load(shelf: Shelf) -> None:
    broken = article("Trams are free.").replace("2026-08-14", "14.8.26")
    (shelf.folder / "trams.md").write_text(broken)

    report = await shelf.put("bikes.md", article("Bike racks are in the courtyard."))

    assert report.problems == (
        "trams.md, line 4: 'updated' is '14.8.26'; write it as YYYY-MM-DD. It is not in use.",
    )
    assert await shelf.documents("bike racks") == ["bikes.md"]
    assert await shelf.documents("trams") == []


async def test_the_last_good_version_of_a_broken_article_stays(shelf: Shelf) -> None:
    report = await shelf.put("vpn.md", "---\ntitle: VPN\n---\nNew text.\n")

    (problem,) = report.problems
    assert problem.startswith("vpn.md, line 3: 'audience' is missing;")
    assert problem.endswith("Its last good version stays in use.")
    assert await shelf.documents("WireGuard profile") == ["vpn.md"]


async def test_a_missing_folder_is_one_clear_problem_and_loses_nothing(shelf: Shelf) -> None:
    shelf.folder.rename(shelf.folder.with_name("elsewhere"))

    report = await shelf.sync()

    (problem,) = report.problems
    assert "there is no such folder" in problem
    assert (report.documents, report.removed) == (4, 0)
    assert await shelf.documents("annual leave") == ["leave.md"]


async def test_many_articles_are_stored_and_forgotten_completely(shelf: Shelf) -> None:
    """More than one transaction's worth, in both directions."""
    for number in range(120):
        (shelf.folder / f"n{number}.md").write_text(article(f"Locker number{number} is blue."))

    grown = await shelf.sync()
    for path in shelf.folder.glob("n*.md"):
        path.unlink()
    shrunk = await shelf.sync()

    assert (grown.added, grown.documents) == (120, 124)
    assert (shrunk.removed, shrunk.documents, shrunk.passages) == (120, 4, 4)
    assert await shelf.documents("locker number7") == []
