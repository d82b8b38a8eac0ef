"""Plug Slack in: one app in one workspace, over HTTP or a socket.

Only imported when Slack is configured: its SDK costs a second of start-up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web
from prometheus_client import Counter

from adapters.pace import Pace
from adapters.slack import limits, listeners
from adapters.slack.api import BASE_URL, SlackApi
from adapters.slack.channels import Channels
from adapters.slack.checks import Step, Steps, socket
from adapters.slack.courier import SlackCourier
from adapters.slack.directory import SlackDirectory
from adapters.slack.endpoint import Endpoint
from adapters.slack.gate import Gate
from adapters.slack.home import Home
from adapters.slack.installation import Installation, recognise
from adapters.slack.listeners import Dispatcher
from adapters.slack.memory import Memory
from adapters.slack.poster import SlackPoster
from adapters.slack.receiver import Receiver
from adapters.slack.socket import Socket
from bot.checks import Check, Finding
from bot.settings import Role, Settings
from bot.wiring import Product
from core.errors import Parked, PlatformError, SettingsError
from core.ids import ThreadKey, WorkspaceKey

log = structlog.get_logger()

CONNECT_SECONDS = 5.0  # between tries to open the socket


@dataclass(slots=True, kw_only=True)
class PluggedSlack:
    """Slack, connected to the product."""

    api: SlackApi
    poster: SlackPoster
    receiver: Receiver
    endpoint: Endpoint
    socket: Socket | None
    connecting: asyncio.Task[None] | None = None

    def routes(self) -> list[web.RouteDef]:
        """What the public listener serves; nothing when everything comes through the socket."""
        return [] if self.socket else self.endpoint.routes()

    def start(self) -> None:
        if self.socket is not None:
            self.connecting = asyncio.create_task(_connected(self.socket))

    async def stop(self) -> None:
        if self.connecting is not None:
            self.connecting.cancel()
            await asyncio.gather(self.connecting, return_exceptions=True)
        if self.socket is not None:
            await self.socket.stop()
        await self.receiver.stop()
        await self.poster.stop()
        await self.api.close()


async def plug(product: Product, settings: Settings) -> PluggedSlack:
    """Connect Slack as a platform.

    Raises:
        SettingsError: Slack does not take the token, or does not answer.
    """
    counts = Counters(product)
    api = SlackApi(token_of(settings), settings.slack_api_base_url or BASE_URL, alert=counts.alert)
    app_token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    try:
        us = await recognise(api, app_token)
    except PlatformError as error:
        await api.close()
        raise SettingsError(unreachable(error)) from error
    return _wired(product, settings, api, us, counts, app_token)


def _wired(
    product: Product,
    settings: Settings,
    api: SlackApi,
    us: Installation,
    counts: Counters,
    app_token: str,
) -> PluggedSlack:
    memory = Memory()
    shared = product.paces.shared(us.workspace)
    posts, updates = Pace(limits.POSTS, shared), Pace(limits.UPDATES, shared)
    poster = SlackPoster(api, us, memory, posts=posts, updates=updates)
    directory = SlackDirectory(api, us, memory, poster.private)
    courier = SlackCourier(api, poster.private)
    product.connections.plug(us.workspace, poster, directory, courier)
    steps = Steps(api, directory.channels, _support_channel(product, us.workspace))
    product.checks.add((name, _check(step)) for name, step in steps.all())
    receiver = Receiver(us, product.door, directory, poster, memory, Home(api), alert=counts.alert)
    dispatch = Dispatcher(listeners.build(us, receiver, api.client))
    secret = settings.slack_signing_secret
    gate = Gate(secret.get_secret_value() if secret else "", us, counts.refused)
    hears = settings.slack_socket and settings.role is not Role.WORKER
    socket = Socket(app_token, api.client, gate, dispatch) if hears else None
    log.info("slack plugged in", workspace=us.team_id, socket=socket is not None)
    return PluggedSlack(
        api=api,
        poster=poster,
        receiver=receiver,
        endpoint=Endpoint(gate, dispatch),
        socket=socket,
    )


class Counters:
    """What the metrics and the log are told of Slack, in fixed words."""

    def __init__(self, product: Product) -> None:
        registry = product.telemetry.registry
        self._refused = Counter(
            "frontdesk_slack_refused", "Requests not let in", ["reason"], registry=registry
        )
        self._alerts = Counter(
            "frontdesk_slack_alerts", "Times Slack shut us out", ["reason"], registry=registry
        )

    def refused(self, reason: str) -> None:
        self._refused.labels(reason).inc()

    def alert(self, reason: str) -> None:
        self._alerts.labels(reason).inc()
        log.error("slack shut us out; install the app again and set its new token", reason=reason)


async def check(settings: Settings, channel: str) -> list[Finding]:
    """``frontdesk check``: the steps without a running product.

    Args:
        channel: A channel to post a trial message into, as an id or name; may be empty.
    """
    api = SlackApi(token_of(settings), settings.slack_api_base_url or BASE_URL)
    channels = Channels(api)

    async def chosen() -> str:
        found = await channels.find(channel) if channel else None
        return found.channel_id if found else channel

    try:
        findings = [await _finding(step) for _, step in Steps(api, channels, chosen).all()]
    finally:
        await api.close()
    return [*findings, await _socket_finding(settings)] if settings.slack_socket else findings


async def _socket_finding(settings: Settings) -> Finding:
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    api = SlackApi(token, settings.slack_api_base_url or BASE_URL)
    try:
        return await _finding(lambda: socket(api))
    except PlatformError:
        return Finding("Slack socket", good=False, found="Slack could not be reached")
    finally:
        await api.close()


def token_of(settings: Settings) -> str:
    """The bot token, which the settings have made sure of."""
    return settings.slack_bot_token.get_secret_value() if settings.slack_bot_token else ""


def unreachable(error: PlatformError) -> str:
    """Why Slack could not be plugged in, for the operator."""
    if isinstance(error, Parked):
        return f"SLACK_BOT_TOKEN is not taken by Slack. {error}"
    return f"Slack does not answer; is SLACK_API_BASE_URL right, and the network open? {error}"


def _support_channel(product: Product, workspace: WorkspaceKey) -> Callable[[], Awaitable[str]]:
    async def found() -> str:
        key = (await product.workspaces.settings(workspace)).support_channel
        channel = ThreadKey.parse(key) if key else None
        return channel.channel_id if channel and channel.workspace == workspace else ""

    return found


def _check(step: Step) -> Check:
    async def run(_workspace: WorkspaceKey) -> Finding:
        return await _finding(step)

    return run


async def _finding(step: Step) -> Finding:
    result = await step()
    return Finding(result.name, good=result.good, found=result.found)


async def _connected(socket: Socket) -> None:
    """Open the socket, however often that takes; it reconnects by itself afterwards."""
    while True:
        try:
            await socket.start()
        except Exception as error:  # noqa: BLE001 - whatever it is, without a socket we hear nothing
            log.error("slack socket not open", error=type(error).__name__)
            await asyncio.sleep(CONNECT_SECONDS)
        else:
            log.info("slack socket open")
            return
