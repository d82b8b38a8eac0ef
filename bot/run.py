"""Run the product: open, start, serve until told to stop, finish what is under way."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from adapters.storage.retention import AT_ONCE
from bot import models, playground
from bot.installation_checks import writable
from bot.models import Speaker
from bot.playground import Plugged
from bot.server import Listener, local, public
from bot.settings import DEMO, Role, Settings
from bot.storage import open_storage
from bot.wiring import Product, build, now
from core.errors import SettingsError, StoreError, StoreUnavailable
from core.ports import Model

if TYPE_CHECKING:
    from bot.slack import PluggedSlack  # imported at run time only when Slack is configured
    from bot.teams import PluggedTeams  # and this one only when Teams is

log = structlog.get_logger()

LOOPBACK = "127.0.0.1"
KNOWLEDGE_SECONDS = 60.0  # between looks at the documents
SWEEP_SECONDS = 600.0
COLLECT_AFTER = (10_000, 20, 10)  # objects: a turn makes some thousands, none of them in cycles
START_SECONDS = 30.0  # within which a start is tried again
START_AGAIN_SECONDS = 0.5
SWEEP_PAUSE = 0.05  # so that those who write get in between
COPIES_LIVE = timedelta(days=30)  # of a database, made before it was migrated
REMEMBER_EXPIRED = timedelta(days=7)  # so that a returning person can be told of a new start


class Running:
    """A running product; ``port`` and ``local_port`` are those it got."""

    def __init__(
        self,
        role: Role,
        product: Product,
        plugged: Plugged | None,
        speaker: Speaker | None = None,
        slack: PluggedSlack | None = None,
        teams: PluggedTeams | None = None,
    ) -> None:
        self._role = role
        self.product = product
        self._plugged = plugged
        self._slack = slack
        self._teams = teams
        self._speaker = speaker
        self._listeners: list[Listener] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._accepting = True
        self._checked_at, self._writable = 0.0, True

    @classmethod
    async def start(
        cls, settings: Settings, *, with_playground: bool, model: Model | None = None
    ) -> Running:
        """Start everything.

        Raises:
            SettingsError: Something the operator has to mend first; nothing is left running.
        """
        storage = await open_storage(settings)
        speaker = models.speaker(settings) if model is None else None
        product: Product | None = None
        plugged = slack = teams = None
        try:
            if with_playground and settings.knowledge is None:
                settings = settings.model_copy(update={"knowledge": DEMO / "articles"})
            troubled = speaker.troubled if speaker else models.untroubled
            speaks = speaker.model if speaker else model
            product = build(settings, storage, speaks, troubled=troubled)
            await storage.peers.join(product.worker.wake)
            await product.librarian.start()
            origin = f"http://{LOOPBACK}:{settings.local_port}"
            if with_playground:
                plugged = await playground.plug(product, settings.data_dir, origin)
            if settings.slack_bot_token is not None:
                slack = await _slack(product, settings)
            if settings.teams_app_id:
                teams = await _teams(product, settings)
            running = cls(settings.role, product, plugged, speaker, slack, teams)
            await running._listen(settings)
        except BaseException:
            for each in (plugged, slack, teams):
                if each is not None:
                    await each.stop()
            if speaker is not None:
                await speaker.close()
            await (product or storage).close()
            raise
        running._work()
        return running

    async def _listen(self, settings: Settings) -> None:
        pages = self._plugged.playground.routes() if self._plugged else []
        endpoints = self._slack.routes() if self._slack else []
        endpoints += self._teams.routes() if self._teams else []
        app = public(self.ready, endpoints if self._role is not Role.WORKER else [])
        await self._serve(app, "0.0.0.0", settings.port, "PORT")  # noqa: S104 - platforms reach it
        app = local(self._metrics, pages)
        if self._plugged:
            app.on_shutdown.append(self._plugged.leave)
        await self._serve(app, LOOPBACK, settings.local_port, "FRONTDESK_LOCAL_PORT")
        self.port, self.local_port = (each.port for each in self._listeners)

    async def _serve(self, app: web.Application, host: str, port: int, name: str) -> None:
        try:
            self._listeners.append(await Listener.start(app, host, port))
        except OSError as error:
            await self._stop_listening()
            taken = error.errno == errno.EADDRINUSE
            why = "is taken. Stop what uses it" if taken else f"cannot be used ({error.strerror})"
            raise SettingsError(f"Port {port} {why}, or set {name} to another.") from error

    def _work(self) -> None:
        if self._role is not Role.INGRESS:
            self._tasks.append(asyncio.create_task(self.product.worker.run()))
        self._tasks += [
            asyncio.create_task(_every(KNOWLEDGE_SECONDS, self.product.librarian.look)),
            asyncio.create_task(_every(SWEEP_SECONDS, lambda: _sweep(self.product))),
        ]
        self._tasks.append(asyncio.create_task(self.product.sweeper.resume()))
        for each in (self._plugged, self._slack, self._teams):
            if each is not None:
                each.start()

    async def ready(self) -> bool:
        """Whether new messages can be taken; asks the database at most once a second."""
        if monotonic() - self._checked_at > 1.0:
            self._checked_at = monotonic()
            self._writable = await writable(self.product.database)
        return self._accepting and self._writable

    async def _metrics(self) -> bytes:
        self.product.telemetry.waiting.set(await self.product.inbox.depth())
        return self.product.telemetry.text()

    async def stop(self) -> None:
        """Refuse new work, finish or give back what is under way, close."""
        self._accepting = False
        await self.product.worker.stop()
        await self.product.sweeper.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stop_listening()
        for each in (self._plugged, self._slack, self._teams):
            if each is not None:
                await each.stop()
        if self._speaker is not None:
            await self._speaker.close()
        await self.product.close()

    async def _stop_listening(self) -> None:
        for listener in self._listeners:
            await listener.stop()


async def _slack(product: Product, settings: Settings) -> PluggedSlack:
    from bot import slack

    return await slack.plug(product, settings)


async def _teams(product: Product, settings: Settings) -> PluggedTeams:
    from bot import teams

    return await teams.plug(product, settings)


async def _sweep(product: Product) -> None:
    """Forget what is old, a little at a time, until it keeps up with what comes in."""
    expired = now() - REMEMBER_EXPIRED
    while True:
        forgotten = await product.sessions.sweep(expired) + await product.inbox.sweep()
        forgotten += await product.retention.sweep()
        if forgotten < AT_ONCE:
            break
        await asyncio.sleep(SWEEP_PAUSE)
    await product.eraser.purge()
    await product.storage.end_copies((now() - COPIES_LIVE).timestamp())


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except StoreError as error:
            log.warning("background work put off", error=error.code)


async def start(settings: Settings, *, with_playground: bool) -> Running:
    """Start, and wait for a database that others keep too busy at first.

    Raises:
        SettingsError: As ``Running.start``; or it was too busy all the time.
    """
    ends = monotonic() + START_SECONDS
    while True:
        try:
            return await Running.start(settings, with_playground=with_playground)
        except StoreUnavailable as error:
            if monotonic() > ends or not settings.postgres_url:
                raise SettingsError(f"The database does not answer. {error}") from error
            log.warning("not started yet", error=error.code)
        await asyncio.sleep(START_AGAIN_SECONDS)


async def serve(settings: Settings, *, with_playground: bool) -> None:
    """Run until SIGINT or SIGTERM."""
    running = await start(settings, with_playground=with_playground)
    gc.collect()
    gc.freeze()  # what was built at start stays: no later collection walks it again
    gc.set_threshold(*COLLECT_AFTER)
    log.info("frontdesk started", port=running.port, local_port=running.local_port)
    if with_playground:
        link = f"http://{LOOPBACK}:{running.local_port}/playground"
        print(f"\n  Frontdesk is running. Open {link}\n", flush=True)  # noqa: T201 - for whoever runs it
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(each, stop.set)
    await stop.wait()
    log.info("frontdesk stopping")
    await running.stop()
