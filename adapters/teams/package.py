"""The app package that is uploaded to Teams: a manifest and two icons in a zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from importlib.resources import files
from string import Template
from typing import Any

from adapters.teams import icons

COMMANDS_MOST = 10  # of a list; Teams, app manifest schema
TITLE_MOST, DESCRIPTION_MOST = 32, 128
SCOPES = ("personal", "team", "groupChat")
HEARS = ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
PREVIEW = {  # Teams, "Public developer preview app manifest"
    "$schema": "https://developer.microsoft.com/json-schemas/teams/vDevPreview/"
    "MicrosoftTeams.schema.json",
    "manifestVersion": "devPreview",
}
MADE_AT = (2026, 1, 1, 0, 0, 0)  # the same package for the same settings, byte by byte


def manifest(
    app_id: str,
    host: str,
    commands: Iterable[tuple[str, str]],
    *,
    hears: bool = False,
    slash: bool = False,
) -> dict[str, Any]:
    """The manifest of an installation.

    Args:
        host: Where this organisation says who runs the bot, e.g. ``help.example.org``.
        commands: Words and what they are for.
        hears: Ask teams for leave to read messages that do not mention the bot.
        slash: Offer the commands after a slash in the compose box too, a preview of Teams.
    """
    template = Template((files("adapters.teams") / "manifest.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(template.safe_substitute(TEAMS_APP_ID=app_id, HOST=host))
    listed = [
        {"title": f"desk {word}"[:TITLE_MOST], "description": purpose[:DESCRIPTION_MOST]}
        for word, purpose in commands
    ]
    found["bots"][0]["commandLists"] = [
        {"scopes": [scope], "commands": listed[:COMMANDS_MOST]} for scope in SCOPES
    ]
    if slash:
        found |= PREVIEW
        found["bots"][0]["supportsTargetedMessages"] = True
        for each in found["bots"][0]["commandLists"]:
            each["triggers"] = ["mention", "slash"]
    if hears:
        found["webApplicationInfo"] = {"id": app_id, "resource": f"https://{host}/"}
        granted = [{"name": each, "type": "Application"} for each in HEARS]
        found["authorization"] = {"permissions": {"resourceSpecific": granted}}
    return found


def package(made: dict[str, Any]) -> bytes:
    """The zip."""
    content = {
        "manifest.json": json.dumps(made, indent=2).encode(),
        "color.png": icons.color(),
        "outline.png": icons.outline(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, MADE_AT), data)
    return buffer.getvalue()
