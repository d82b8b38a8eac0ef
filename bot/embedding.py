"""Wire the embedding model of an installation; without one nothing of it is imported."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.knowledge.embed.embedder import Embedder, EmbeddingFailed, Purpose
from adapters.knowledge.embed.embedding import Embedding
from adapters.knowledge.embed.questions import QuestionVectors
from adapters.knowledge.embed.vectors import SqliteVectors, loads_sqlite_vec
from adapters.knowledge.library import Library
from adapters.knowledge.search import Meaning
from adapters.redact.discreet_embedder import DiscreetEmbedder
from bot.checks import Check, Finding
from bot.settings import Settings
from bot.storage import Storage
from core.errors import SettingsError
from core.ids import WorkspaceKey

NAME = "Embeddings"
NO_PGVECTOR = (
    "this PostgreSQL cannot compare vectors. Install pgvector there, have an administrator of the"
    " database run CREATE EXTENSION vector, and restart; words alone find documents meanwhile"
)
BY_PYTHON = "; compared by Python itself, as this one loads no SQLite extension"


@dataclass(frozen=True, slots=True)
class Embeddings:
    """An embedding model at work.

    Args:
        meaning, embedding: How vectors are searched and made; None where the database cannot.
    """

    embedder: Embedder
    meaning: Meaning | None
    embedding: Embedding | None


def embedder(settings: Settings) -> Embedder | None:
    """The model of the settings, if there is one.

    Raises:
        SettingsError: It cannot be used.
    """
    if settings.embedding_folder is not None:
        try:
            from adapters.knowledge.embed.local import LocalEmbedder
        except ImportError as error:
            raise SettingsError(
                "FRONTDESK_EMBEDDING_FOLDER needs more packages: pip install"
                " 'frontdesk-bot[embeddings]'."
            ) from error
        return LocalEmbedder(settings.embedding_folder)
    if settings.embedding_url:
        from adapters.knowledge.embed.hosted import HostedEmbedder

        key = settings.embedding_key.get_secret_value() if settings.embedding_key else ""
        return DiscreetEmbedder(
            HostedEmbedder(
                settings.embedding_url, settings.embedding_model, key, settings.embedding_size
            )
        )
    return None


def embeddings(settings: Settings, storage: Storage) -> Embeddings | None:
    """The model of the settings over what the database can do."""
    model, vectors = embedder(settings), storage.vectors
    if model is None:
        return None
    if vectors is None:
        return Embeddings(model, None, None)
    return Embeddings(
        model,
        Meaning(QuestionVectors(model), vectors),
        Embedding(storage.database, model, vectors),
    )


def embedding_check(found: Embeddings, storage: Storage, library: Library) -> Check:
    """Whether vectors are made and searched."""

    async def check(_workspace: WorkspaceKey) -> Finding:
        name = found.embedder.name
        if found.embedding is None:
            return Finding(NAME, good=False, found=f"{name}, but {NO_PGVECTOR}")
        tried = await _tried(found.embedder)
        if not tried.good:
            return tried
        _, passages = await library.totals()
        done = f"{name}, {await found.embedding.embedded()} of {passages} passages"
        slow = isinstance(storage.vectors, SqliteVectors) and not loads_sqlite_vec()
        return Finding(NAME, good=True, found=done + BY_PYTHON * slow)

    return check


async def standalone(settings: Settings) -> list[Finding]:
    """The check of the model alone; nothing where none is configured."""
    model = embedder(settings)
    if model is None:
        return []
    try:
        return [await _tried(model)]
    finally:
        await model.close()


async def _tried(model: Embedder) -> Finding:
    try:
        await model.embed(["Hello!"], Purpose.QUERY)
    except EmbeddingFailed as error:
        return Finding(NAME, good=False, found=f"{error} Words alone find documents meanwhile")
    return Finding(NAME, good=True, found=f"{model.name} answers")
