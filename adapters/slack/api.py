"""Slack's Web API behind one shared HTTP session, its failures told apart by what they mean.

The SDK's own retries are off: after a dropped connection it would post again. What
is safe to repeat is repeated by whoever knows that it is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from core.errors import Ambiguous, NotSent, Parked, PlatformError, Refused, Throttled

BASE_URL = "https://slack.com/api/"
TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)  # on the session: the SDK's is ignored
RETRY_SECONDS = 1.0  # when a 429 does not say how long
RETRY_MOST = 600.0
PARKED_SECONDS = 30.0  # between tries once Slack has refused our token
READ_TRIES = 3
READ_WAIT_MOST = 30.0  # seconds a look-up waits when Slack asks for patience

REVOKED = frozenset(
    {"token_revoked", "token_expired", "invalid_auth", "account_inactive", "not_authed",
     "org_login_required", "ekm_access_denied", "team_access_not_granted"}
)  # fmt: skip
LATER = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
UNSURE = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})


class SlackApi:
    """Calls methods; raises ``NotSent``, ``Ambiguous``, ``Refused`` or ``Parked``.

    Args:
        alert: Told Slack's word when it no longer takes our token.
        sleep: How look-ups wait, for tests.
    """

    def __init__(
        self,
        token: str,
        base_url: str = BASE_URL,
        *,
        alert: Callable[[str], None] = lambda _: None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.session = aiohttp.ClientSession(timeout=TIMEOUT)
        self.client = AsyncWebClient(token, base_url, session=self.session, retry_handlers=[])
        self._alert = alert
        self._sleep = sleep
        self._parked_until = 0.0

    async def close(self) -> None:
        await self.session.close()

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """One try of a method with a JSON body; its answer, which is ``ok``."""
        return (await self._request(method, json=arguments))[0]

    async def read(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A look-up, which is safe to repeat; waits as Slack asks, a few times."""
        values = {key: value for key, value in arguments.items() if value is not None}
        return await self._repeated(method, http_verb="GET", params=values)

    async def ensure(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A method whose repetition changes nothing; waits as Slack asks, a few times."""
        return await self._repeated(method, json=arguments)

    async def whoami(self) -> tuple[dict[str, Any], frozenset[str]]:
        """``auth.test`` and the scopes that the token has."""
        found, headers = await self._request("auth.test", json={})
        named = headers.get("x-oauth-scopes", "")
        return found, frozenset(each.strip() for each in named.split(",") if each.strip())

    async def _repeated(self, method: str, **body: Any) -> dict[str, Any]:
        for attempt in range(1, READ_TRIES + 1):
            try:
                return (await self._request(method, **body))[0]
            except (NotSent, Ambiguous) as error:
                wait = error.retry_after if isinstance(error, NotSent) else RETRY_SECONDS
                last = attempt == READ_TRIES or isinstance(error, Parked)
                if last or wait > READ_WAIT_MOST:
                    raise
                await self._sleep(wait)
        raise AssertionError  # the last try returned or raised

    async def _request(self, method: str, **body: Any) -> tuple[dict[str, Any], Mapping[str, str]]:
        if time.monotonic() < self._parked_until and method != "auth.test":
            raise Parked("Slack did not take our token a moment ago.")
        try:
            answer = await self.client.api_call(method, **body)
        except SlackApiError as error:
            raise self._translated(method, error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"Slack could not be reached for {method}.") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Ambiguous(f"The connection ended during {method}.") from error
        data = answer.data
        if not isinstance(data, dict):
            raise Ambiguous(f"Slack answered {method} with something that is no object.")
        return data, _lowered(answer.headers)

    def _translated(self, method: str, error: SlackApiError) -> PlatformError:
        answer = error.response
        status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))
        data = getattr(answer, "data", None)
        reason = str(data.get("error", "")) if isinstance(data, dict) else ""
        if status == 429 or reason in LATER:
            wait = retry_after(_lowered(getattr(answer, "headers", {})).get("retry-after"))
            return Throttled(f"Slack asks to wait before {method}.", retry_after=wait)
        if reason in REVOKED:
            self._parked_until = time.monotonic() + PARKED_SECONDS
            self._alert(reason)
            return Parked(f"Slack does not take our token any more: {reason}.")
        if not reason or status >= 500 or reason in UNSURE:
            return Ambiguous(f"Slack answered {method} with {status} {reason}".strip() + ".")
        return Refused(reason)


def retry_after(value: str | None) -> float:
    """The seconds a ``Retry-After`` asks for; one second when it cannot be read."""
    text = (value or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return RETRY_SECONDS
    return min(max(float(text), RETRY_SECONDS), RETRY_MOST)


def _lowered(headers: Mapping[str, Any]) -> dict[str, str]:
    return {str(key).lower(): str(value) for key, value in headers.items()}
