"""What is wrong with the settings of Slack and Teams, each looked at as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.teams.hosts import ServiceHosts
from core.errors import SettingsError

if TYPE_CHECKING:
    from bot.settings import Settings

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def slack_problem(settings: Settings) -> str:
    """Slack is configured whole or not at all; what is missing is named together."""
    given = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "SLACK_APP_TOKEN": settings.slack_app_token,
    }
    if not settings.slack_socket and not any(given.values()):
        return ""
    needed = ["SLACK_BOT_TOKEN"]
    needed.append("SLACK_APP_TOKEN" if settings.slack_socket else "SLACK_SIGNING_SECRET")
    missing = [name for name in needed if not given[name]]
    if missing:
        how = "Socket Mode needs it" if settings.slack_socket else "docs/slack.md says where it is"
        are = "is" if len(missing) == 1 else "are"
        return f"{' and '.join(missing)} {are} not set; {how}"
    return ""


def teams_problem(settings: Settings) -> str:
    """Teams is configured whole or not at all; what is missing is named together."""
    needed = {
        "TEAMS_APP_ID": settings.teams_app_id,
        "TEAMS_APP_PASSWORD": settings.teams_app_password,
        "TEAMS_TENANT_ID": settings.teams_tenant_id,
    }
    changed = {"teams_openid_url", "teams_login_url"} & settings.model_fields_set
    if not any(needed.values()) and not settings.teams_service_hosts and not changed:
        return ""
    missing = [name for name, value in needed.items() if not value]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        return f"{' and '.join(missing)} {are} not set; docs/teams.md says where"
    for each in (settings.teams_app_id, settings.teams_tenant_id):
        if not GUID.fullmatch(each):
            return "TEAMS_APP_ID and TEAMS_TENANT_ID must be ids like 0a1b2c3d-…"
    try:
        hosts = ServiceHosts.parse(settings.teams_service_hosts)
    except SettingsError as error:
        return str(error)
    if not hosts.trust(settings.teams_openid_url) or not hosts.trust(settings.teams_login_url):
        return "TEAMS_OPENID_URL and TEAMS_LOGIN_URL must be plain https addresses"
    return ""
