"""What is wrong with the settings of an embedding model, looked at as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.settings import Settings


def embedding_problem(settings: Settings) -> str:
    """A model is in a folder or behind an address, whole or not at all."""
    if settings.embedding_folder and settings.embedding_url:
        return "Set FRONTDESK_EMBEDDING_FOLDER or FRONTDESK_EMBEDDING_URL, not both"
    if settings.embedding_url:
        if not settings.embedding_model:
            return (
                "FRONTDESK_EMBEDDING_MODEL is not set; FRONTDESK_EMBEDDING_URL needs it, as in"
                " voyage-4"
            )
        return ""
    hosted = {
        "FRONTDESK_EMBEDDING_MODEL": settings.embedding_model,
        "FRONTDESK_EMBEDDING_KEY": settings.embedding_key,
        "FRONTDESK_EMBEDDING_SIZE": settings.embedding_size,
    }
    given = [name for name, value in hosted.items() if value]
    if given:
        return f"{' and '.join(given)} without FRONTDESK_EMBEDDING_URL does nothing; set it as well"
    return ""
