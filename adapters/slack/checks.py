"""What an installation in Slack needs, tried step by step, each with how to mend it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.slack.api import SlackApi
from adapters.slack.channels import Channel, Channels
from core.errors import Parked, PlatformError, Refused

# Every scope that a method or an event of ours needs; ``manifest.yml`` asks for the same.
SCOPES = frozenset(
    {
        "app_mentions:read", "assistant:write", "channels:history", "channels:read", "chat:write",
        "commands", "files:write", "groups:history", "groups:read", "im:history", "im:read",
        "im:write", "mpim:history", "mpim:read", "usergroups:read", "users:read",
        "users:read.email",
    }
)  # fmt: skip
TRIAL = "Frontdesk checks that it can post here. This message goes in a moment."
REINSTALL = "In the app's settings, open Install App and install it again"


@dataclass(frozen=True, slots=True)
class Result:
    """One step: whether it works, and what was found or has to be done."""

    name: str
    good: bool
    found: str


Step = Callable[[], Awaitable[Result]]


class Steps:
    """The steps of one installation.

    Args:
        support_channel: Names the support channel's id, or nothing when none is set.
    """

    def __init__(
        self, api: SlackApi, channels: Channels, support_channel: Callable[[], Awaitable[str]]
    ) -> None:
        self._api, self._channels, self._support_channel = api, channels, support_channel

    def all(self) -> tuple[tuple[str, Step], ...]:
        return (
            ("Slack token", self._guarded("Slack token", self._token)),
            ("Slack scopes", self._guarded("Slack scopes", self._scopes)),
            ("Slack channels", self._guarded("Slack channels", self._membership)),
            ("Slack posting", self._guarded("Slack posting", self._posting)),
        )

    def _guarded(self, name: str, step: Step) -> Step:
        async def run() -> Result:
            try:
                return await step()
            except PlatformError as error:
                return Result(name, good=False, found=_remedy(error))

        return run

    async def _token(self) -> Result:
        found, _ = await self._api.whoami()
        who = f"@{found.get('user', '?')} in {found.get('team', '?')}"
        return Result("Slack token", good=True, found=who)

    async def _scopes(self) -> Result:
        _, granted = await self._api.whoami()
        if not granted:
            found = "Slack did not say which scopes the token has"
            return Result("Slack scopes", good=True, found=found)
        missing = sorted(SCOPES - granted)
        if missing:
            found = f"{', '.join(missing)} missing. Update the app's manifest, then: {REINSTALL}"
            return Result("Slack scopes", good=False, found=found)
        return Result("Slack scopes", good=True, found=f"all {len(SCOPES)} granted")

    async def _membership(self) -> Result:
        joined = await self._channels.joined()
        if not joined:
            found = "I'm in no channel. Write /invite @ and my name in a channel where I shall help"
            return Result("Slack channels", good=False, found=found)
        named = ", ".join(f"#{each.name or each.channel_id}" for each in joined[:5])
        more = f" and {len(joined) - 5} more" if len(joined) > 5 else ""
        return Result("Slack channels", good=True, found=f"I'm in {named}{more}")

    async def _posting(self) -> Result:
        channel_id = await self._support_channel()
        channel = await self._channels.get(channel_id) if channel_id else None
        if channel is None:
            found = "not tried: there is no support channel yet"
            return Result("Slack posting", good=not channel_id, found=found)
        return await self._tried(channel)

    async def _tried(self, channel: Channel) -> Result:
        posted = await self._api.call(
            "chat.postMessage", channel=channel.channel_id, text=TRIAL, unfurl_links=False
        )
        await self._api.call(
            "chat.delete", channel=channel.channel_id, ts=str(posted.get("ts") or "")
        )
        found = f"a message came and went in #{channel.name or channel.channel_id}"
        return Result("Slack posting", good=True, found=found)


async def socket(api: SlackApi) -> Result:
    """Whether Slack would open a connection for the app-level token, which ``api`` uses."""
    try:
        await api.ensure("apps.connections.open")
    except Parked:
        found = "Slack does not take SLACK_APP_TOKEN. Generate one with connections:write"
    except Refused as error:
        found = f"Slack refused ({error.reason}). Is Socket Mode on in the app's settings?"
    else:
        return Result("Slack socket", good=True, found="Slack opens a connection")
    return Result("Slack socket", good=False, found=found)


def _remedy(error: PlatformError) -> str:
    """What to do about a failure, in words for whoever installs the app."""
    if isinstance(error, Parked):
        return f"Slack does not take the token. {REINSTALL}, and set SLACK_BOT_TOKEN to the new one"
    if isinstance(error, Refused):
        match error.reason:
            case "missing_scope":
                return f"a scope is missing. Update the app's manifest, then: {REINSTALL}"
            case "not_in_channel" | "channel_not_found":
                return "I'm not in that channel. Write /invite @ and my name there"
            case "is_archived":
                return "that channel is archived. Choose another support channel"
            case reason:
                return f"Slack refused ({reason})"
    return "Slack could not be reached. Is SLACK_API_BASE_URL right, and the network open?"
