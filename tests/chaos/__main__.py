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

from tests.chaos.kills import ALIVE_MOST, Report, kills
from tests.chaos.redis import redis_failures


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
    for each in (run, redis):
        each.add_argument("--seed", type=int, default=int(time.time()), help="repeats the choices")
        each.add_argument("--folder", type=Path, help="keep the data there, for a look afterwards")
    return parser


def _run(options: argparse.Namespace, folder: Path) -> Coroutine[Any, Any, Report]:
    match options.run:
        case "redis":
            return redis_failures(folder, options.failures, options.seed)
        case _:
            return kills(folder, options.rounds, options.seed, options.alive)


if __name__ == "__main__":
    main()
