"""What every source of documents gives: documents as they were found, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from adapters.knowledge.about import About
from adapters.knowledge.blocks import Block
from core.errors import BotError
from core.evidence import Document


class Kind(StrEnum):
    """The format of a document."""

    MARKDOWN = "markdown"
    HTML = "html"
    PDF = "pdf"
    DOCX = "docx"


MOST_BYTES = {
    Kind.MARKDOWN: 2_000_000,
    Kind.HTML: 10_000_000,
    Kind.PDF: 50_000_000,
    Kind.DOCX: 50_000_000,
}


class Unreadable(BotError):
    """A document cannot be used as it is; the text names it and the remedy."""

    code = "document_unreadable"

    def __init__(self, name: str, what: str, *, line: int = 0) -> None:
        super().__init__(f"{name}, line {line}: {what}" if line else f"{name}: {what}")


class SourceFailed(BotError):
    """A source cannot be read now; what was read before stays in use."""

    code = "source_failed"


@dataclass(frozen=True, slots=True)
class Article:
    """A document that was read.

    Args:
        links: Where it leads, as it is written.
        canonical: The address it says it has.
        listed: False when it asks not to be found by searching.
    """

    document: Document
    blocks: tuple[Block, ...]
    links: tuple[str, ...] = ()
    canonical: str = ""
    listed: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """A document as it was found, not yet read.

    Args:
        stamp: What tells this state of it from others without reading it.
        given: What is known of it from elsewhere.
        firm: What is given counts more than what the document says of itself.
        found: The day that stands for its last change when nothing better does.
        charset: What a server says it is written in.
    """

    document_id: str
    kind: Kind
    data: bytes
    stamp: str
    given: About
    found: date
    firm: bool = False
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is in the index."""

    digest: str
    stamp: str
    source: str
    updated: str = ""
    sketch: str = ""


Wanted = Callable[[Article], bool]


def always(_article: Article) -> bool:
    """Every article is wanted."""
    return True


class Shelf(Protocol):
    """Where a source puts what it finds; whatever it does not name again is forgotten."""

    @property
    def known(self) -> Mapping[str, Known]:
        """The documents of this source that are in the index, by id."""
        ...

    async def put(self, material: Material, wanted: Wanted = always) -> None:
        """Take a document, unless it is as it was, cannot be read, or is not wanted once read."""
        ...

    async def alive(self) -> None:
        """Say between documents that the reading goes on."""
        ...

    def stamp(self, document_id: str, stamp: str) -> None:
        """Remember this of a document that was just put, if it could be read."""
        ...

    def remembered(self, document_id: str) -> str:
        """What was remembered of a document, whichever source put it."""
        ...

    def same(self, document_id: str) -> None:
        """A document is there, and as it was."""
        ...

    def problem(self, text: str) -> None:
        """Something that somebody should mend."""
        ...

    def bad(self, document_id: str, why: str, *, stays: bool = True) -> None:
        """A document that cannot be used; its last good version ``stays``, or not."""
        ...

    def keep_rest(self) -> None:
        """Not everything could be seen: forget nothing."""
        ...


class Source(Protocol):
    """Documents that belong together.

    Args:
        source_id: The same for the same place, always.
        name: What people call it.
        every: Seconds between looks.
        variant: How it is to be read; when that changes it is read at once.
    """

    @property
    def source_id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def every(self) -> float: ...

    @property
    def variant(self) -> str: ...

    def holds(self, document_id: str) -> bool:
        """Whether a document that it once had may still be among its own."""
        ...

    async def read(self, shelf: Shelf) -> None:
        """Put every document on the shelf.

        Raises:
            SourceFailed: Nothing can be read now.
        """
        ...
