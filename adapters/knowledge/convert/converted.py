"""What a document says, whatever format it came in."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.knowledge.blocks import Block


class NotConverted(Exception):
    """A document that cannot be read; the text says why and what to do, for its owner."""


@dataclass(frozen=True, slots=True)
class Converted:
    """The visible text of a document, and what it says of itself.

    Args:
        updated: A day as YYYY-MM-DD, or empty.
        links: Addresses it leads to, as they are written.
        canonical: The address it says it has.
        listed: False when it asks not to be found by searching.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    owner: str = ""
    updated: str = ""
    audience: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    canonical: str = ""
    listed: bool = True
