"""An installation with an embedding model."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.knowledge.library import Library
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from bot.embedding import Embeddings, embedding_check
from bot.storage import Storage
from tests.conftest import OpenOffice
from tests.contract.test_retriever import article
from tests.fakes.chat import HOME
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.onnx_model import write_model

WORDS = {"leave": (1.0, 0.0, 0.0), "parking": (0.0, 1.0, 0.0)}


@pytest.mark.only_in_process("documents are read alike for every platform")
async def test_documents_get_vectors_and_the_check_says_so(
    open_office: OpenOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_model(tmp_path / "mini", WORDS, unknown=(0.0, 0.0, 0.1))
    monkeypatch.setenv("FRONTDESK_EMBEDDING_FOLDER", str(model))
    folder = tmp_path / "help"
    folder.mkdir()
    (folder / "leave.md").write_text(article("Annual leave is 25 days a year."))
    (folder / "parking.md").write_text(article("Book parking in Roomly."))
    office = await open_office(None, folder)

    checked = await office.person("alex").commands("check")
    thread = await office.person("sam").asks("How many days of annual leave do I get?")

    assert "\u2713 Embeddings: mini/" in checked
    assert "2 of 2 passages" in checked
    assert "25 days" in thread.posts[-1].text


async def test_a_database_that_compares_no_vectors_is_named_with_its_remedy(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "desk.db", prepare=upgrade_sqlite)
    check = embedding_check(
        Embeddings(FakeEmbedder(), None, None), Storage.alone(database), Library(database)
    )

    finding = await check(HOME)

    assert not finding.good
    assert "CREATE EXTENSION vector" in finding.found
    await database.close()
