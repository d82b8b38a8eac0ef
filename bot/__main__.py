"""The command line: ``frontdesk run``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from bot import logs
from bot.run import serve
from bot.settings import read
from core.errors import SettingsError


def main() -> None:
    """Entry point; exits with status 2 and one clear message when it cannot start."""
    parser = argparse.ArgumentParser(prog="frontdesk", description="The Frontdesk assistant.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start the product")
    run.add_argument(
        "--playground",
        action="store_true",
        help="serve the local playground although Slack or Teams is configured",
    )
    options = parser.parse_args()
    logs.configure(pretty=sys.stderr.isatty())
    try:
        settings = read()
        with_playground = options.playground or not settings.on_a_platform
        _loop(serve(settings, with_playground=with_playground))
    except SettingsError as error:
        print(f"frontdesk cannot start. {error}", file=sys.stderr)
        sys.exit(2)


def _loop(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    main()
