"""The command line: ``frontdesk run``, ``migrate``, ``dead``, ``check`` and ``teams-package``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from bot import dead, embedding, logs, model_check, teams_package
from bot.checks import Finding
from bot.run import serve
from bot.settings import Role, Settings, read
from bot.storage import migrate
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
        "--role",
        type=Role,
        choices=list(Role),
        help="with PostgreSQL: only take in what platforms send, or only answer it",
    )
    dead.arguments(commands.add_parser("dead", help="see, retry or drop what was given up"))
    commands.add_parser("migrate", help="bring the database to the schema of this version")
    check = commands.add_parser("check", help="test the connections and say what to mend")
    check.add_argument("--channel", default="", help="also post a trial message there")
    for each in (run, check):
        each.add_argument(
            "--socket",
            action="store_true",
            help="hear Slack through a connection opened from here (Socket Mode)",
        )
    zipped = commands.add_parser("teams-package", help="build the app package for Teams")
    zipped.add_argument("--site", required=True, help="your host that says who runs the bot")
    zipped.add_argument("--out", type=Path, default=Path("var/frontdesk-teams.zip"))
    zipped.add_argument(
        "--hear-channels",
        action="store_true",
        help="ask teams for leave to read messages that do not mention the bot",
    )
    zipped.add_argument(
        "--slash-commands",
        action="store_true",
        help="offer the commands after a slash too, a preview that the tenant must allow",
    )
    options = parser.parse_args()
    logs.configure(pretty=sys.stderr.isatty())
    try:
        settings = read(
            socket=getattr(options, "socket", False), role=getattr(options, "role", None)
        )
        if options.command == "migrate":
            asyncio.run(migrate(settings))
            return
        if options.command == "dead":
            print("\n".join(asyncio.run(dead.run(settings, options))))
            return
        if options.command == "check":
            sys.exit(_check(settings, options.channel))
        if options.command == "teams-package":
            hears, slash = options.hear_channels, options.slash_commands
            path = teams_package.write(
                settings, options.site, options.out, hears=hears, slash=slash
            )
            print(path)
            return
        with_playground = options.playground or not settings.on_a_platform
        if with_playground and settings.role is not Role.ALL:
            raise SettingsError(
                f"There is nothing to do for the role {settings.role}: configure Slack or Teams;"
                " the playground is for one process."
            )
        _loop(serve(settings, with_playground=with_playground))
    except SettingsError as error:
        print(f"frontdesk cannot start. {error}", file=sys.stderr)
        sys.exit(2)


def _check(settings: Settings, channel: str) -> int:
    if not settings.on_a_platform:
        raise SettingsError(
            "Neither SLACK_BOT_TOKEN nor TEAMS_APP_ID is set, so there is nothing to check."
        )
    findings: list[Finding] = asyncio.run(model_check.standalone(settings))
    findings += asyncio.run(embedding.standalone(settings))
    if settings.slack_bot_token is not None:
        from bot import slack

        findings += asyncio.run(slack.check(settings, channel))
    if settings.teams_app_id:
        from bot import teams

        findings += asyncio.run(teams.check(settings))
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
