"""A loopback server that speaks the Messages API like the real one.

Every request is appended to ``log`` before it is answered and never changed, so
that invariants are read from it. ``script`` holds one fault per request to come;
when it is empty, ``mind`` answers.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.fakes.claude_mind import Mind, Reply, offline_mind

Fault = Callable[["FakeClaude", web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]

CACHEABLE_MOST_SHORT = 1_024  # tokens; a shorter prefix is not cached
CHARACTERS_PER_TOKEN = 4
DELTA = 16  # characters of one streamed piece


@dataclass(frozen=True)
class Received:
    """One request, as it came."""

    body: dict[str, Any]
    raw: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        """Everything in it, as text."""
        return self.raw.decode()


@dataclass
class FakeClaude:
    """The server; use it as an asynchronous context."""

    mind: Mind = offline_mind
    script: deque[Fault] = field(default_factory=deque)
    log: list[Received] = field(default_factory=list)
    url: str = ""
    counted: list[dict[str, Any]] = field(default_factory=list)
    counting_fails: bool = False
    _cached: set[bytes] = field(default_factory=set)
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/v1/messages/count_tokens", self._count_tokens)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def will(self, *faults: Fault) -> None:
        """What happens to the next requests, in order."""
        self.script.extend(faults)

    async def _count_tokens(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.counted.append(body)
        if self.counting_fails:
            return error(529, "overloaded_error", "Overloaded")
        return web.json_response({"input_tokens": sum(FakeClaude()._count(body))})

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = json.loads(raw)
        self.log.append(Received(body, raw, dict(request.headers)))
        refusal = _refused(body, request)
        if refusal is not None:
            return refusal
        if self.script:
            return await self.script.popleft()(self, request, body)
        return await self.answer(request, body, await self.mind(body))

    async def answer(
        self, request: web.Request, body: dict[str, Any], reply: Reply
    ) -> web.StreamResponse:
        """A whole reply, in one piece or streamed, as was asked for."""
        message = self.message(body, reply)
        if not body.get("stream"):
            return web.json_response(message, headers={"request-id": "req_fake"})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in events(message):
            await response.write(sse(event))
        await response.write_eof()
        return response

    def message(self, body: dict[str, Any], reply: Reply) -> dict[str, Any]:
        """A reply in the API's shape, its usage counted with the prompt cache."""
        fresh, written, read = self._count(body)
        return {
            "id": f"msg_{len(self.log)}",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": reply.content,
            "stop_reason": reply.stop_reason,
            "stop_sequence": None,
            "usage": {
                "input_tokens": fresh,
                "cache_creation_input_tokens": written,
                "cache_read_input_tokens": read,
                "output_tokens": max(1, len(json.dumps(reply.content)) // CHARACTERS_PER_TOKEN),
            },
        }

    def _count(self, body: dict[str, Any]) -> tuple[int, int, int]:
        """Input tokens: fresh, written to the cache, read from it."""
        digest, size, read, written = hashlib.sha256(body["model"].encode()), 0, 0, 0
        for block in _blocks(body):
            plain = {key: value for key, value in block.items() if key != "cache_control"}
            words = json.dumps(plain, sort_keys=True)
            digest.update(words.encode())
            size += len(words) // CHARACTERS_PER_TOKEN
            seen = digest.digest()
            if seen in self._cached:
                read = size
            if "cache_control" in block and size >= CACHEABLE_MOST_SHORT:
                self._cached.add(seen)
                written = max(0, size - read)
        return size - read - written, written, read


def _blocks(body: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """All blocks in the order of the prefix: tools, system, messages."""
    yield from body.get("tools", ())
    yield from body.get("system", ())
    for message in body["messages"]:
        yield from ({**block, "role": message["role"]} for block in message["content"])


def _refused(body: dict[str, Any], request: web.Request) -> web.Response | None:
    """What the API refuses outright, in its words."""
    if not request.headers.get("Authorization", "").startswith("Bearer "):
        return error(401, "authentication_error", "no key")
    for name in ("temperature", "top_p", "top_k"):
        if name in body:
            return error(400, "invalid_request_error", f"{name}: not supported on this model")
    if body["messages"][-1]["role"] != "user":
        return error(400, "invalid_request_error", "prefill is not supported")
    if body.get("tool_choice", {}).get("type") in ("any", "tool"):
        return error(400, "invalid_request_error", "tool_choice: forced tool use not supported")
    cites = any(block.get("citations") for block in _blocks(body))
    if cites and "format" in body.get("output_config", {}):
        return error(400, "invalid_request_error", "citations do not go with output_config.format")
    for block in _blocks(body):
        if block.get("type") == "text" and not block["text"].strip():
            return error(400, "invalid_request_error", "text content blocks must be non-empty")
    return None


def error(
    status: int,
    kind: str,
    message: str = "",
    *,
    code: str = "",
    headers: dict[str, str] | None = None,
) -> web.Response:
    """An error in the API's shape."""
    inner: dict[str, Any] = {"type": kind, "message": message}
    if code:
        inner["details"] = {"error_code": code}
    return web.json_response(
        {"type": "error", "error": inner, "request_id": "req_fake"},
        status=status,
        headers={"request-id": "req_fake", **(headers or {})},
    )


def sse(event: dict[str, Any]) -> bytes:
    """One event on the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def events(message: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """A message as the events of a stream."""
    usage = message["usage"]
    start = {**message, "content": [], "stop_reason": None, "usage": {**usage, "output_tokens": 1}}
    yield {"type": "message_start", "message": start}
    yield {"type": "ping"}
    for index, block in enumerate(message["content"]):
        yield from _block_events(index, block)
    delta = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    counted = {"output_tokens": usage["output_tokens"]}
    yield {"type": "message_delta", "delta": delta, "usage": counted}
    yield {"type": "message_stop"}


def _block_events(index: int, block: dict[str, Any]) -> Iterable[dict[str, Any]]:
    def delta(kind: str, key: str, value: object) -> dict[str, Any]:
        inner = {"type": kind, key: value}
        return {"type": "content_block_delta", "index": index, "delta": inner}

    pieces: list[tuple[str, str, str]] = []
    match block["type"]:
        case "tool_use":
            empty = {**block, "input": {}}
            pieces = [("input_json_delta", "partial_json", json.dumps(block["input"]))]
        case "text":
            empty = {"type": "text", "text": ""}
            pieces = [("text_delta", "text", block["text"])]
        case _:
            empty = block
    yield {"type": "content_block_start", "index": index, "content_block": empty}
    for citation in block.get("citations") or ():
        yield delta("citations_delta", "citation", citation)
    for kind, key, whole in pieces:
        for at in range(0, len(whole), DELTA):
            yield delta(kind, key, whole[at : at + DELTA])
    yield {"type": "content_block_stop", "index": index}
