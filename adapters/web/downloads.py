"""Files for one person of the playground: links that only their own reply shows."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from core.cards import Block, Card, Note, Prose
from core.dossier import File
from core.ids import AccountKey

LIFE_SECONDS = 600.0
KEPT_MOST = 100  # files that wait to be fetched
NOTE = "Only you see these links. Each works once, within 10 minutes."
GONE = "This link was used already, or is too old. Ask for the export again.\n"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file until it is fetched."""

    file: File
    until: float


class Downloads:
    """Implements ``core.dossier.Courier``; a token is the right to one file, once."""

    def __init__(self, origin: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._origin, self._clock = origin, clock
        self._waiting: dict[str, Waiting] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/playground/files/{token}/{name}", self._serve)]

    async def deliver(self, reader: AccountKey, files: Sequence[File]) -> Card:
        blocks: list[Block] = []
        for each in files:
            token = secrets.token_urlsafe(24)
            self._keep(token, each)
            link = f"{self._origin}/playground/files/{token}/{each.name}"
            label = f"Download {each.name}"  # a name alone would pass for a host
            blocks.append(Prose(f"[{label}]({link})", (link,)))
        return Card((*blocks, Note(NOTE)), title="Your files")

    def _keep(self, token: str, file: File) -> None:
        now = self._clock()
        fresh = {key: each for key, each in self._waiting.items() if each.until > now}
        for key in list(fresh)[: max(0, len(fresh) - KEPT_MOST + 1)]:
            del fresh[key]
        self._waiting = {**fresh, token: Waiting(file, now + LIFE_SECONDS)}

    async def _serve(self, request: web.Request) -> web.Response:
        found = self._waiting.pop(request.match_info["token"], None)
        named = found is not None and found.file.name == request.match_info["name"]
        if found is None or not named or found.until <= self._clock():
            return web.Response(status=404, text=GONE)
        return web.Response(
            body=found.file.content,
            content_type=found.file.media_type,
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{found.file.name}"'},
        )
