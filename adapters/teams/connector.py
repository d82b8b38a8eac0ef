"""Bot Connector, the few calls we need, each failure sorted by what to do about it.

Creating something is ambiguous when no clear answer came: it may be there. Everything
else can be asked for again without harm. (Teams, "Rate limiting", "Status codes".)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
import orjson

from adapters.teams.envelope import list_at, object_at, text_at
from adapters.teams.hosts import ServiceHosts
from adapters.teams.token import ConnectorToken
from core.errors import Ambiguous, NotSent, Refused, Throttled

BUSY = frozenset({412, 429})  # "resource is being modified", "too many requests"
RETRY_SECONDS = 2.0  # where Teams does not say
PAGES_MOST = 20  # of a roster
PAGE = 500  # members; Teams' largest page
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Started:
    """A conversation that was started, and its first activity."""

    conversation_id: str
    activity_id: str


class Connector:
    """Our own client; the service URL of each call must be on the list."""

    def __init__(
        self, client: httpx.AsyncClient, token: ConnectorToken, hosts: ServiceHosts
    ) -> None:
        self._client = client
        self._token = token
        self._hosts = hosts

    async def create(
        self, url: str, conversation: str, activity: Mapping[str, Any], *, targeted: bool = False
    ) -> str:
        """Send an activity; returns its id."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/activities{_only(targeted)}"
        found = await self._call("POST", url, path, activity, creates=True)
        return _id(found, "id")

    async def update(
        self,
        url: str,
        conversation: str,
        activity_id: str,
        activity: Mapping[str, Any],
        *,
        targeted: bool = False,
    ) -> None:
        """Replace an activity; doing it again changes nothing."""
        await self._call("PUT", url, _path(conversation, activity_id) + _only(targeted), activity)

    async def delete(self, url: str, conversation: str, activity_id: str) -> None:
        await self._call("DELETE", url, _path(conversation, activity_id))

    async def typing(self, url: str, conversation: str, activity: Mapping[str, Any]) -> None:
        """Show that the bot is at work; nothing stays of it."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/activities"
        await self._call("POST", url, path, activity)

    async def start_thread(self, url: str, conversation: Mapping[str, Any]) -> Started:
        """Start a thread in a channel with its first activity."""
        found = await self._call("POST", url, "/v3/conversations", conversation, creates=True)
        return Started(_id(found, "id"), _id(found, "activityId"))

    async def open_chat(self, url: str, conversation: Mapping[str, Any]) -> str:
        """The bot's own chat with a person; the same one however often it is asked for."""
        return _id(await self._call("POST", url, "/v3/conversations", conversation), "id")

    async def member(self, url: str, conversation: str, user: str) -> dict[str, Any]:
        """One member of a conversation; ``Refused`` when there is no such member."""
        path = f"/v3/conversations/{quote(conversation, safe='')}/members/{quote(user, safe='')}"
        return await self._call("GET", url, path)

    async def members(self, url: str, conversation: str) -> list[dict[str, Any]] | None:
        """Everyone in a conversation; None when there are more than can be looked at."""
        found: list[dict[str, Any]] = []
        more = ""
        for _ in range(PAGES_MOST):
            path = f"/v3/conversations/{quote(conversation, safe='')}/pagedmembers?pageSize={PAGE}"
            path += f"&continuationToken={quote(more, safe='')}" if more else ""
            page = await self._call("GET", url, path)
            found += list_at(page, "members")
            more = text_at(page, "continuationToken")
            if not more:
                return found
        return None

    async def channels(self, url: str, team: str) -> list[dict[str, Any]]:
        """The channels of a team."""
        path = f"/v3/teams/{quote(team, safe='')}/conversations"
        return list_at(await self._call("GET", url, path), "conversations")

    async def _call(
        self,
        method: str,
        url: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        creates: bool = False,
    ) -> dict[str, Any]:
        if not self._hosts.allow(url):
            raise Refused("service_url_not_allowed")
        token = await self._token.get()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        content = orjson.dumps(body) if body is not None else None
        try:
            response = await self._client.request(
                method, url.rstrip("/") + path, content=content, headers=headers
            )
        except NEVER_LEFT as error:
            raise NotSent("The connector cannot be reached.") from error
        except httpx.HTTPError as error:
            raise _doubtful(creates, f"No answer ({type(error).__name__}).") from error
        if response.is_success:
            return _object(response, creates=creates and method == "POST")
        raise self._failure(response, token, creates=creates)

    def _failure(self, response: httpx.Response, token: str, *, creates: bool) -> Exception:
        status = response.status_code
        wait = _retry_after(response.headers.get("Retry-After", ""))
        if status in BUSY:
            return Throttled(f"The connector is busy ({status}).", retry_after=wait)
        if status == 401:
            self._token.forget(token)
            return NotSent("The connector did not accept our token.", retry_after=wait)
        if status >= 500 or status == 408:
            return _doubtful(creates, f"The connector failed ({status}).", wait)
        if status == 413:
            return Refused("message_too_large")
        code = text_at(object_at(_object(response, creates=False), "error"), "code")
        return Refused(f"{status} {code}"[:80].strip())


def _doubtful(creates: bool, why: str, wait: float = RETRY_SECONDS) -> Exception:  # noqa: FBT001
    return Ambiguous(why) if creates else NotSent(why, retry_after=wait)


def _object(response: httpx.Response, *, creates: bool) -> dict[str, Any]:
    try:
        found = orjson.loads(response.content) if response.content else {}
    except orjson.JSONDecodeError:
        found = None
    if isinstance(found, dict):
        return found
    if creates:
        raise Ambiguous("The connector's answer cannot be read.")
    return {}


def _id(found: Mapping[str, Any], key: str) -> str:
    value = text_at(found, key)
    if not value:
        raise Ambiguous("The connector's answer has no id.")
    return value


def _path(conversation: str, activity_id: str) -> str:
    place = quote(conversation, safe="")
    return f"/v3/conversations/{place}/activities/{quote(activity_id, safe='')}"


def _only(targeted: bool) -> str:  # noqa: FBT001 - the name of the function says it
    return "?isTargetedActivity=true" if targeted else ""


def _retry_after(value: str) -> float:
    """Seconds to wait, within reason, whatever the header says."""
    if value.isascii() and value.isdigit():
        return float(min(max(int(value[:6]), 1), 600))
    try:
        seconds = (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return RETRY_SECONDS
    return min(max(seconds, 1.0), 600.0)
