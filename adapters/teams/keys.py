"""The keys that sign what Teams sends us: fetched from one address of our own choosing.

A token never says where its key is. A key that we do not know makes us look again,
together and at most once in five minutes, so that neither a rotation nor a flood of
invented key ids costs more than one request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import structlog

from adapters.teams.hosts import ServiceHosts, origin
from core.errors import PlatformError

log = structlog.get_logger()

LOOK_SECONDS = 300.0  # between looks for keys that we do not know
RETRY_SECONDS = 10.0  # between looks while there is no usable key at all
RENEW_SECONDS = 12 * 3600.0  # when keys are renewed in the background
LIVE_SECONDS = 24 * 3600.0  # how long keys are used while their address does not answer
KEYS_MOST = 100


class KeysUnavailable(PlatformError):
    """No signing keys are at hand, so nothing can be verified; worth trying again."""

    code = "keys_unavailable"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key, and the channels it may speak for."""

    key: jwt.PyJWK
    endorsements: frozenset[str]


class SigningKeys:
    """The current keys by their ids."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        hosts: ServiceHosts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._url = url
        self._hosts = hosts
        self._clock = clock
        self._keys: dict[str, SigningKey] = {}
        self._fetched_at = self._looked_at = float("-inf")
        self._looking: asyncio.Task[None] | None = None

    async def get(self, key_id: str) -> SigningKey | None:
        """The key of an id, or None when there is no such key.

        Raises:
            KeysUnavailable: There are none, or they are too old to be relied on.
        """
        age = self._clock() - self._fetched_at
        if age >= LIVE_SECONDS:
            await self._look(RETRY_SECONDS)
            if self._clock() - self._fetched_at >= LIVE_SECONDS:
                raise KeysUnavailable("The signing keys of Bot Framework cannot be fetched.")
        elif key_id not in self._keys:
            await self._look(LOOK_SECONDS)
        elif age >= RENEW_SECONDS:
            self._start(LOOK_SECONDS)
        return self._keys.get(key_id)

    async def _look(self, at_most_every: float) -> None:
        looking = self._start(at_most_every)
        if looking is not None:
            await asyncio.shield(looking)

    def _start(self, at_most_every: float) -> asyncio.Task[None] | None:
        """The look under way, or a new one when the last is long enough ago."""
        if self._looking is not None and not self._looking.done():
            return self._looking
        if self._clock() - self._looked_at < at_most_every:
            return None
        self._looked_at = self._clock()
        self._looking = asyncio.create_task(self._fetch())
        return self._looking

    async def _fetch(self) -> None:
        try:
            where = (await self._json(self._url)).get("jwks_uri")
            if not isinstance(where, str) or not self._is_near(where):
                raise ValueError("the keys are said to be elsewhere")
            keys = _read(await self._json(where))
        except (httpx.HTTPError, ValueError, TypeError) as error:
            log.warning("signing keys not fetched", error=type(error).__name__)
            return
        self._keys, self._fetched_at = keys, self._clock()

    def _is_near(self, url: str) -> bool:
        """Whether the keys are on the host we were told to ask, by a safe way."""
        return origin(url) == origin(self._url) and self._hosts.trust(url)

    async def _json(self, url: str) -> dict[str, Any]:
        response = await self._client.get(url)
        response.raise_for_status()
        found = response.json()
        if not isinstance(found, dict):
            raise TypeError("not an object")
        return found

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)


def _read(found: dict[str, Any]) -> dict[str, SigningKey]:
    """The RSA keys of a key set; raises ``ValueError`` when there is none."""
    keys: dict[str, SigningKey] = {}
    for each in found.get("keys", [])[:KEYS_MOST]:
        if not isinstance(each, dict) or each.get("kty") != "RSA":
            continue
        key_id, endorsed = each.get("kid"), each.get("endorsements")
        if isinstance(key_id, str) and isinstance(endorsed, list):
            try:
                key = jwt.PyJWK(each, algorithm="RS256")
            except jwt.PyJWTError:
                continue
            keys[key_id] = SigningKey(key, frozenset(map(str, endorsed)))
    if not keys:
        raise ValueError("no keys")
    return keys
