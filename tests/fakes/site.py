"""A web site on loopback, and a resolver by which names lead to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.knowledge.web.addresses import IP, only_public
from adapters.knowledge.web.fetch import Fetcher

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = "127.0.0.1"


def html(body: str, **headers: str) -> web.Response:
    """A page."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.Response(text=body, content_type="text/html", headers=named)


@dataclass
class Site:
    """Answers with its pages; writes down every request.

    Args:
        pages: HTML by path, or a function that answers.
        names: Where names lead, first look-up first; a name not in it leads to the site.
    """

    pages: dict[str, str | Answer] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)
    log: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    server: TestServer | None = None

    async def start(self) -> Site:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self.server = TestServer(app, host=LOOPBACK)
        await self.server.start_server()
        return self

    async def stop(self) -> None:
        assert self.server is not None
        await self.server.close()

    def url(self, path: str = "/", host: str = "help.example") -> str:
        assert self.server is not None
        return f"http://{host}:{self.server.port}{path}"

    @property
    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [path for path, _ in self.log]

    def fetcher(self, seconds: float = 5.0, *, strict: bool = False) -> Fetcher:
        """What fetches from it; ``strict``: loopback is refused as it is in the product."""
        public = only_public()

        def allows(host: str, address: IP) -> bool:
            return public(host, address) or (not strict and address == IPv4Address(LOOPBACK))

        return Fetcher(allows, self._resolve, seconds=seconds)

    async def _resolve(self, host: str, _port: int) -> list[str]:
        self.looked_up.append(host)
        known = self.names.get(host, [LOOPBACK])
        return [known.pop(0) if len(known) > 1 else known[0]]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.log.append((request.path_qs, request.headers))
        page = self.pages.get(request.path_qs)
        if page is None:
            return web.Response(status=404)
        return html(page) if isinstance(page, str) else await page(request)


def tagged(body: str, etag: str) -> Answer:
    """A page that knows when it has not changed."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return html(body, ETag=etag, Last_Modified="Fri, 14 Aug 2026 10:00:00 GMT")

    return answer


def redirect(location: str) -> Answer:
    """A page that has moved."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": location})

    return answer
