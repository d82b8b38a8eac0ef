"""Get a page within limits of size and time, every redirect checked like a first request."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from http import HTTPStatus
from typing import TypeVar

import httpx

from adapters.knowledge.source import MOST_BYTES, Kind
from adapters.knowledge.web import urls
from adapters.knowledge.web.addresses import (
    AddressRefused,
    Allows,
    CheckedTransport,
    Resolve,
    network,
)
from adapters.knowledge.web.addresses import resolve as by_system

SECONDS = 20.0  # for one page, redirects and all
MOST_REDIRECTS = 5
AGENT = "Frontdesk/0.1 (help desk assistant; reads pages that its administrators named)"
KINDS = {
    "text/html": Kind.HTML,
    "application/xhtml+xml": Kind.HTML,
    "text/markdown": Kind.MARKDOWN,
    "application/pdf": Kind.PDF,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Kind.DOCX,
}
GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
T = TypeVar("T")
Read = Callable[[str, httpx.Response], Awaitable[T]]


class FetchFailed(Exception):
    """A page that could not be read now; the text says why.

    Args:
        status: What the server answered, or 0.
    """

    def __init__(self, why: str, status: int = 0) -> None:
        self.status = status
        super().__init__(why)

    @property
    def gone(self) -> bool:
        """Whether there is no such page any more."""
        return self.status in GONE


class NoDocument(FetchFailed):
    """Something other than a document."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a server said of a page when it was read last."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page; ``data`` is None when it is as it was.

    Args:
        address: Where it was found in the end.
    """

    address: str
    data: bytes | None
    kind: Kind = Kind.HTML
    charset: str = ""
    seen: Seen = field(default_factory=Seen)
    listed: bool = True

    @property
    def day(self) -> str:
        """When its server says that it last changed, as YYYY-MM-DD, or empty."""
        try:
            return parsedate_to_datetime(self.seen.modified).date().isoformat()
        except (ValueError, TypeError):
            return ""


class Fetcher:
    """Gets pages.

    Args:
        allows: Which address may be connected to for which host.
        inner: What sends requests; the network unless a test says otherwise.
    """

    def __init__(
        self,
        allows: Allows,
        resolve: Resolve = by_system,
        inner: httpx.AsyncBaseTransport | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(inner or network(), allows, resolve),
            timeout=seconds,
            trust_env=False,
            headers={"User-Agent": AGENT, "Accept-Encoding": "identity"},
        )
        self._seconds = seconds

    async def get(self, address: str, seen: Seen = Seen()) -> Fetched:
        """A page of the site that its address belongs to.

        Raises:
            FetchFailed: It cannot be read.
        """
        headers = {"If-None-Match": seen.etag, "If-Modified-Since": seen.modified}
        asked = {name: value for name, value in headers.items() if value}
        return await self._follow(address, asked, partial(_read, before=seen))

    async def text(self, address: str, most: int) -> str:
        """A small text such as robots.txt, the part of it that may be read.

        Raises:
            FetchFailed: It cannot be read.
        """
        return await self._follow(address, {}, partial(_small, most=most))

    async def _follow(self, address: str, headers: Mapping[str, str], read: Read[T]) -> T:
        """Send a request, and the next one where a redirect leads."""
        at = address
        try:
            async with asyncio.timeout(self._seconds):
                for _ in range(MOST_REDIRECTS + 1):
                    async with self._client.stream("GET", at, headers=headers) as response:
                        if not response.has_redirect_location:
                            return await read(at, response)
                        at = _next(at, response.headers["Location"], address)
        except TimeoutError:
            raise FetchFailed(f"it took longer than {self._seconds:.0f} s.") from None
        except AddressRefused as error:
            raise FetchFailed(f"{error}, so it is not read.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchFailed(f"it cannot be reached ({type(error).__name__}).") from error
        raise FetchFailed("it redirects again and again.")

    async def close(self) -> None:
        await self._client.aclose()


def _next(at: str, location: str, first: str) -> str:
    """Where a redirect leads, if it stays on the site and as safe as it was."""
    there = urls.page(location, at)
    if not there:
        raise FetchFailed("it redirects to something that is no web address.")
    if urls.site(there) != urls.site(first):
        raise FetchFailed(f"it redirects to {urls.origin(there)}. Add that address instead.")
    if at.startswith("https:") and not there.startswith("https:"):
        raise FetchFailed("it redirects from https to http.")
    return there


async def _small(_at: str, response: httpx.Response, most: int) -> str:
    if response.status_code != HTTPStatus.OK:
        status = response.status_code
        raise FetchFailed(f"the server answers {status}.", status)
    return (await _body(response, most)).decode("utf-8", "replace")


async def _read(at: str, response: httpx.Response, before: Seen) -> Fetched:
    if response.status_code == HTTPStatus.NOT_MODIFIED and before != Seen():
        return Fetched(at, None, seen=before)
    if response.status_code != HTTPStatus.OK:
        raise FetchFailed(f"the server answers {response.status_code}.", response.status_code)
    type_, _, rest = response.headers.get("Content-Type", "").partition(";")
    kind = KINDS.get(type_.strip().casefold())
    if kind is None and at.endswith((".md", ".markdown")) and type_.startswith("text/plain"):
        kind = Kind.MARKDOWN
    if kind is None:
        raise NoDocument("it is neither HTML, Markdown, PDF nor Word.")
    headers = response.headers
    data = await _body(response, MOST_BYTES[kind], strict=True)
    return Fetched(
        at,
        data,
        kind,
        response.charset_encoding or "" if rest else "",
        Seen(headers.get("ETag", "")[:300], headers.get("Last-Modified", "")[:60]),
        listed="noindex" not in headers.get("X-Robots-Tag", "").casefold(),
    )


async def _body(response: httpx.Response, most: int, *, strict: bool = False) -> bytes:
    """What was sent, at most so much of it; ``strict``: more of it is an error."""
    if response.headers.get("Content-Encoding", "identity").casefold() != "identity":
        raise FetchFailed("it is sent compressed although that was not asked for.")
    data = bytearray()
    async for part in response.aiter_raw():
        data += part
        if len(data) > most:
            if strict:
                raise FetchFailed(f"it is larger than {most // 1_000_000} MB.")
            return bytes(data[:most])
    return bytes(data)
