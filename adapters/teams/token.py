"""Our own credentials at Microsoft: one token for all calls, renewed before it runs out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import httpx
import structlog

from core.errors import NotSent, Parked

log = structlog.get_logger()

SCOPE = "https://api.botframework.com/.default"
RENEW_BEFORE = 600.0  # seconds before the end, in the background
UNUSABLE_BEFORE = 60.0  # seconds before the end from which it is not used any more
AGAIN_SECONDS = 5.0  # between tries while the login does not answer
REFUSED_SECONDS = 60.0  # between tries while the login refuses our secret


class ConnectorToken:
    """A cached token of the client-credentials flow.

    Args:
        url: The token endpoint of the tenant.
    """

    def __init__(
        self,
        client: httpx.AsyncClient,
        url: str,
        app_id: str,
        password: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._url = url
        self._form = {
            "grant_type": "client_credentials",
            "client_id": app_id,
            "client_secret": password,
            "scope": SCOPE,
        }
        self._clock = clock
        self._token = ""
        self._ends_at = float("-inf")
        self._asking: asyncio.Task[None] | None = None
        self._problem: NotSent | None = None
        self._ask_again_at = float("-inf")

    async def get(self) -> str:
        """The token for the next call.

        Raises:
            Parked: The login refuses our secret; an operator has to mend it.
            NotSent: The login cannot be reached.
        """
        left = self._ends_at - self._clock()
        if left < RENEW_BEFORE and self._clock() >= self._ask_again_at:
            asking = self._ask()
            if left < UNUSABLE_BEFORE:
                await asyncio.shield(asking)
        elif left < UNUSABLE_BEFORE and self._asking is not None:
            await asyncio.shield(self._asking)
        if self._ends_at - self._clock() < UNUSABLE_BEFORE:
            raise self._problem or NotSent("The login gave no usable token.")
        return self._token

    def forget(self, token: str) -> None:
        """The connector did not accept this token; the next call asks for another."""
        if token == self._token:
            self._ends_at = float("-inf")

    def _ask(self) -> asyncio.Task[None]:
        """The request under way, or a new one: never two at once."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._fetch())
        return self._asking

    async def _fetch(self) -> None:
        try:
            response = await self._client.post(self._url, data=self._form)
            found = response.json()
            if response.is_success:
                self._token = str(found["access_token"])
                self._ends_at = self._clock() + float(found["expires_in"])
                self._ask_again_at = float("-inf")
                return
            self._failed(str(found.get("error", ""))[:60], refused=response.status_code < 500)
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            self._failed(type(error).__name__, refused=False)

    def _failed(self, why: str, *, refused: bool) -> None:
        wait = REFUSED_SECONDS if refused else AGAIN_SECONDS
        words = f"The login gave no token ({why})."
        kind = Parked if refused else NotSent
        self._problem = kind(words, retry_after=wait)
        self._ask_again_at = self._clock() + wait
        log.warning("no connector token", error=self._problem.code, why=why)

    async def close(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)
