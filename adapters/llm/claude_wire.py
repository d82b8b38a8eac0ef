"""The way to the Messages API: one SDK client, its transport, its deadlines, its errors.

Requests are built and replies parsed here: what the SDK does around its transport costs
more than the rest of the call. Its retries are off; ours know more.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import anthropic
import httpx2
import orjson

from adapters.llm.claude_messages import Block
from adapters.llm.claude_stream import ReplyBroken, read

KEEP_ALIVE = 30.0  # seconds; shorter than what the service allows, longer than between turns
CONNECTIONS = 100
COUNT_SECONDS = 1.5  # then our estimate has to do
COUNTED = ("model", "system", "messages", "tools", "tool_choice")
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds.

    Args:
        first_byte: Also between bytes.
        whole: For a long text in one piece, whose first byte comes when its last is written.
            Twice of it fits in ``total``, so that a service that hangs is tried once more.
        total: For all tries together.
    """

    connect: float = 5.0
    first_byte: float = 20.0
    whole: float = 45.0
    total: float = 90.0


class Wire:
    """Sends requests; raises what the SDK raises.

    Args:
        base_url: Empty for the SDK's own.
        stream: Read the reply while it is written. Nobody sees it earlier, but a model that is
            silent is told from one that writes long; costs CPU.
    """

    def __init__(
        self, key: str, *, base_url: str = "", patience: Patience, stream: bool = False
    ) -> None:
        self._short = _timeout(patience, patience.first_byte)
        self._long = _timeout(patience, patience.whole)
        self._transport = anthropic.DefaultAioHttpClient(
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=CONNECTIONS, keepalive_expiry=KEEP_ALIVE),
        )
        self._client = anthropic.AsyncAnthropic(
            api_key=key,
            base_url=base_url or None,
            max_retries=0,
            open_telemetry=False,  # its spans can carry what people wrote
            http_client=self._transport,
        )
        self._url = self._client.base_url.join("v1/messages")
        sent = self._client.default_headers.items()
        self._headers = httpx2.Headers({name: each for name, each in sent if isinstance(each, str)})
        self._stream = stream

    async def send(self, body: Block, *, long: bool) -> Any:
        """The message the API answers with, parsed and unchecked.

        Args:
            long: It may take its time to write; a short reply that does not come, never will.

        Raises:
            AnthropicError: Refused, or not reached.
            ReplyBroken: The answer broke off, or is not JSON.
        """
        if self._stream:
            return await self._streamed({**body, "stream": True})
        response = await self._post(body, self._long if long else self._short)
        try:
            return orjson.loads(response.content)
        except orjson.JSONDecodeError as error:
            raise ReplyBroken("unreadable", None) from error

    async def count(self, body: Block) -> int | None:
        """The exact input tokens of a request; None when they do not come at once."""
        asked = orjson.dumps({key: body[key] for key in COUNTED if key in body})
        try:
            async with asyncio.timeout(COUNT_SECONDS):
                response = await self._client.post(
                    "/v1/messages/count_tokens",
                    content=asked,
                    cast_to=httpx2.Response,
                    options={"headers": JSON, "timeout": self._short},
                )
            tokens = orjson.loads(response.content)["input_tokens"]
        except (anthropic.AnthropicError, TimeoutError, ValueError, KeyError, TypeError):
            return None
        return tokens if isinstance(tokens, int) and tokens > 0 else None

    async def _streamed(self, body: Block) -> Any:
        response = await self._post(body, self._short)
        try:
            return await read(_chunks(response))
        finally:
            await response.aclose()

    async def _post(self, body: Block, limits: httpx2.Timeout) -> httpx2.Response:
        request = httpx2.Request(
            "POST",
            self._url,
            headers=self._headers,
            content=orjson.dumps(body),
            extensions={"timeout": limits.as_dict()},
        )
        try:
            response = await self._transport.send(request, stream=self._stream)
            if not response.is_success:
                await response.aread()
        except httpx2.TimeoutException as error:
            raise anthropic.APITimeoutError(request) from error
        except httpx2.HTTPError as error:
            raise anthropic.APIConnectionError(request=request) from error
        if response.is_success:
            return response
        raise anthropic.APIStatusError(
            f"The API answered {response.status_code}.", response=response, body=_said(response)
        )

    async def close(self) -> None:
        await self._client.close()


def _timeout(patience: Patience, read: float) -> httpx2.Timeout:
    return httpx2.Timeout(
        connect=patience.connect, read=read, write=patience.first_byte, pool=patience.connect
    )


def _said(response: httpx2.Response) -> object:
    """What an error says of itself, as far as it can be read."""
    try:
        return orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None


async def _chunks(response: httpx2.Response) -> AsyncIterator[bytes]:
    """The bytes of a response, its transport's errors turned into the SDK's."""
    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except httpx2.TimeoutException as error:
        raise anthropic.APITimeoutError(response.request) from error
    except httpx2.TransportError as error:
        raise anthropic.APIConnectionError(request=response.request) from error
