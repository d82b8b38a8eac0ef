"""``python -m tests.chaos RUN``: one line of JSON; status 1 for a broken promise."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.chaos.dups import dups
from tests.chaos.kills import ALIVE_MOST, kills
from tests.chaos.late import QUIET_SECONDS, late
from tests.chaos.redis import redis_failures
from tests.chaos.result import Result


def main() -> None:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-chaos-") as scratch:
        report = asyncio.run(_run(options, options.folder or Path(scratch)))
    sys.stdout.write(report.line + "\n")
    sys.exit(1 if report.broken else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    runs = parser.add_subparsers(dest="run", required=True)
    run = runs.add_parser("kills", help="kill the product again and again while people write")
    run.add_argument("--rounds", type=int, default=20)
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
    for each in (run, redis, copies, lateness):
        each.add_argument("--seed", type=int, default=int(time.time()), help="repeats the choices")
        each.add_argument("--folder", type=Path, help="keep the data there, for a look afterwards")
    return parser


def _run(options: argparse.Namespace, folder: Path) -> Coroutine[Any, Any, Result]:
    match options.run:
        case "redis":
            return redis_failures(folder, options.failures, options.seed)
        case "dups":
            return dups(folder, options.messages, options.seed)
        case "late":
            return late(
                folder,
                options.messages,
                options.seed,
                honours=options.honours,
                most=options.most,
                quiet=options.quiet,
            )
        case _:
            return kills(folder, options.rounds, options.seed, options.alive)


if __name__ == "__main__":
    main()
