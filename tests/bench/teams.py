"""What an activity costs, and how long the loop stands still while the login is slow.

``python -m tests.bench.teams [--stock PYTHON]`` compares, in rounds that take turns, our
adapter with the stock CloudAdapter doing the same, and shows the whole product beside
them. PYTHON is an interpreter that has ``botbuilder-integration-aiohttp``; it is not one
of our requirements, so without it only our own figures are taken.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import ssl
import statistics
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web

from tests.bench.certificate import write_certificate
from tests.fakes.teams import TENANT, FakeTeams, Person
from tests.fakes.teams_activities import asks, installed
from tests.platforms.conftest import free_port

ROOT = Path(__file__).parents[2]
TICK = os.sysconf("SC_CLK_TCK")
SLOW_LOGIN_SECONDS = 0.5
PEOPLE = 100
PATIENCE_SECONDS = 60.0
STOCK = {
    "stock CloudAdapter": ["tests.bench.stock_teams_bot"],
    "… with its token kept": ["tests.bench.stock_teams_bot", "--cached"],
}
OURS = {
    "our adapter": ["tests.bench.teams_bot", "echo"],
    "the whole product": ["tests.bench.teams_bot", "product"],
}


@dataclass
class Figures:
    """What one bot was measured with, a figure for each round."""

    cpu: list[float] = field(default_factory=list)  # milliseconds per activity
    stalls: list[float] = field(default_factory=list)  # milliseconds


@dataclass
class Bot:
    """A bot in a process of its own."""

    process: asyncio.subprocess.Process
    teams: FakeTeams
    http: aiohttp.ClientSession
    port: int
    stall_port: int
    answers: str  # what the fake's log calls an answer
    token: str  # one for all activities, as Teams' own are good for an hour

    async def converse(self, count: int, at_once: int) -> float:
        """So many activities, each answered; returns milliseconds of CPU for each."""
        before, used = self._answered(), self._cpu()
        room = asyncio.Semaphore(at_once)
        people = itertools.cycle(self.teams.people.values())  # one alone would have to wait
        await asyncio.gather(*(self._say(room, next(people)) for _ in range(count)))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._answered() < before + count:
                await asyncio.sleep(0.01)
        return (self._cpu() - used) * 1_000 / count

    async def longest_stall(self) -> float:
        """Milliseconds, since it was asked before."""
        async with self.http.get(f"http://127.0.0.1:{self.stall_port}/stall") as answer:
            return float((await answer.json())["milliseconds"])

    async def _say(self, room: asyncio.Semaphore, who: Person) -> None:
        async with room:
            sent = asks(self.teams, who, "hello")
            assert await self.post(sent) in (200, 201)  # the stock adapter's word for done

    async def post(self, activity: dict[str, Any]) -> int:
        url = f"http://127.0.0.1:{self.port}/teams/messages"
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(url, json=activity, headers=headers) as answer:
            return answer.status

    def _answered(self) -> int:
        return sum(each.did == self.answers for each in self.teams.log)

    def _cpu(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK


@asynccontextmanager
async def running(
    command: list[str], python: str, login: SlowLogin, folder: Path
) -> AsyncIterator[Bot]:
    """A bot on a Microsoft of its own, warmed up by nothing yet."""
    teams = login.teams
    teams.log.clear()
    port, stall_port = free_port(), free_port()
    stock = command[0] in {each[0] for each in STOCK.values()}
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PORT": str(port),
        "BENCH_STALL_PORT": str(stall_port),
        "BENCH_TLS_LOGIN": login.url,
        "REQUESTS_CA_BUNDLE": str(login.certificate),
        "FRONTDESK_DATA_DIR": str(folder),
        "FRONTDESK_LOCAL_PORT": str(free_port()),
        "FRONTDESK_KNOWLEDGE": str(ROOT / "bot/demo/articles"),
        **teams.settings,
    }
    process = await asyncio.create_subprocess_exec(
        python, "-m", *command, cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    answers = "update" if command[-1] == "product" else "create"
    try:
        async with aiohttp.ClientSession() as http:
            bot = Bot(
                process, teams, http, port, port if stock else stall_port, answers, teams.sign()
            )
            await _up(bot)
            yield bot
    finally:
        process.terminate()
        await process.wait()


async def _up(bot: Bot) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await bot.longest_stall()
            except aiohttp.ClientError:
                assert bot.process.returncode is None, "the bot ended"
                await asyncio.sleep(0.05)
            else:
                return


class SlowLogin:
    """The fake's login, also over TLS, without which MSAL speaks to nobody."""

    def __init__(self, teams: FakeTeams, folder: Path) -> None:
        self.teams = teams
        self.certificate, self._key = write_certificate(folder)
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        port = free_port()
        self.url = f"https://localhost:{port}/login/{TENANT}"
        app = web.Application()
        app.add_routes(
            [
                web.get("/login/{tenant}/v2.0/.well-known/openid-configuration", self._about),
                web.post("/login/{tenant}/oauth2/v2.0/token", self.teams._login),
            ]
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self._key)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "localhost", port, ssl_context=context).start()

    async def _about(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": f"{self.url}/v2.0",
                "authorization_endpoint": f"{self.url}/oauth2/v2.0/authorize",
                "token_endpoint": f"{self.url}/oauth2/v2.0/token",
            }
        )

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()


async def measure(
    command: list[str], python: str, login: SlowLogin, count: int, figures: Figures
) -> None:
    """One round: the first activities while the login is slow, the others for their cost."""
    with TemporaryDirectory() as folder:
        async with running(command, python, login, Path(folder)) as bot:
            await bot.post(installed(login.teams, login.teams.people["s0"], "19:help@thread.tacv2"))
            await bot.longest_stall()
            login.teams.login_seconds = SLOW_LOGIN_SECONDS
            await bot.converse(4, 4)
            figures.stalls.append(await bot.longest_stall())
            login.teams.login_seconds = 0.0
            await bot.converse(count // 4, 8)
            figures.cpu.append(await bot.converse(count, 8))


async def main() -> None:
    options = _options()
    bots = {name: (each, sys.executable) for name, each in OURS.items()}
    if options.stock:
        bots = {name: (each, options.stock) for name, each in STOCK.items()} | bots
    figures = {name: Figures() for name in bots}
    teams = FakeTeams()
    await teams.start()
    for number in range(PEOPLE):
        teams.add(f"s{number}")
    with TemporaryDirectory() as folder:
        login = SlowLogin(teams, Path(folder))
        await login.start()
        for number in range(options.rounds):
            for name, (command, python) in bots.items():
                await measure(command, python, login, options.count, figures[name])
                print(f"round {number + 1}: {name}", file=sys.stderr)
        await login.stop()
    await teams.stop()
    _report(figures)


def _report(figures: dict[str, Figures]) -> None:
    medians = {name: statistics.median(each.cpu) for name, each in figures.items()}
    stock = medians.get("stock CloudAdapter")
    print(f"{'':24}{'CPU ms/activity':>16}{'of stock':>10}{'longest stall ms':>18}")
    for name, each in figures.items():
        share = f"{medians[name] / stock:.2f}" if stock else "-"
        print(f"{name:24}{medians[name]:16.2f}{share:>10}{max(each.stalls):18.1f}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.teams", description=__doc__)
    parser.add_argument("--stock", default="", help="a Python with botbuilder-integration-aiohttp")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=400, help="activities in a round")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(main())
