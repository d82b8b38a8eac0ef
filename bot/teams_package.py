"""``frontdesk teams-package``: the zip to upload to Teams, from the settings and the commands."""

from __future__ import annotations

import re
from pathlib import Path

from adapters.teams.package import manifest, package
from bot.commands import TABLE
from bot.settings import Settings
from core.errors import SettingsError

HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def write(
    settings: Settings, site: str, out: Path, *, hears: bool = False, slash: bool = False
) -> Path:
    """Write the package and return its path.

    Args:
        site: The host on which this organisation says who runs the bot.
        hears: Ask teams for leave to read messages that do not mention the bot.
        slash: Offer the commands after a slash in the compose box too, a preview of Teams.

    Raises:
        SettingsError: Something is missing, or the file cannot be written.
    """
    if not settings.teams_app_id:
        raise SettingsError("TEAMS_APP_ID is not set; docs/teams.md says where it is.")
    if not HOST.fullmatch(site):
        raise SettingsError("--site must be a host name like help.example.org.")
    commands = [(entry.word, entry.purpose) for entry in TABLE]
    made = manifest(settings.teams_app_id, site, commands, hears=hears, slash=slash)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(package(made))
    except OSError as error:
        raise SettingsError(f"{out} cannot be written ({error.strerror}).") from error
    return out
