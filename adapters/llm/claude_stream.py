"""Put a streamed reply together again, as it would have come in one piece.

Reading the events ourselves costs a fraction of the SDK's typed stream, and a
stream that ends without ``message_stop`` is an error here, not a short answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from typing import Any

import orjson

REPLY_MOST = 4_000_000  # bytes of one stream


class ReplyBroken(Exception):
    """A reply that did not end as it should, or is not JSON.

    Args:
        error: The API's word for why, when it said so.
        message: What had arrived, for its usage only.
    """

    def __init__(self, error: str, message: dict[str, Any] | None) -> None:
        self.error, self.message = error, message
        super().__init__(f"The reply broke off: {error}.")


class Assembly:
    """A message that grows with every event."""

    def __init__(self) -> None:
        self.message: dict[str, Any] = {}
        self.whole = False
        self._json: dict[int, list[str]] = {}

    def add(self, event: dict[str, Any]) -> None:
        """Take in one event; kinds we do not know are passed over."""
        match event["type"]:
            case "message_start":
                self.message = {**event["message"], "content": []}
            case "content_block_start":
                self.message["content"].append(dict(event["content_block"]))
            case "content_block_delta":
                self._extend(event["index"], event["delta"])
            case "content_block_stop" if event["index"] in self._json:
                written = "".join(self._json.pop(event["index"]))
                self.message["content"][event["index"]]["input"] = orjson.loads(written or "{}")
            case "message_delta":
                self.message.update(event["delta"])
                self.message["usage"] = {**self.message["usage"], **(event.get("usage") or {})}
            case "message_stop":
                self.whole = True
            case "error":
                raise ReplyBroken(str(event["error"]["type"]), self.message)

    def _extend(self, index: int, delta: dict[str, Any]) -> None:
        block = self.message["content"][index]
        match delta["type"]:
            case "text_delta":
                block["text"] += delta["text"]
            case "citations_delta":
                block["citations"] = [*(block.get("citations") or ()), delta["citation"]]
            case "input_json_delta":
                self._json.setdefault(index, []).append(delta["partial_json"])


async def read(chunks: AsyncIterable[bytes]) -> dict[str, Any]:
    """The whole message of a stream.

    Raises:
        ReplyBroken: It broke off, said so, or cannot be read; errors of the transport pass.
    """
    assembly = Assembly()
    try:
        async for data in _data(chunks):
            assembly.add(orjson.loads(data))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ReplyBroken("unreadable", assembly.message) from error
    if not assembly.whole:
        raise ReplyBroken("cut", assembly.message)
    return assembly.message


async def _data(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The data of each event; the API writes it on one line."""
    rest, size = b"", 0
    async for chunk in chunks:
        size += len(chunk)
        if size > REPLY_MOST:
            raise ValueError("far more than an answer")
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if line.startswith(b"data:"):
                yield line[5:].strip()
