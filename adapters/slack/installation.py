"""Who we are in the workspace: what every received envelope is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.slack.api import SlackApi
from core.errors import Refused
from core.ids import MessageRef, Platform, WorkspaceKey


@dataclass(frozen=True, slots=True)
class Installation:
    """One app in one workspace.

    Args:
        app_id: May be empty when Slack does not say; then it is not compared.
        url: The workspace's own address, ends with a slash.
    """

    team_id: str
    bot_user: str
    bot_id: str
    app_id: str = ""
    url: str = "https://slack.com/"
    name: str = "Frontdesk"

    @property
    def workspace(self) -> WorkspaceKey:
        return WorkspaceKey(Platform.SLACK, self.team_id)

    def concerns(self, body: Mapping[str, Any]) -> bool:
        """Whether a signed body is for this app in this workspace."""
        app_id = body.get("api_app_id")
        if self.app_id and app_id is not None and app_id != self.app_id:
            return False
        return self.team_id in _teams(body)

    def permalink(self, message: MessageRef) -> str:
        """A link to a message, as the workspace's own pages have it."""
        thread, digits = message.thread, message.message_id.replace(".", "")
        link = f"{self.url}archives/{thread.channel_id}/p{digits}"
        if thread.thread_id and thread.thread_id != message.message_id:
            link += f"?thread_ts={thread.thread_id}&cid={thread.channel_id}"
        return link


def _teams(body: Mapping[str, Any]) -> set[object]:
    """Every workspace that an envelope names as ours: its own, and those it is delivered for."""
    team = body.get("team")
    authorizations = body.get("authorizations")
    named: set[object] = {body.get("team_id") if isinstance(body.get("team_id"), str) else None}
    if isinstance(team, dict) and isinstance(team.get("id"), str):
        named.add(team["id"])
    if isinstance(authorizations, list):
        named |= {
            each["team_id"]
            for each in authorizations[:20]
            if isinstance(each, dict) and isinstance(each.get("team_id"), str)
        }
    return named


async def recognise(api: SlackApi, app_token: str = "") -> Installation:
    """Ask Slack who we are; raises as ``SlackApi.call`` does."""
    found, _ = await api.whoami()
    bot_id = str(found.get("bot_id") or "")
    url = str(found.get("url") or "https://slack.com/")
    return Installation(
        team_id=str(found.get("team_id") or ""),
        bot_user=str(found.get("user_id") or ""),
        bot_id=bot_id,
        app_id=await _app_id(api, bot_id) or _app_id_of(app_token),
        url=url if url.endswith("/") else f"{url}/",
        name=str(found.get("user") or "Frontdesk"),
    )


async def _app_id(api: SlackApi, bot_id: str) -> str:
    try:
        found = await api.read("bots.info", bot=bot_id)
    except Refused:
        return ""
    bot = found.get("bot")
    return str(bot.get("app_id") or "") if isinstance(bot, dict) else ""


def _app_id_of(app_token: str) -> str:
    """An app-level token carries the id of its app: ``xapp-1-A123-…``."""
    parts = app_token.split("-")
    return parts[2] if len(parts) > 3 and parts[2].startswith("A") else ""
