"""A web page, or a site as far as it leads from a first page, as a source of documents."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from time import monotonic

import orjson

from adapters.knowledge.about import About
from adapters.knowledge.source import Article, Material, Shelf, SourceFailed
from adapters.knowledge.web import robots, urls
from adapters.knowledge.web.fetch import Fetched, Fetcher, FetchFailed, NoDocument, Seen
from adapters.knowledge.web.robots import Robots
from adapters.knowledge.web.shares import Share

PAUSE_SECONDS = 0.25  # between pages of a site that asks for nothing else
CRAWL_SECONDS = 900.0
LINKS_MOST = 500  # of a page that are remembered
CLIENT_ERRORS = range(400, 500)


@dataclass(frozen=True, slots=True)
class PageSource:
    """The pages that links lead to from one address, on the same site.

    Args:
        pages: How many at most; one is the page itself.
        depth: How many links away from it.
        every: Seconds between looks.
        share: What other sources leave to it.
    """

    fetcher: Fetcher
    address: str
    audience: str
    owner: str = ""
    pages: int = 1
    depth: int = 2
    every: float = 6 * 3600.0
    share: Share = field(default_factory=Share)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    @property
    def source_id(self) -> str:
        """For other readers it is another source: nothing read for more of them is kept."""
        return f"web:{self.address} {self.audience}"

    @property
    def variant(self) -> str:
        return f"{self.pages} {self.depth} {self.owner} {self.share.key}"

    def holds(self, document_id: str) -> bool:
        return self.share.holds(document_id)

    @property
    def name(self) -> str:
        return self.address

    async def read(self, shelf: Shelf) -> None:
        await _Crawl(self, shelf, await self._robots()).run()

    async def _robots(self) -> Robots:
        """What the site asks of us; no file, no wishes."""
        try:
            text = await self.fetcher.text(
                f"{urls.origin(self.address)}/robots.txt", robots.MOST_BYTES
            )
        except FetchFailed as error:
            if error.status in CLIENT_ERRORS:
                return Robots()
            why = str(error).rstrip(".")
            raise SourceFailed(
                f"{self.address}: the site's robots.txt cannot be read ({why}). "
                "What was read before stays in use."
            ) from error
        return robots.parse(text)


@dataclass(slots=True)
class _Crawl:
    """One walk through the pages, nearest first."""

    source: PageSource
    shelf: Shelf
    rules: Robots
    waiting: deque[tuple[str, int]] = field(default_factory=deque)
    met: set[str] = field(default_factory=set)
    read: int = 0

    async def run(self) -> None:
        first, until = self.source.address, monotonic() + CRAWL_SECONDS
        if not self.rules.allow(urls.below(first)):
            raise SourceFailed(f"{first}: the site's robots.txt asks us not to read it.")
        self._meet([first], 0)
        while self.waiting and self.read < self.source.pages:
            if monotonic() > until:
                self.shelf.keep_rest()
                self.shelf.problem(f"{first}: there was no time for all of its pages.")
                return
            if self.read:
                await self.source.sleep(self.rules.delay or PAUSE_SECONDS)
            await self.shelf.alive()
            await self._visit(*self.waiting.popleft())
        if self.waiting and self.source.pages > 1:
            self.shelf.problem(f"{first}: it has more than the {self.source.pages} pages allowed.")

    async def _visit(self, address: str, depth: int) -> None:
        """Read a page, and note where it leads."""
        known = self.shelf.known.get(address)
        before = _Stamp.parse(known.stamp if known else "")
        seen = before.seen if before.owner == self.source.owner else Seen()
        try:
            fetched = await self.source.fetcher.get(address, seen)
        except FetchFailed as error:
            self._failed(address, error, first=depth == 0)
            return
        if fetched.address != address and not self._moved(fetched.address):
            return
        self.read += 1
        if fetched.data is None:
            self.shelf.same(address)
            self._meet(before.links, depth + 1)
            return
        links = await self._take(fetched, fetched.data)
        self._meet(links, depth + 1)

    async def _take(self, fetched: Fetched, data: bytes) -> tuple[str, ...]:
        """Put a page on the shelf; where it leads."""
        address = fetched.address
        links = _Stamp.parse(self.shelf.remembered(address)).links

        def wanted(article: Article) -> bool:
            nonlocal links
            links = _followed(address, article)
            return fetched.listed and article.listed and self._own(address, article)

        await self.shelf.put(self._material(fetched, data), wanted)
        self.shelf.stamp(address, _Stamp(fetched.seen, links, self.source.owner).text())
        return links

    def _material(self, fetched: Fetched, data: bytes) -> Material:
        about = About(link=fetched.address, owner=self.source.owner, audience=self.source.audience)
        day = fetched.day
        return Material(
            fetched.address,
            fetched.kind,
            data,
            stamp="",
            given=about,
            found=date.fromisoformat(day) if day else datetime.now(UTC).date(),
            firm=True,
            charset=fetched.charset,
        )

    def _own(self, address: str, article: Article) -> bool:
        """Whether a page is not another one under a second address; that one is met, too."""
        other = urls.page(article.canonical, address) if article.canonical else ""
        if not other or other == address or urls.site(other) != urls.site(address):
            return True
        if self.source.pages == 1:
            return True  # it is the only one that may be read
        self._meet([other], 1)
        return other not in self.met

    def _moved(self, address: str) -> bool:
        """Whether the page that another address leads to is new, and may be read."""
        new = address not in self.met and self._mine(address)
        self.met.add(address)
        return new

    def _mine(self, address: str) -> bool:
        """Whether the site lets us read a page, and it is not another source's."""
        return self.source.share.holds(address) and self.rules.allow(urls.below(address))

    def _failed(self, address: str, error: FetchFailed, *, first: bool) -> None:
        if error.gone and self.source.pages == 1:
            self.shelf.problem(f"{address}: there is no such page any more. Remove the source.")
            return
        if first:
            raise SourceFailed(f"{address}: {error} What was read before stays in use.") from error
        if isinstance(error, NoDocument) or error.gone:
            return
        self.shelf.bad(address, str(error))
        self.shelf.keep_rest()

    def _meet(self, addresses: tuple[str, ...] | list[str], depth: int) -> None:
        """Note pages that are new, on this site, near enough and not forbidden."""
        if depth > self.source.depth:
            return
        here = urls.site(self.source.address)
        for address in addresses:
            if address in self.met or urls.site(address) != here:
                continue
            self.met.add(address)
            if self._mine(address):
                self.waiting.append((address, depth))


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What is remembered of a page besides its text."""

    seen: Seen = field(default_factory=Seen)
    links: tuple[str, ...] = ()
    owner: str = ""

    @classmethod
    def parse(cls, text: str) -> _Stamp:
        if not text.startswith("{"):
            return cls()
        said = orjson.loads(text)
        return cls(Seen(said["etag"], said["modified"]), tuple(said["links"]), said["owner"])

    def text(self) -> str:
        seen = {"etag": self.seen.etag, "modified": self.seen.modified}
        return orjson.dumps({**seen, "links": self.links, "owner": self.owner}).decode()


def _followed(address: str, article: Article) -> tuple[str, ...]:
    """The pages that a page leads to, on its own site."""
    here = urls.site(address)
    found = (urls.page(link, address) for link in article.links)
    good = (each for each in found if each and urls.site(each) == here and urls.may_be_page(each))
    return tuple(dict.fromkeys(good))[:LINKS_MOST]
