"""``python -m tests.chaos RUN``: one line of JSON; status 1 for a broken promise."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.backends import BACKENDS, POSTGRES, POSTGRES_REDIS, SQLITE, Backend, backend
from tests.chaos.claim_race import claim_race
from tests.chaos.disturbances import DISTURBANCES, disturbed
from tests.chaos.dups import dups
from tests.chaos.kills import ALIVE_MOST, kills
from tests.chaos.late import QUIET_SECONDS, late
from tests.chaos.lost_update import lost_update
from tests.chaos.redis import redis_failures
from tests.chaos.result import Result
from tests.chaos.takeover import takeover

FIRST_CHOICE = {"kills": SQLITE, "dups": SQLITE, "late": SQLITE, "redis": POSTGRES_REDIS}


def main() -> None:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-chaos-") as scratch:
        folder = options.folder or Path(scratch)
        with backend(options.backend, folder) as chosen:
            report = _run(options, folder, chosen)
    sys.stdout.write(report.line + "\n")
    sys.exit(1 if report.broken else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    runs = parser.add_subparsers(dest="run", required=True)
    death = runs.add_parser("kills", help="kill the product again and again while people write")
    death.add_argument(
        "--alive", type=float, default=ALIVE_MOST, help="seconds a life lasts at most"
    )
    redis = runs.add_parser("redis", help="kill, stop and flush Redis again and again")
    copies = runs.add_parser("dups", help="deliver every message up to eleven times")
    copies.add_argument("--messages", type=int, default=20_000)
    lateness = runs.add_parser("late", help="let Slack show posts late that it did not confirm")
    lateness.add_argument("--messages", type=int, default=400)
    lateness.add_argument("--most", type=float, default=10.0, help="seconds a post comes late")
    lateness.add_argument("--quiet", type=float, default=QUIET_SECONDS, help="seconds until judged")
    lateness.add_argument("--honours", action="store_true", help="Slack knows client_msg_id again")
    race = runs.add_parser("claim-race", help="let staff press Claim on one card at once")
    race.add_argument("--clicks", type=int, default=50)
    updates = runs.add_parser("lost-update", help="let processes add to one session at once")
    updates.add_argument("--writers", type=int, default=8)
    updates.add_argument("--updates", type=int, default=2_000)
    heirs = runs.add_parser("takeover", help="time who goes on where a process died or hangs")
    fleets = [runs.add_parser(name, help=each.__doc__) for name, each in DISTURBANCES.items()]
    for each in fleets:
        each.add_argument("--size", type=int, default=3, help="processes on one PostgreSQL")
    for each in (death, redis, race, heirs, *fleets):
        each.add_argument("--rounds", type=int, default=20)
    for each in (death, redis, copies, lateness, race, updates, heirs, *fleets):
        first = FIRST_CHOICE.get(each.prog.rpartition(" ")[2], POSTGRES)
        each.add_argument("--backend", choices=BACKENDS, default=first)
        each.add_argument("--seed", type=int, default=int(time.time()), help="repeats the choices")
        each.add_argument("--folder", type=Path, help="keep the data there, for a look afterwards")
    return parser


def _run(options: argparse.Namespace, folder: Path, chosen: Backend) -> Result:
    rounds, seed = getattr(options, "rounds", 0), options.seed
    match options.run:
        case "kills":
            return asyncio.run(kills(folder, chosen, rounds, seed, alive_most=options.alive))
        case "redis":
            return asyncio.run(redis_failures(folder, chosen, rounds, seed))
        case "dups":
            return asyncio.run(dups(folder, chosen, options.messages, seed))
        case "late":
            lateness = late(
                folder,
                chosen,
                options.messages,
                seed,
                honours=options.honours,
                most=options.most,
                quiet=options.quiet,
            )
            return asyncio.run(lateness)
        case "claim-race":
            return asyncio.run(claim_race(folder, chosen, rounds, seed, options.clicks))
        case "takeover":
            return asyncio.run(takeover(folder, chosen, rounds, seed))
        case "lost-update":
            return asyncio.run(lost_update(folder, chosen, options.writers, options.updates))
        case name:
            return asyncio.run(disturbed([name] * rounds, folder, chosen, seed, options.size))


if __name__ == "__main__":
    main()
