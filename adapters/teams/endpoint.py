"""``POST /teams/messages`` (and ``/api/messages``, where tools of Bot Framework look)."""

from __future__ import annotations

import asyncio

import orjson
import structlog
from aiohttp import web

from adapters.teams.adapter import Answer, TeamsAdapter
from adapters.teams.gate import BODY_MOST

log = structlog.get_logger()

PATHS = ("/teams/messages", "/api/messages")
READ_SECONDS = 5.0  # for the whole body; Teams sends it at once


class Endpoint:
    """Reads a bounded body and hands it on."""

    def __init__(self, adapter: TeamsAdapter, *, read_seconds: float = READ_SECONDS) -> None:
        self._adapter = adapter
        self._read_seconds = read_seconds

    def routes(self) -> list[web.RouteDef]:
        return [web.post(path, self._take) for path in PATHS]

    async def _take(self, request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization")
        if authorization is None:
            return _refused(401)
        if request.headers.get("Content-Encoding", "identity") != "identity":
            return _refused(415)
        if (request.content_length or 0) > BODY_MOST:
            return _refused(413)
        try:
            async with asyncio.timeout(self._read_seconds):
                body = await _bounded(request)
        except TimeoutError:
            return _refused(408)
        except (ConnectionError, web.RequestPayloadError):
            return _refused(400)
        answer = await self._adapter.process(body, authorization)
        return _response(answer)


async def _bounded(request: web.Request) -> bytes:
    """The body, or so much of it that it is certainly too long."""
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_MOST:
            break
    return bytes(body)


def _refused(status: int) -> web.Response:
    """A refusal also ends the connection: what is left of the body is not worth reading."""
    log.warning("activity turned away", status=status, why="before it was read")
    response = web.Response(status=status)
    response.force_close()
    return response


def _response(answer: Answer) -> web.Response:
    status, body = answer
    if body is None:
        response = web.Response(status=status)
        if status >= 400:
            response.force_close()
        return response
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
