"""The command line: ``frontdesk run`` and ``frontdesk check``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from typing import Any

from bot import logs
from bot.run import serve
from bot.settings import Settings, read
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
    run.add_argument(
        "--socket",
        action="store_true",
        help="hear Slack through a connection opened from here (Socket Mode)",
    )
    check = commands.add_parser("check", help="test the connection to Slack and say what to mend")
    check.add_argument("--channel", default="", help="also post a trial message there")
    options = parser.parse_args()
    logs.configure(pretty=sys.stderr.isatty())
    try:
        settings = read(socket=getattr(options, "socket", False))
        if options.command == "check":
            sys.exit(_check(settings, options.channel))
        with_playground = options.playground or not settings.on_a_platform
        _loop(serve(settings, with_playground=with_playground))
    except SettingsError as error:
        print(f"frontdesk cannot start. {error}", file=sys.stderr)
        sys.exit(2)


def _check(settings: Settings, channel: str) -> int:
    if settings.slack_bot_token is None:
        raise SettingsError("SLACK_BOT_TOKEN is not set, so there is nothing to check.")
    from bot import slack

    findings = asyncio.run(slack.check(settings, channel))
    print("\n".join(each.line for each in findings))
    return 0 if all(each.good for each in findings) else 1


def _loop(work: Coroutine[Any, Any, None]) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(work)
    else:
        uvloop.run(work)


if __name__ == "__main__":
    main()
