"""The stock CloudAdapter with an echo bot, as its samples build it; run by the bench alone.

All of it is as shipped but for one thing: MSAL is told not to ask Microsoft whether the
login's host is a real one. ``--cached`` also lets it keep one token for all turns.
"""

from __future__ import annotations

import os
import sys
from functools import cache, partial
from types import SimpleNamespace

from aiohttp import web
from botbuilder.core import ActivityHandler, MessageFactory, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botframework.connector.auth import (  # type: ignore[import-untyped]
    microsoft_app_credentials,
)

from tests.bench.stalls import Stalls


class Echo(ActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """Says what it heard."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(MessageFactory.text(turn_context.activity.text))


def main() -> None:
    made = partial(
        microsoft_app_credentials.ConfidentialClientApplication, instance_discovery=False
    )
    once = cache(lambda **given: made(**given))
    microsoft_app_credentials.ConfidentialClientApplication = (
        once if "--cached" in sys.argv else made
    )
    configuration = SimpleNamespace(
        APP_ID=os.environ["TEAMS_APP_ID"],
        APP_PASSWORD=os.environ["TEAMS_APP_PASSWORD"],
        APP_TYPE="SingleTenant",
        APP_TENANTID=os.environ["TEAMS_TENANT_ID"],
        TO_CHANNEL_FROM_BOT_LOGIN_URL=os.environ["BENCH_TLS_LOGIN"],
        TO_CHANNEL_FROM_BOT_OAUTH_SCOPE="https://api.botframework.com",
        TO_BOT_FROM_CHANNEL_TOKEN_ISSUER="https://api.botframework.com",
        TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL=os.environ["TEAMS_OPENID_URL"],
        OAUTH_URL="https://api.botframework.com",
        VALIDATE_AUTHORITY=False,
    )
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(configuration))
    bot, stalls = Echo(), Stalls()

    async def take(request: web.Request) -> web.StreamResponse:
        answer = await adapter.process(request, bot)
        return answer or web.Response(status=200)

    async def watch(_app: web.Application) -> None:
        stalls.start()

    app = web.Application()
    app.add_routes([web.post("/teams/messages", take), web.get("/stall", stalls.tell)])
    app.on_startup.append(watch)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)


if __name__ == "__main__":
    main()
