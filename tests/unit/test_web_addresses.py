"""Which addresses may be read, and that no name leads anywhere else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from aiohttp import web

from adapters.knowledge.web import urls
from adapters.knowledge.web.addresses import CheckedTransport, network, only_public, resolve
from adapters.knowledge.web.fetch import Fetcher, FetchFailed
from tests.bench.certificate import write_certificate
from tests.fakes.site import LOOPBACK, Site, html, redirect

INNER = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.7",
    "172.16.3.4",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
]


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    site = await Site().start()
    yield site
    await site.stop()


async def failure(fetcher: Fetcher, address: str) -> str:
    """Why a page is not read."""
    with pytest.raises(FetchFailed) as caught:
        await fetcher.get(address)
    await fetcher.close()
    return str(caught.value)


@pytest.mark.parametrize("address", INNER)
def test_a95_an_inner_address_is_refused(address: str) -> None:
    assert not only_public()("help.example", ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "8.8.8.8"])
def test_a_public_address_is_read(address: str) -> None:
    assert only_public()("help.example", ip_address(address))


def test_a_host_of_the_intranet_may_be_private_but_never_this_machine() -> None:
    allows = only_public(frozenset({"wiki.corp.example"}))

    assert allows("wiki.corp.example", ip_address("10.1.2.3"))
    assert not allows("other.corp.example", ip_address("10.1.2.3"))
    for address in ("127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "0.0.0.0"):
        assert not allows("wiki.corp.example", ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "localhost"]
)
async def test_a95_no_spelling_of_this_machine_is_read(site: Site, host: str) -> None:
    """The system's own resolver says what they mean; nothing is connected to."""
    fetcher = Fetcher(only_public(), resolve)

    assert "not public" in await failure(fetcher, site.url("/", host))
    assert site.log == []


async def test_a95_a_name_is_resolved_once_and_connected_to_as_judged(site: Site) -> None:
    """DNS rebinding: a name that answers with this machine the second time gains nothing."""
    site.names["evil.example"] = ["192.0.2.1", LOOPBACK]
    reached: list[str] = []

    class Network(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            reached.append(request.url.host)
            assert request.headers["Host"].startswith("evil.example")
            words = httpx.ByteStream(b"<p>x")
            return httpx.Response(200, stream=words, headers={"Content-Type": "text/html"})

    fetcher = Fetcher(
        lambda host, address: address.is_global or str(address) == "192.0.2.1",
        site._resolve,
        inner=Network(),
    )
    await fetcher.get(site.url("/", "evil.example"))
    assert (reached, site.looked_up) == (["192.0.2.1"], ["evil.example"])

    assert "not public" in await failure(fetcher, site.url("/", "evil.example"))
    assert reached == ["192.0.2.1"]


async def test_a95_one_inner_address_among_several_spoils_a_name() -> None:
    async def both(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    assert "not public" in await failure(Fetcher(only_public(), both), "http://evil.example/")


@pytest.mark.parametrize(
    ("location", "told"),
    [
        ("http://169.254.169.254/latest/meta-data/", "it redirects to http://169.254.169.254"),
        ("https://evil.example/", "it redirects to https://evil.example. Add that address"),
        ("http://help.example.evil.example/", "it redirects to"),
        ("http://help.example@evil.example/", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("gopher://help.example/", "no web address"),
        ("/", "again and again"),
    ],
)
async def test_a95_a_redirect_is_checked_like_a_first_request(
    site: Site, location: str, told: str
) -> None:
    site.pages["/"] = redirect(location)

    assert told in await failure(site.fetcher(), site.url())
    assert set(site.asked) == {"/"}


async def test_a95_a_redirect_is_resolved_again(site: Site) -> None:
    """On the same site, to the same name, which now leads to this machine."""
    site.names["help.example"] = [LOOPBACK, "10.0.0.1"]
    site.pages["/"] = redirect("/inner")

    assert "not public" in await failure(site.fetcher(), site.url())
    assert site.asked == ["/"]


async def endless(request: web.Request) -> web.StreamResponse:
    """A page without end."""
    response = web.StreamResponse(headers={"Content-Type": "text/html"})
    await response.prepare(request)
    try:
        while True:
            await response.write(b"x" * 1_000_000)
    except ConnectionError:
        return response


async def stuck(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def squeezed(_request: web.Request) -> web.StreamResponse:
    response = html("<p>bomb")
    response.enable_compression(web.ContentCoding.gzip)
    return response


async def picture(_request: web.Request) -> web.StreamResponse:
    return web.Response(body=b"\x89PNG", content_type="image/png")


async def broken(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (endless, "it is larger than 10 MB"),
        (stuck, "it took longer than"),
        (squeezed, "sent compressed"),
        (picture, "neither HTML, Markdown, PDF nor Word"),
        (broken, "the server answers 500"),
    ],
)
async def test_a95_a_page_has_bounds_of_size_time_and_kind(
    site: Site, answer: object, told: str
) -> None:
    site.pages["/"] = answer  # type: ignore[assignment]

    assert told in await failure(site.fetcher(seconds=0.7), site.url())


async def test_the_name_is_what_tls_checks(tmp_path: Path) -> None:
    """Although the connection is made to an address."""
    certificate, key = write_certificate(tmp_path)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    runner = web.AppRunner(web.Application())
    runner.app.router.add_get("/", _page)
    await runner.setup()
    listener = web.TCPSite(runner, LOOPBACK, 0, ssl_context=serving)
    await listener.start()
    port = runner.addresses[0][1]
    trusting = ssl.create_default_context(cafile=certificate)

    async def home(_host: str, _port: int) -> list[str]:
        return [LOOPBACK]

    inner = CheckedTransport(network(trusting), lambda *_: True, home)
    async with httpx.AsyncClient(transport=inner) as client:
        assert (await client.get(f"https://localhost:{port}/")).status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await client.get(f"https://other.example:{port}/")
    await runner.cleanup()


async def _page(_request: web.Request) -> web.Response:
    return html("<p>safe")


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("HTTPS://Help.Example:443/a%20b?q=1#part", "https://help.example/a%20b?q=1"),
        ("../c", "https://help.example/c"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("https://bücher.example", "https://xn--bcher-kva.example/"),
        ("https://user:pass@help.example/", ""),
        ("javascript:alert(1)", ""),
        ("mailto:desk@help.example", ""),
        ("https://help.example:99999/", ""),
        ("https://" + "x" * 3_000, ""),
    ],
)
def test_an_address_has_one_form(written: str, means: str) -> None:
    assert urls.page(written, "https://help.example/a/b") == means
