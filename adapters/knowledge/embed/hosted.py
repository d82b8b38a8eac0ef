"""An embedding model behind ``POST {url}/embeddings``: Voyage AI, or any that OpenAI's shape fits.

Only Voyage's models are told whether a text is a query or a document; others refuse what
they do not know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx

from adapters.breaker import Breaker
from adapters.knowledge.embed.embedder import EmbeddingFailed, Purpose, Vector, unit

AT_ONCE = 64  # texts a request, some 25,000 tokens of passages; Voyage takes 1,000 and 120,000
PASSAGES_WITHIN, QUERY_WITHIN = 30.0, 0.9  # seconds, a request
TRIES, PAUSE, PAUSE_MOST = 3, 1.0, 20.0  # for passages, which nobody waits for; seconds
PASSING = {408, 409, 425, 429, 500, 502, 503, 504, 529}
VOYAGE = "voyage-"
INPUT_TYPES = {Purpose.QUERY: "query", Purpose.PASSAGE: "document"}
REMEDIES = {
    401: "FRONTDESK_EMBEDDING_KEY is not accepted",
    403: "FRONTDESK_EMBEDDING_KEY may not use this model",
    404: "FRONTDESK_EMBEDDING_URL or FRONTDESK_EMBEDDING_MODEL names nothing there",
}


class _Again(Exception):
    """It may work later."""

    def __init__(self, why: str, seconds: float = 0.0) -> None:
        super().__init__(why)
        self.seconds = seconds


class HostedEmbedder:
    """The port ``Embedder`` over HTTP.

    Args:
        url: Up to ``/embeddings``, as in ``https://api.voyageai.com/v1``.
        size: How long vectors shall be; 0 for the model's own length.
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        size: int = 0,
        *,
        breaker: Breaker | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = f"{model}/{size}" if size else model
        self._url = url.rstrip("/") + "/embeddings"
        self._voyage = model.startswith(VOYAGE)
        self._fixed: dict[str, Any] = {"model": model}
        if size:
            self._fixed["output_dimension" if self._voyage else "dimensions"] = size
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.AsyncClient(headers=headers, follow_redirects=False)
        self._breaker = breaker or Breaker()
        self._sleep = sleep

    async def embed(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        vectors: list[Vector] = []
        for start in range(0, len(texts), AT_ONCE):
            vectors += await self._tried(texts[start : start + AT_ONCE], purpose)
        if len({len(vector) for vector in vectors}) > 1:
            raise EmbeddingFailed(f"{self.name} gave vectors of several lengths.")
        return vectors

    async def close(self) -> None:
        await self._client.aclose()

    async def _tried(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        """Passages are worth waiting for; a query is asked once."""
        tries = TRIES if purpose is Purpose.PASSAGE else 1
        pause = PAUSE
        while True:
            tries -= 1
            if not self._breaker.admit():
                raise EmbeddingFailed(f"{self.name} failed a moment ago and is left alone.")
            try:
                return await self._asked(texts, purpose)
            except _Again as error:
                if not tries or error.seconds > PAUSE_MOST:
                    raise EmbeddingFailed(f"{self.name} gave no vectors ({error}).") from None
                await self._sleep(max(pause, error.seconds))
                pause *= 2

    async def _asked(self, texts: Sequence[str], purpose: Purpose) -> list[Vector]:
        """One request; every way out of it is one of the breaker's verbs."""
        body = self._fixed | {"input": list(texts)}
        if self._voyage:
            body["input_type"] = INPUT_TYPES[purpose]
        within = QUERY_WITHIN if purpose is Purpose.QUERY else PASSAGES_WITHIN
        try:
            async with asyncio.timeout(within):
                reply = await self._client.post(self._url, json=body, timeout=within)
        except (httpx.HTTPError, TimeoutError) as error:
            self._breaker.failed()
            raise _Again(type(error).__name__) from None
        except BaseException:
            self._breaker.given_up()
            raise
        if reply.status_code in PASSING:
            self._breaker.failed()
            raise _Again(f"status {reply.status_code}", _seconds(reply))
        if reply.status_code != httpx.codes.OK:
            self._breaker.trip()
            why = REMEDIES.get(reply.status_code, f"status {reply.status_code}")
            raise EmbeddingFailed(f"{self.name} gave no vectors: {why}.")
        self._breaker.answered()
        return _vectors(reply, len(texts))


def _seconds(reply: httpx.Response) -> float:
    """How long the service asks to be left alone."""
    said = reply.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else 0.0


def _vectors(reply: httpx.Response, count: int) -> list[Vector]:
    """What was answered, in the order of the question."""
    try:
        data = sorted(reply.json()["data"], key=lambda each: int(each["index"]))
        found = [unit([float(number) for number in each["embedding"]]) for each in data]
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddingFailed("The embedding service answered in another shape.") from error
    if len(found) != count:
        raise EmbeddingFailed(f"The embedding service gave {len(found)} vectors for {count} texts.")
    return found
