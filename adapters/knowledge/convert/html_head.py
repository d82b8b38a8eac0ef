"""What a page says of itself in its head."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from adapters.knowledge.visible import seen

DAY = re.compile(r"\s*(\d{4}-\d\d-\d\d)", re.ASCII)
UPDATED = ("last-modified", "article:modified_time", "og:updated_time", "dcterms.modified", "date")
LONGEST = 1_000  # characters of a value


@dataclass(frozen=True, slots=True)
class Head:
    """As ``Converted``."""

    title: str
    owner: str
    updated: str
    audience: str
    language: str
    keywords: tuple[str, ...]
    canonical: str
    base: str
    listed: bool


def read_head(page: LexborHTMLParser) -> Head:
    """The head of a page, each value one line of visible text."""
    meta = _meta(page)
    title = page.css_first("title")
    days = (DAY.match(meta.get(name, "")) for name in UPDATED)
    return Head(
        title=line(title.text()) if title is not None else "",
        owner=meta.get("owner", ""),
        updated=next((day.group(1) for day in days if day), ""),
        audience=meta.get("audience", ""),
        language=_attribute(page, "html", "lang"),
        keywords=tuple(filter(None, map(str.strip, meta.get("keywords", "").split(",")))),
        canonical=_attribute(page, "link[rel=canonical]", "href"),
        base=_attribute(page, "base", "href"),
        listed="noindex" not in meta.get("robots", "").casefold(),
    )


def line(text: str) -> str:
    """A value as one line."""
    return " ".join(seen(text[:LONGEST]).split())


def _meta(page: LexborHTMLParser) -> Mapping[str, str]:
    """The first value of every name."""
    found: dict[str, str] = {}
    for node in page.css("meta[content]"):
        name = node.attrs.sget("name") or node.attrs.sget("property")
        found.setdefault(name.casefold(), line(node.attrs.sget("content")))
    return found


def _attribute(page: LexborHTMLParser, selector: str, name: str) -> str:
    node = page.css_first(selector)
    return line(node.attrs.sget(name)) if node is not None else ""
