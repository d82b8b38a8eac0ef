"""``python -m tests.chaos RUN``: one line of JSON; status 1 for a broken promise."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.backends import BACKENDS, SQLITE, settings_for
from tests.chaos.claim_race import claim_race
from tests.chaos.disturbances import DISTURBANCES, disturbed
from tests.chaos.dups import dups
from tests.chaos.kills import ALIVE_MOST, kills
from tests.chaos.late import QUIET_SECONDS, late
from tests.chaos.lost_update import lost_update
from tests.chaos.redis import redis_failures
from tests.chaos.result import Result
from tests.servers.postgres import PostgresServer


def main() -> None:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-chaos-") as scratch:
        report = _run(options, options.folder or Path(scratch))
    sys.stdout.write(report.line + "\n")
    sys.exit(1 if report.broken else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    runs = parser.add_subparsers(dest="run", required=True)
    run = runs.add_parser("kills", help="kill the product again and again while people write")
    run.add_argument("--backend", choices=BACKENDS, default=SQLITE)
    run.add_argument("--alive", type=float, default=ALIVE_MOST, help="seconds a life lasts at most")
    redis = runs.add_parser("redis", help="kill, stop and flush Redis again and again")
    redis.add_argument("--failures", type=int, default=50)
    copies = runs.add_parser("dups", help="deliver every message up to eleven times")
    copies.add_argument("--messages", type=int, default=20_000)
    lateness = runs.add_parser("late", help="let Slack show posts late that it did not confirm")
    lateness.add_argument("--messages", type=int, default=400)
    lateness.add_argument("--most", type=float, default=10.0, help="seconds a post comes late")
    lateness.add_argument("--quiet", type=float, default=QUIET_SECONDS, help="seconds until judged")
    lateness.add_argument("--honours", action="store_true", help="Slack knows client_msg_id again")
    race = runs.add_parser("claim-race", help="let staff press Claim at once on PostgreSQL")
    race.add_argument("--clicks", type=int, default=50)
    updates = runs.add_parser("lost-update", help="let processes add to one session at once")
    updates.add_argument("--writers", type=int, default=8)
    updates.add_argument("--updates", type=int, default=2_000)
    fleets = [runs.add_parser(name, help=each.__doc__) for name, each in DISTURBANCES.items()]
    for each in fleets:
        each.add_argument("--size", type=int, default=3, help="processes on one PostgreSQL")
    for each in (run, race, *fleets):
        each.add_argument("--rounds", type=int, default=20)
    for each in (run, redis, copies, lateness, race, updates, *fleets):
        each.add_argument("--seed", type=int, default=int(time.time()), help="repeats the choices")
        each.add_argument("--folder", type=Path, help="keep the data there, for a look afterwards")
    return parser


def _run(options: argparse.Namespace, folder: Path) -> Result:
    match options.run:
        case "redis":
            return asyncio.run(redis_failures(folder, options.failures, options.seed))
        case "dups":
            return asyncio.run(dups(folder, options.messages, options.seed))
        case "late":
            lateness = late(
                folder,
                options.messages,
                options.seed,
                honours=options.honours,
                most=options.most,
                quiet=options.quiet,
            )
            return asyncio.run(lateness)
        case "kills":
            with settings_for(options.backend) as settings:
                dying = kills(folder, options.rounds, options.seed, options.alive, settings)
                return asyncio.run(dying)
        case _:
            with _server() as server:
                return _on_postgres(options, folder, server)


def _on_postgres(options: argparse.Namespace, folder: Path, server: PostgresServer) -> Result:
    match options.run:
        case "claim-race":
            race = claim_race(folder, server, options.rounds, options.seed, options.clicks)
            return asyncio.run(race)
        case "lost-update":
            return asyncio.run(lost_update(server, options.writers, options.updates))
        case _:
            names = [options.run] * options.rounds
            return asyncio.run(disturbed(names, folder, server, options.seed, options.size))


@contextmanager
def _server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    try:
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    main()
