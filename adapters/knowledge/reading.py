"""From a document as it was found to one that can be cut into passages."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import PurePosixPath

from adapters.knowledge.about import About
from adapters.knowledge.articles import read_article
from adapters.knowledge.convert.converted import Converted, NotConverted
from adapters.knowledge.convert.sandbox import Sandbox
from adapters.knowledge.fields import LANGUAGE, LONGEST_VALUE, MOST_KEYWORDS
from adapters.knowledge.language import ENGLISH, language_of
from adapters.knowledge.source import Article, Kind, Material, Unreadable
from core.evidence import Document

AT_ONCE = 2  # processes that convert
NO_AUDIENCE = (
    "nothing says who may read it. Write 'audience: everyone' (or public, or a group) into "
    "{name}.yml beside it, or into an _about.yml of its folder."
)


class Reader:
    """Reads documents: Markdown in a thread, other formats in processes of their own."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def read(self, material: Material) -> Article:
        """The document with its text.

        Raises:
            Unreadable: It cannot be used as it is.
        """
        name = material.document_id
        if material.kind is Kind.MARKDOWN and not material.firm:
            return await asyncio.to_thread(read_article, name, material.data, material.given)
        kind = f"{material.kind};{material.charset}"
        try:
            async with self._turns:
                converted = await self._sandbox.convert(kind, material.data)
        except NotConverted as error:
            raise Unreadable(name, str(error)) from error
        return _article(material, converted)


def _article(material: Material, converted: Converted) -> Article:
    own = About(
        title=converted.title[:LONGEST_VALUE],
        owner=converted.owner[:LONGEST_VALUE],
        updated=date.fromisoformat(converted.updated) if _is_day(converted.updated) else None,
        audience="" if material.firm else converted.audience,
        keywords=converted.keywords[:MOST_KEYWORDS],
    )
    about = material.given.over(own) if material.firm else own.over(material.given)
    if not about.audience:
        file = PurePosixPath(material.document_id).name
        raise Unreadable(material.document_id, NO_AUDIENCE.format(name=file))
    document = Document(
        document_id=material.document_id,
        title=about.title or _stem(material.document_id),
        link=about.link,
        owner=about.owner,
        updated=about.updated or material.found,
        audience=about.audience,
        language=about.language or _language(converted),
        keywords=about.keywords,
    )
    return Article(
        document, converted.blocks, converted.links, converted.canonical, converted.listed
    )


def _language(converted: Converted) -> str:
    """What its words say, because claims are often wrong; else what it claims."""
    heard = language_of(converted.blocks)
    claimed = converted.language if LANGUAGE.fullmatch(converted.language) else ""
    return claimed if claimed.startswith(heard) and claimed else heard or ENGLISH


def _is_day(text: str) -> bool:
    try:
        return bool(text and date.fromisoformat(text))
    except ValueError:
        return False


def _stem(name: str) -> str:
    """A title for a document that has none, from the name of its file."""
    stem = PurePosixPath(name).stem.replace("_", " ").replace("-", " ").strip()
    return stem[:1].upper() + stem[1:] or name
