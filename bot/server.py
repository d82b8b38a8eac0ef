"""Two listeners: one for platforms, one on loopback for local pages and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

from adapters.web.gate import loopback_only

BODY_MOST = 1024 * 1024  # bytes of a request
BACKLOG = 4096  # connections not yet accepted; one more has to knock again after 1, 3, 7, 15 s


def public(ready: Callable[[], Awaitable[bool]], routes: Sequence[web.RouteDef]) -> web.Application:
    """The listener that platforms reach: health and their endpoints, nothing else."""
    app = web.Application(client_max_size=BODY_MOST)
    app.on_response_prepare.append(_unsigned)

    async def alive(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def is_ready(_request: web.Request) -> web.Response:
        good = await ready()
        return web.Response(status=200 if good else 503, text="ready\n" if good else "not ready\n")

    app.add_routes([web.get("/healthz", alive), web.get("/readyz", is_ready), *routes])
    return app


def local(
    metrics: Callable[[], Awaitable[bytes]], routes: Sequence[web.RouteDef]
) -> web.Application:
    """The listener on loopback."""
    app = web.Application(client_max_size=BODY_MOST, middlewares=[loopback_only])

    async def show_metrics(_request: web.Request) -> web.Response:
        text = await metrics()
        return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4"})

    app.add_routes([web.get("/metrics", show_metrics), *routes])
    return app


async def _unsigned(_request: web.Request, response: web.StreamResponse) -> None:
    """Which server in which version answers is nobody's business."""
    response.headers.popall("Server", None)


class Listener:
    """A running application; ``port`` is the one it got."""

    def __init__(self, runner: web.AppRunner, port: int) -> None:
        self._runner = runner
        self.port = port

    @classmethod
    async def start(cls, app: web.Application, host: str, port: int) -> Listener:
        """Listen; raises ``OSError`` when the port is taken."""
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0)
        await runner.setup()
        site = web.TCPSite(runner, host, port, backlog=BACKLOG)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        return cls(runner, runner.addresses[0][1])

    async def stop(self) -> None:
        await self._runner.cleanup()
