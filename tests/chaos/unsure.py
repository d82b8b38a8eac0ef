"""A Slack that takes some posts without saying so, at once or late."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.fakes.slack import Answer, FakeSlack, Fault

UNSURE_SHARE = 0.05  # of the posts


@dataclass(eq=False)
class UnsureSlack(FakeSlack):
    """Shows every post, but breaks off or answers 503 to a share of the requests.

    Args:
        unsure: How often it did.
    """

    chance: random.Random = field(default_factory=random.Random)
    share: float = UNSURE_SHARE
    unsure: int = 0

    def _fault(self, method: str) -> Fault | None:
        if method != "chat.postMessage" or self.chance.random() >= self.share:
            return None
        self.unsure += 1
        broken = self.chance.random() < 0.5
        return Fault(accepted=True, reset=broken, status=0 if broken else 503)


@dataclass(eq=False)
class LateSlack(UnsureSlack):
    """Shows a share of the posts up to ``most`` seconds after it broke off their request.

    Args:
        honours: Whether a second post with a ``client_msg_id`` that stands there is not shown.
    """

    most: float = 10.0
    honours: bool = False
    shown: list[dict[str, Any]] = field(default_factory=list)

    def _fault(self, method: str) -> Fault | None:
        fault = super()._fault(method)
        return Fault(reset=True) if fault else None

    async def _fail(
        self, request: web.Request, fault: Fault, arguments: dict[str, Any]
    ) -> web.StreamResponse:
        wait = self.chance.uniform(0, self.most)
        asyncio.get_running_loop().call_later(wait, self._post, arguments)
        return await super()._fail(request, fault, arguments)

    def _post(self, arguments: dict[str, Any]) -> Answer:
        wanted = arguments.get("client_msg_id")
        if self.honours and wanted:
            for each in self.messages.get(arguments["channel"], []):
                if each.get("client_msg_id") == wanted:
                    return {"ok": True, "channel": arguments["channel"], "ts": each["ts"]}
        return super()._post(arguments)

    def _show(self, arguments: dict[str, Any]) -> dict[str, Any]:
        message = super()._show(arguments)
        message["client_msg_id"] = arguments.get("client_msg_id", "")
        self.shown.append({"channel": arguments["channel"], **message})
        return message
