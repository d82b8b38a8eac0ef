"""``python -m tests.chaos kills --rounds N``: one line of JSON; status 1 for a broken promise."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.kills import ALIVE_MOST, kills


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    runs = parser.add_subparsers(dest="run", required=True)
    run = runs.add_parser("kills", help="kill the product again and again while people write")
    run.add_argument("--rounds", type=int, default=20)
    run.add_argument("--seed", type=int, default=int(time.time()), help="repeats a run's choices")
    run.add_argument("--alive", type=float, default=ALIVE_MOST, help="seconds a life lasts at most")
    run.add_argument("--folder", type=Path, help="keep the data there, for a look afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="frontdesk-kills-") as scratch:
        folder = options.folder or Path(scratch)
        report = asyncio.run(kills(folder, options.rounds, options.seed, options.alive))
    sys.stdout.write(report.line + "\n")
    sys.exit(1 if report.broken else 0)


if __name__ == "__main__":
    main()
