"""What can go wrong between us and the Messages API, one fault per function."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from tests.fakes.claude import FakeClaude, Fault, error, events, sse
from tests.fakes.claude_mind import Reply, says


def refuses(
    status: int, kind: str, message: str = "", *, code: str = "", retry_after: str | None = None
) -> Fault:
    """An error response."""

    async def fault(_: FakeClaude, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        headers = {} if retry_after is None else {"retry-after": retry_after}
        return error(status, kind, message, code=code, headers=headers)

    return fault


def rate_limited(retry_after: str | None = None) -> Fault:
    return refuses(429, "rate_limit_error", "slow down", retry_after=retry_after)


def spend_limited() -> Fault:
    code = "enforced_spend_limit_reached"
    return refuses(429, "rate_limit_error", "limit", code=code, retry_after="1")


def own_limit_reached() -> Fault:
    said = "You have reached your specified API usage limits."
    return refuses(400, "invalid_request_error", said)


def overloaded() -> Fault:
    return refuses(529, "overloaded_error", "Overloaded")


def too_long() -> Fault:
    said = "prompt is too long: 210000 tokens > 200000 maximum"
    return refuses(400, "invalid_request_error", said)


def replies(reply: Reply) -> Fault:
    """A given reply instead of the mind's."""

    async def fault(
        fake: FakeClaude, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        return await fake.answer(request, body, reply)

    return fault


def stops(reason: str | None, words: str = "Half an answ") -> Fault:
    """A reply that ends for another reason than being finished."""
    return replies(Reply(says(words).content, reason))


def body_is(content: bytes) -> Fault:
    """A response with status 200 whose body is whatever is given."""

    async def fault(_: FakeClaude, __: web.Request, ___: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=content, content_type="application/json")

    return fault


def late(seconds: float) -> Fault:
    """Nothing at all for a while, not even a first byte."""

    async def fault(
        fake: FakeClaude, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await fake.answer(request, body, says("Too late."))

    return fault


def drips(every: float, most: int = 10_000) -> Fault:
    """A byte now and then, so that no gap is ever long."""

    async def fault(
        _: FakeClaude, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        stream = bool(body.get("stream"))
        kind = "text/event-stream" if stream else "application/json"
        response = web.StreamResponse(headers={"Content-Type": kind})
        await response.prepare(request)
        for _n in range(most):
            await response.write(sse({"type": "ping"}) if stream else b" ")
            await asyncio.sleep(every)
        return response

    return fault


def cut(after: int = 0) -> Fault:
    """The connection is reset after some bytes of a reply that promised more."""

    async def fault(
        fake: FakeClaude, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        whole = json.dumps(fake.message(body, says("A whole answer, one day."))).encode()
        if after:
            response = web.StreamResponse(headers={"Content-Length": str(len(whole))})
            await response.prepare(request)
            await response.write(whole[:after])
        assert request.transport is not None
        request.transport.abort()
        await asyncio.sleep(0)
        return web.Response()

    return fault


def streams(*, most: int | None = None, then: bytes = b"", words: str = "A whole answer.") -> Fault:
    """A stream of some first events and then some bytes, ended cleanly."""

    async def fault(
        fake: FakeClaude, request: web.Request, body: dict[str, Any]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in list(events(fake.message(body, says(words))))[:most]:
            await response.write(sse(event))
        await response.write(then)
        await response.write_eof()
        return response

    return fault


def stream_error(kind: str = "overloaded_error") -> Fault:
    """A stream that begins well and then says that it cannot go on."""
    broken = {"type": "error", "error": {"type": kind, "message": "sorry"}}
    return streams(most=5, then=sse(broken))
