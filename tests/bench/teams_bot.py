"""Our side of the bench: ``echo`` is the adapter alone, ``product`` all of it."""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop
from botbuilder.core import ActivityHandler, TurnContext

from adapters.teams.adapter import RAW, TeamsAdapter
from adapters.teams.connector import Connector
from adapters.teams.endpoint import Endpoint
from adapters.teams.gate import Gate
from bot import logs
from bot.run import Running
from bot.server import Listener, local, public
from bot.settings import read
from bot.teams import Outside
from tests.bench.stalls import Stalls


class Echo(ActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """Says what it heard."""

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        await turn_context.send_activity(turn_context.turn_state[RAW]["text"])


async def yes() -> bool:
    return True


async def nothing() -> bytes:
    return b""


async def main() -> None:
    logs.configure(pretty=False)
    settings, stalls = read(), Stalls()
    if sys.argv[1] == "product":
        await Running.start(settings, with_playground=False)
    else:
        outside = Outside.of(settings)
        connector = Connector(outside.http, outside.token, outside.hosts)
        gate = Gate(settings.teams_app_id, settings.teams_tenant_id, outside.hosts, outside.keys)
        routes = Endpoint(TeamsAdapter(gate, connector, Echo())).routes()
        await Listener.start(public(yes, routes), "127.0.0.1", settings.port)
    watching = local(nothing, [])
    watching.router.add_get("/stall", stalls.tell)
    await Listener.start(watching, "127.0.0.1", int(os.environ["BENCH_STALL_PORT"]))
    stalls.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
