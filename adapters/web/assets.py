"""The files of the local pages, read from the package and kept in memory."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from aiohttp import web

TYPES = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
}


def asset(name: str) -> web.Response:
    """A file of the page, or 404 for any name that is not one of them."""
    found = _all().get(name)
    if found is None:
        return web.Response(status=404, text="Not found.\n")
    kind = TYPES[name.rsplit(".", 1)[-1]]
    return web.Response(body=found, content_type=kind, charset="utf-8")


@cache
def _all() -> dict[str, bytes]:
    folder = files("adapters.web") / "static"
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if each.name.rsplit(".", 1)[-1] in TYPES
    }
