"""``frontdesk dead``: what was given up, to be tried once more or forgotten."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime

from adapters.storage import ends
from adapters.storage.database import Database
from adapters.storage.ends import DeadLetter
from bot.settings import Settings
from bot.storage import open_truth


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be done with dead letters."""
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("list", help="what was given up: keys and numbers, never words")
    for name, what in (("retry", "handle them once more"), ("drop", "forget them")):
        each = does.add_parser(name, help=what)
        which = each.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", type=int, nargs="*", default=[], help="as list shows them")
        which.add_argument("--all", action="store_true", help="all of them")


async def run(settings: Settings, options: argparse.Namespace) -> list[str]:
    """Do what was asked for; returns what to print.

    Raises:
        SettingsError: The database cannot be used, or a running process has it for itself.
    """
    database = await open_truth(settings)
    try:
        letters = await database.read(ends.dead_letters)
        if options.does == "list":
            return [_line(each) for each in letters] or ["No dead letters."]
        ids = [each.row_id for each in letters] if options.all else options.ids
        return [await _done(database, options.does, each) for each in ids] or ["No dead letters."]
    finally:
        await database.close()


async def _done(database: Database, does: str, row_id: int) -> str:
    if does == "retry":
        good = await database.write(lambda tx: ends.retry(tx, row_id, time.time()))
        return f"{row_id}: queued again." if good else f"{row_id}: not a dead letter."
    good = await database.write(lambda tx: ends.drop(tx, row_id))
    return f"{row_id}: dropped." if good else f"{row_id}: not a dead letter."


def _line(letter: DeadLetter) -> str:
    at = datetime.fromtimestamp(letter.received_at, UTC)
    return (
        f"{letter.row_id}  {at:%Y-%m-%d %H:%M} UTC  {letter.kind}  {letter.thread_key}"
        f"  attempts {letter.attempts}, deaths {letter.deaths}"
    )
