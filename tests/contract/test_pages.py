"""What reading web pages gives, against a site on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest_asyncio
from aiohttp import web

from adapters.knowledge.library import Library, SyncReport
from adapters.knowledge.search import DocumentRetriever
from adapters.knowledge.web.fetch import Fetcher
from adapters.knowledge.web.pages import PAUSE_SECONDS, PageSource
from adapters.knowledge.web.shares import share
from adapters.storage.sqlite import SqliteDatabase
from core.evidence import Document
from tests.contract.given import retriever
from tests.fakes.documents import Line, pdf
from tests.fakes.site import Site, html, redirect, tagged

EVERYONE = frozenset({"public", "everyone"})


@dataclass
class Reader:
    """A library that reads the site."""

    site: Site
    library: Library
    retriever: DocumentRetriever
    fetcher: Fetcher
    source: PageSource
    pauses: list[float] = field(default_factory=list)

    async def sync(self, **changes: object) -> SyncReport:
        source = replace(self.source, **changes)  # type: ignore[arg-type]
        return await self.library.sync([source])

    async def found(self, question: str) -> list[Document]:
        evidence = await self.retriever.search(question, EVERYONE)
        return [passage.document for passage in evidence.passages]

    async def paths(self, question: str) -> list[str]:
        start = self.site.url("/")
        return ["/" + each.document_id.removeprefix(start) for each in await self.found(question)]


@pytest_asyncio.fixture
async def reader(sqlite_path: Path) -> AsyncIterator[Reader]:
    database = SqliteDatabase(sqlite_path)
    site = await Site().start()
    fetcher = site.fetcher()
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    source = PageSource(fetcher, site.url("/"), "everyone", "IT", pages=20, sleep=sleep)
    yield Reader(site, Library(database), retriever(database), fetcher, source, pauses)
    await fetcher.close()
    await site.stop()
    await database.close()


async def test_a_site_is_read_as_far_as_its_links_lead(reader: Reader) -> None:
    """On the site, near enough, no more pages than allowed; each with its own address."""
    reader.site.pages |= {
        "/": '<h1>Help</h1><a href="/vpn">V</a> <a href="deep/1#x">D</a>'
        '<a href="https://elsewhere.example/">E</a><a href="/logo.png">L</a>',
        "/vpn": '<html lang="en"><h1>VPN</h1><p>Open WireGuard.</p><a href="/">Home</a>',
        "/deep/1": '<p>Level one.</p><a href="2">next</a>',
        "/deep/2": '<p>Level two.</p><a href="3">next</a>',
        "/deep/3": "<p>Level three.</p>",
    }

    report = await reader.sync()

    assert reader.site.asked == ["/robots.txt", "/", "/vpn", "/deep/1", "/deep/2"]
    assert report.problems == ()
    (vpn,) = await reader.found("WireGuard")
    assert (vpn.link, vpn.owner, vpn.audience) == (reader.site.url("/vpn"), "IT", "everyone")
    assert reader.pauses == [PAUSE_SECONDS] * 3
    assert set(reader.site.looked_up) == {"help.example"}

    (told,) = (await reader.sync(pages=2)).problems
    assert told.endswith("it has more than the 2 pages allowed.")


async def test_a_page_alone_is_read_alone(reader: Reader) -> None:
    reader.site.pages |= {"/": '<p>Words.</p><a href="/vpn">V</a>', "/vpn": "<p>WireGuard"}

    assert (await reader.sync(pages=1)).problems == ()
    assert reader.site.asked == ["/robots.txt", "/"]


async def test_what_did_not_change_is_not_sent_again(reader: Reader) -> None:
    """By its tag; its links are remembered, and its date is the server's."""
    reader.site.pages |= {
        "/": tagged('<p>Start.</p><a href="/vpn">V</a>', '"1"'),
        "/vpn": tagged("<p>Open WireGuard.", '"2"'),
    }
    await reader.sync()
    reader.site.log.clear()

    assert await reader.sync() == SyncReport(documents=2, passages=2)

    assert [headers.get("If-None-Match") for _, headers in reader.site.log[1:]] == ['"1"', '"2"']
    (vpn,) = await reader.found("WireGuard")
    assert vpn.updated == date(2026, 8, 14)


async def test_a_page_that_is_gone_goes(reader: Reader) -> None:
    """And one that fails stays, and what only it leads to stays as well."""
    reader.site.pages |= {
        "/": '<a href="/vpn">V</a><a href="/wifi">W</a>',
        "/vpn": '<p>WireGuard.</p><a href="/more">M</a>',
        "/more": "<p>Tunnels.",
        "/wifi": "<p>AF-Guest.",
    }
    await reader.sync()
    del reader.site.pages["/wifi"]

    assert (await reader.sync()).removed == 1

    reader.site.pages["/vpn"] = _broken
    report = await reader.sync()
    assert report.problems == (
        f"{reader.site.url('/vpn')}: the server answers 500. Its last good version stays in use.",
    )
    assert await reader.paths("tunnels") == ["/more"]
    assert await reader.paths("WireGuard") == ["/vpn"]


async def _broken(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def test_a_site_that_is_down_keeps_what_was_read(reader: Reader) -> None:
    reader.site.pages["/"] = "<p>WireGuard."
    await reader.sync()
    reader.site.pages["/robots.txt"] = _broken

    (told,) = (await reader.sync()).problems

    assert "robots.txt cannot be read (the server answers 500)" in told
    assert await reader.paths("WireGuard") == ["/"]


async def test_robots_txt_is_kept_to(reader: Reader) -> None:
    """Pages, pauses, and pages that ask not to be found."""
    reader.site.pages |= {
        "/robots.txt": "User-agent: *\nDisallow: /secret\nCrawl-delay: 3\n",
        "/": '<a href="/secret/1">S</a><a href="/quiet">Q</a><a href="/loud">L</a>',
        "/secret/1": "<p>Secret.",
        "/quiet": '<meta name="robots" content="noindex"><p>Quiet words.</p><a href="/next">N</a>',
        "/loud": _unlisted,
        "/next": "<p>Next.",
    }

    await reader.sync()

    assert "/secret/1" not in reader.site.asked
    assert "/next" in reader.site.asked
    assert await reader.paths("quiet words") == []
    assert await reader.paths("loud") == []
    assert set(reader.pauses) == {3.0}

    reader.site.pages["/robots.txt"] = "User-agent: Frontdesk\nDisallow: /\n"
    (told,) = (await reader.sync()).problems
    assert told.endswith("robots.txt asks us not to read it.")


async def _unlisted(_request: web.Request) -> web.StreamResponse:
    return html("<p>Loud words.", X_Robots_Tag="noindex")


async def test_one_page_under_two_addresses_is_one_document(reader: Reader) -> None:
    """By redirect or by the address it says it has."""
    reader.site.pages |= {
        "/": '<a href="/old">1</a><a href="/vpn?from=menu">2</a>',
        "/old": redirect("/vpn"),
        "/vpn?from=menu": '<link rel="canonical" href="/vpn"><p>Open WireGuard.',
        "/vpn": '<link rel="canonical" href="/vpn"><p>Open WireGuard.',
    }

    await reader.sync()

    assert await reader.paths("WireGuard") == ["/vpn"]


async def test_a63_a_page_does_not_choose_its_readers(reader: Reader) -> None:
    """Nor its link or owner: the admin who named it did."""
    reader.site.pages["/"] = (
        '<meta name="audience" content="public"><meta name="owner" content="CEO">'
        "<p>Salary bands.</p>"
    )
    await reader.sync(audience="managers")

    assert await reader.found("salary bands") == []


async def test_documents_on_a_site_are_read_too(reader: Reader) -> None:
    async def handbook(_request: web.Request) -> web.StreamResponse:
        data = pdf([Line("Leave", 20), Line("25 days of leave.")], title="Leave rules")
        return web.Response(body=data, content_type="application/pdf")

    reader.site.pages |= {"/": '<a href="/leave.pdf">L</a>', "/leave.pdf": handbook}

    await reader.sync()

    (leave,) = await reader.found("days of leave")
    assert leave.title == "Leave rules"


async def test_the_same_words_in_another_wrapping_keep_their_day(reader: Reader) -> None:
    """Many pages differ each time they are sent; nobody says when they changed."""
    words = "<p>" + "Every word of this page is as it was, only its token differs. " * 4
    reader.site.pages["/"] = f"{words}<!-- token 1 -->"
    await reader.sync(pages=1)
    database = reader.library._database
    await database.write(lambda tx: tx.run("UPDATE document SET updated = '2026-01-05'"))
    reader.site.pages["/"] = f"{words}<!-- token 2 -->"

    assert (await reader.sync(pages=1)).changed == 1

    assert (await reader.found("token differs"))[0].updated == date(2026, 1, 5)


async def test_a57_a_page_named_for_fewer_is_not_read_for_more_on_the_way_past(
    reader: Reader,
) -> None:
    """Nor is a folder of the site that another source reads; the nearest counts."""
    site = reader.site
    site.pages |= {
        "/": '<a href="/vpn">V</a><a href="/pay">P</a><a href="/hr/">H</a><a href="/hr/x">X</a>',
        "/vpn": "<p>WireGuard.",
        "/pay": "<p>Salary bands.",
        "/hr/": '<p>Personnel.</p><a href="/hr/x">X</a><a href="/vpn">V</a>',
        "/hr/x": "<p>Disciplinary rules.",
    }
    await reader.sync()
    assert await reader.paths("salary bands") == ["/pay"]
    named = [(site.url("/"), True), (site.url("/pay"), False), (site.url("/hr/"), True)]

    def source(path: str, audience: str, pages: int) -> PageSource:
        mine = share(site.url(path), named)
        changed = {"address": site.url(path), "audience": audience, "pages": pages, "share": mine}
        return replace(reader.source, **changed)  # type: ignore[arg-type]

    sources = [source("/", "everyone", 20), source("/pay", "managers", 1), source("/hr/", "hr", 20)]
    assert await reader.library.abandon(sources) == 3  # at once, before anything is read anew
    await reader.library.sync(sources)

    assert await reader.paths("WireGuard") == ["/vpn"]
    for question in ("salary bands", "personnel", "disciplinary rules"):
        assert await reader.paths(question) == []
    documents, _ = await reader.library.totals()
    assert documents == 5
