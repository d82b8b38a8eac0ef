"""What vectors add to a search, on every database, and that they follow the documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.knowledge.embed.embedder import Purpose
from adapters.knowledge.embed.embedding import Embedding
from adapters.knowledge.embed.questions import QuestionVectors
from adapters.knowledge.embed.vectors import (
    PgVectors,
    SqliteVectors,
    Vectors,
    has_pgvector,
    loads_sqlite_vec,
)
from adapters.knowledge.folder import FolderSource
from adapters.knowledge.library import Library, SyncReport
from adapters.knowledge.search import Meaning
from adapters.storage.database import Database
from adapters.storage.sqlite import SqliteDatabase
from core.evidence import Evidence
from tests.contract.given import retriever
from tests.contract.test_retriever import ARTICLES, EVERYONE, article
from tests.fakes.embedder import FakeEmbedder


class Hall:
    """A folder whose passages have vectors, and the search over it."""

    def __init__(self, folder: Path, database: Database, vectors: Vectors) -> None:
        self.folder, self.database, self.vectors = folder, database, vectors
        self.given(FakeEmbedder())

    def given(self, embedder: FakeEmbedder, within: float = 1.0) -> None:
        """From now on another model, as after a restart."""
        self.embedder = embedder
        self.library = Library(
            self.database, embedding=Embedding(self.database, embedder, self.vectors)
        )
        meaning = Meaning(QuestionVectors(embedder, within), self.vectors)
        self.retriever = retriever(self.database, meaning)

    async def put(self, name: str, content: str) -> SyncReport:
        (self.folder / name).write_text(content)
        return await self.sync()

    async def sync(self) -> SyncReport:
        return await self.library.sync([FolderSource(self.folder)])

    async def search(
        self, question: str, rights: frozenset[str] = EVERYONE, *earlier: str
    ) -> Evidence:
        return await self.retriever.search(question, rights, earlier=earlier)

    async def documents(
        self, question: str, rights: frozenset[str] = EVERYONE, *earlier: str
    ) -> list[str]:
        found = await self.search(question, rights, *earlier)
        return [passage.document.document_id for passage in found.passages]

    async def vectors_kept(self) -> int:
        rows = await self.database.read(lambda tx: tx.all("SELECT 1 AS x FROM passage_vector"))
        return len(rows)


@pytest.fixture
async def hall(tmp_path: Path, store: Database) -> Hall:
    """Four articles with their vectors, in a database of each kind."""
    if isinstance(store, SqliteDatabase):
        vectors: Vectors = SqliteVectors()
    else:
        assert await has_pgvector(store)
        vectors = PgVectors()
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / name).write_text(article(text))
    hall = Hall(folder, store, vectors)
    await hall.sync()
    return hall


async def test_what_no_word_says_is_found_by_what_it_means(hall: Hall) -> None:
    assert (await hall.documents("Urlaub"))[0] == "leave.md"
    assert (await hall.search("Urlaub")).confidence > (await hall.search("canteen menu")).confidence


async def test_words_still_count(hall: Hall) -> None:
    found = await hall.search("How many days of annual leave do I get?")

    assert found.found
    assert found.passages[0].document.document_id == "leave.md"


async def test_a_follow_up_means_what_was_asked_before(hall: Hall) -> None:
    assert (await hall.documents("in Porto?", EVERYONE, "Where can my vehicle stand?"))[
        0
    ] == "parking.md"


async def test_a57_vectors_find_only_what_may_be_read(hall: Hall) -> None:
    """Neither is it shown, nor does it crowd out what is."""
    for number in range(60):
        text = f"Wages of team {number} are paid monthly."
        (hall.folder / f"pay{number}.md").write_text(article(text, audience="hr"))
    await hall.put("bands.md", article("Remuneration and salary bands.", audience="everyone"))

    assert "bands.md" in await hall.documents("pay")
    assert not any(name.startswith("pay") for name in await hall.documents("pay"))
    assert any(name.startswith("pay") for name in await hall.documents("pay", EVERYONE | {"hr"}))


async def test_only_what_is_new_or_changed_is_embedded(hall: Hall) -> None:
    assert len(hall.embedder.embedded()) == 4
    await hall.sync()
    assert hall.embedder.embedded() == []

    await hall.put("bikes.md", article("Bikes are in the yard."))
    assert hall.embedder.embedded() == ["Bikes are in the yard"]

    two = "# A\n" + "One says this and that. " * 20 + "\n# B\n" + "Two says so and so. " * 20
    await hall.put("long.md", article(two, title="Long"))
    assert hall.embedder.embedded() == ["Long", "Long"]
    await hall.put("long.md", article(two.replace("Two says", "Two tells"), title="Long"))
    assert hall.embedder.embedded() == ["Long"]


async def test_another_model_embeds_everything_again(hall: Hall) -> None:
    hall.given(FakeEmbedder("another"))
    assert await hall.documents("Urlaub") == []

    await hall.sync()

    assert len(hall.embedder.embedded()) == 4
    assert await hall.vectors_kept() == 4
    assert (await hall.documents("Urlaub"))[0] == "leave.md"


async def test_a_model_that_fails_stops_neither_reading_nor_search(hall: Hall) -> None:
    """It is said, and made good at the next reading."""
    hall.embedder.failing = "The model sleeps."

    report = await hall.put("bikes.md", article("Bike racks are in the courtyard."))

    assert report.problems == (
        "The model sleeps. Until the next reading, words alone find what is new.",
    )
    assert await hall.documents("bike racks") == ["bikes.md"]
    hall.embedder.failing = ""
    assert (await hall.sync()).problems == ()
    assert await hall.vectors_kept() == 5


async def test_a_late_vector_is_not_waited_for(hall: Hall) -> None:
    hall.given(FakeEmbedder(slow=5.0), within=0.01)

    assert await hall.documents("parking in Lisbon") == ["parking.md"]


async def test_vectors_go_with_their_document(hall: Hall) -> None:
    await hall.put("leave.md", article("Holidays are booked in Fernbox."))
    assert await hall.vectors_kept() == 4
    for path in hall.folder.glob("*.md"):
        path.unlink()
    await hall.put("vpn.md", article("No text like before."))

    assert await hall.vectors_kept() == 1


async def test_vectors_of_another_length_are_passed_over(hall: Hall) -> None:
    """A service that changes its model behind the same name ends no search."""
    questions = QuestionVectors(hall.embedder)
    questions._kept["parking in Lisbon"] = [0.6, 0.8]
    hall.retriever = retriever(hall.database, Meaning(questions, hall.vectors))

    assert await hall.documents("parking in Lisbon") == ["parking.md"]


async def test_a_question_is_embedded_once_for_all_rights(hall: Hall) -> None:
    hall.embedder.log.clear()
    await hall.search("Urlaub")
    await hall.search("Urlaub", frozenset({"public"}))

    assert hall.embedder.log == [(Purpose.QUERY, "Urlaub")]


async def test_without_pgvector_words_alone_find_documents(pooled: Database) -> None:
    """A database that has the table but not the extension says so."""
    assert await has_pgvector(pooled)
    await pooled.write(lambda tx: tx.run("DROP EXTENSION vector"))
    meaning = Meaning(QuestionVectors(FakeEmbedder()), PgVectors())

    found = await retriever(pooled, meaning).search("parking", EVERYONE)

    assert found == Evidence()


@pytest.mark.skipif(not loads_sqlite_vec(), reason="this Python loads no SQLite extensions")
async def test_sqlite_vec_compares_where_it_can(hall: Hall) -> None:
    version = await hall.database.read(lambda tx: tx.one("SELECT vec_version() AS v"))

    assert version is not None
