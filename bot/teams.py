"""Plug Teams in: one app in one tenant.

Only imported when Teams is configured: botbuilder costs half a second of start-up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx
import structlog
from aiohttp import web
from prometheus_client import Counter

from adapters.pace import Pace
from adapters.teams import limits
from adapters.teams.activities import TeamsBot
from adapters.teams.adapter import TeamsAdapter
from adapters.teams.checks import Step, Steps
from adapters.teams.client import client
from adapters.teams.connector import Connector
from adapters.teams.conversations import Conversations
from adapters.teams.courier import TeamsCourier
from adapters.teams.directory import TeamsDirectory
from adapters.teams.endpoint import Endpoint
from adapters.teams.gate import Gate
from adapters.teams.hosts import ServiceHosts
from adapters.teams.keys import SigningKeys
from adapters.teams.once import Once
from adapters.teams.poster import TeamsPoster
from adapters.teams.responder import Responder
from adapters.teams.roster import Roster
from adapters.teams.sent import SentMessages
from adapters.teams.token import ConnectorToken
from adapters.teams.welcome import Welcome
from bot.checks import Check, Finding
from bot.commands import TABLE
from bot.settings import Settings
from bot.wiring import Product, now
from core.errors import StoreError
from core.ids import Platform, WorkspaceKey

log = structlog.get_logger()

SWEEP_SECONDS = 600.0
WORDS = frozenset(entry.word for entry in TABLE)


@dataclass(slots=True, kw_only=True)
class Outside:
    """What reaches Microsoft: one client, its token and the keys."""

    http: httpx.AsyncClient
    hosts: ServiceHosts
    token: ConnectorToken
    keys: SigningKeys

    @classmethod
    def of(cls, settings: Settings) -> Outside:
        hosts = ServiceHosts.parse(settings.teams_service_hosts)
        http = client(hosts.local)
        secret = settings.teams_app_password
        login = f"{settings.teams_login_url.rstrip('/')}/{settings.teams_tenant_id}"
        token = ConnectorToken(
            http,
            f"{login}/oauth2/v2.0/token",
            settings.teams_app_id,
            secret.get_secret_value() if secret else "",
        )
        keys = SigningKeys(http, settings.teams_openid_url, hosts)
        return cls(http=http, hosts=hosts, token=token, keys=keys)

    async def close(self) -> None:
        await self.token.close()
        await self.keys.close()
        await self.http.aclose()


@dataclass(slots=True, kw_only=True)
class PluggedTeams:
    """Teams, connected to the product."""

    outside: Outside
    endpoint: Endpoint
    poster: TeamsPoster
    sent: SentMessages
    once: Once
    sweeping: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        return self.endpoint.routes()

    def start(self) -> None:
        self.sweeping = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        if self.sweeping is not None:
            self.sweeping.cancel()
            await asyncio.gather(self.sweeping, return_exceptions=True)
        await self.outside.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                await self.sent.sweep()
                await self.once.sweep()
            except StoreError as error:
                log.warning("background work put off", error=error.code)


async def plug(product: Product, settings: Settings) -> PluggedTeams:
    """Connect Teams as a platform. Nothing is asked of Microsoft before it is needed."""
    outside = Outside.of(settings)
    tenant = settings.teams_tenant_id.lower()
    connector = Connector(outside.http, outside.token, outside.hosts)
    conversations, sent = Conversations(product.database), SentMessages(product.database)
    roster, once = Roster(connector), Once(product.database)
    directory = TeamsDirectory(tenant, connector, conversations, roster)
    targeted = settings.teams_targeted_messages
    workspace = WorkspaceKey(Platform.TEAMS, tenant)
    pace = Pace(limits.CALLS, product.paces.shared(workspace))
    poster = TeamsPoster(connector, conversations, directory, sent, pace, targeted=targeted)
    courier = TeamsCourier(
        connector, conversations, directory, outside.http, outside.hosts, once, product.memory.files
    )
    product.connections.plug(workspace, poster, directory, courier)
    bot = TeamsBot(
        app_id=settings.teams_app_id,
        commands=WORDS,
        door=product.door,
        conversations=conversations,
        roster=roster,
        responder=Responder(product.door, once, poster, sent, directory),
        courier=courier,
        welcome=Welcome(conversations, poster),
        clock=now,
    )
    gate = Gate(settings.teams_app_id, tenant, outside.hosts, outside.keys)
    answered = Counter(
        "frontdesk_teams_activities",
        "Activities by the status they were answered with",
        ["status"],
        registry=product.telemetry.registry,
    )
    heard = [0]

    def count(status: int) -> None:
        heard[0] += status < 400
        answered.labels(str(status)).inc()

    adapter = TeamsAdapter(gate, connector, bot, count)
    steps = Steps(tenant, outside.token, outside.keys, conversations, roster, lambda: heard[0])
    product.checks.add((name, _check(step)) for name, step in steps.all())
    log.info("teams plugged in", tenant=tenant)
    return PluggedTeams(
        outside=outside, endpoint=Endpoint(adapter), poster=poster, sent=sent, once=once
    )


async def check(settings: Settings) -> list[Finding]:
    """``frontdesk check``: the steps that need no running product."""
    outside = Outside.of(settings)
    try:
        steps = Steps(settings.teams_tenant_id.lower(), outside.token, outside.keys)
        return [await _finding(step) for _, step in steps.all()]
    finally:
        await outside.close()


def _check(step: Step) -> Check:
    async def run(_workspace: WorkspaceKey) -> Finding:
        return await _finding(step)

    return run


async def _finding(step: Step) -> Finding:
    result = await step()
    return Finding(result.name, good=result.good, found=result.found)
