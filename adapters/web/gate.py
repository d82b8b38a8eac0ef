"""Local pages answer only to this machine: Host and Origin must both be loopback.

A web page elsewhere can make a browser send requests here (DNS rebinding,
cross-site WebSockets); it cannot choose those two headers.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what did not come from a page of this server, opened on this machine."""
    if _host(request.host) not in HOSTS:
        return web.Response(status=403, text="This page is for this machine only.\n")
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        return web.Response(status=403, text="This page takes no requests from other sites.\n")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def _host(host: str) -> str:
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host
