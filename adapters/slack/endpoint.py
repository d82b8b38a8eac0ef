"""``POST /slack/events``: events, buttons, forms and commands all arrive here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from aiohttp import web

from adapters.slack.gate import BODY_MOST, Answer, Gate

log = structlog.get_logger()

PATH = "/slack/events"
READ_SECONDS = 5.0  # for the whole body; Slack sends it at once

Dispatch = Callable[[dict[str, Any]], Awaitable[Answer]]


class Endpoint:
    """Reads a bounded body, lets the gate judge it, hands it on."""

    def __init__(
        self, gate: Gate, dispatch: Dispatch, *, read_seconds: float = READ_SECONDS
    ) -> None:
        self._gate = gate
        self._dispatch = dispatch
        self._read_seconds = read_seconds

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self._take)]

    async def _take(self, request: web.Request) -> web.Response:
        early = self._gate.before_reading(request.headers, request.content_length)
        if early is not None:
            return _refused(request, early)
        try:
            async with asyncio.timeout(self._read_seconds):
                raw = await _bounded(request)
        except TimeoutError:
            return _refused(request, Answer(408))
        except (ConnectionError, web.RequestPayloadError):
            return _refused(request, Answer(400))
        admitted = self._gate.admit(request.headers, raw)
        if isinstance(admitted, Answer):
            if admitted.status != 200:
                return _refused(request, admitted)
            return _response(admitted)
        return _response(await self._dispatch(admitted))


async def _bounded(request: web.Request) -> bytes:
    """The body, or so much of it that it is certainly too long."""
    raw = bytearray()
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > BODY_MOST:
            break
    return bytes(raw)


def _refused(request: web.Request, answer: Answer) -> web.Response:
    """A refusal also ends the connection: what is left of the body is not worth reading."""
    log.info("slack request refused", status=answer.status, length=request.content_length)
    response = _response(answer)
    response.force_close()
    return response


def _response(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, text=answer.text, content_type=answer.content_type)
