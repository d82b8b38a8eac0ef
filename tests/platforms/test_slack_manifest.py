"""``manifest.yml`` says what the code does: its events, its command, the scopes of its methods."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack import home
from adapters.slack.checks import SCOPES
from adapters.slack.endpoint import PATH
from adapters.slack.listeners import COMMAND, EVENTS

TOP = Path(__file__).parents[2]
SOURCES = sorted((TOP / "adapters" / "slack").glob("*.py"))
METHOD = re.compile(r'"((?:[a-z]+\.)+[a-zA-Z]+)"')

# Slack, API methods and events: which scope each asks a bot for; some ask for none.
METHOD_SCOPES = {
    "agents.sessions.setStatus": {"chat:write"},
    "assistant.threads.setStatus": {"assistant:write"},
    "assistant.threads.setSuggestedPrompts": {"assistant:write"},
    "auth.test": set(),
    "bots.info": {"users:read"},
    "chat.delete": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "conversations.info": {"channels:read", "groups:read", "im:read", "mpim:read"},
    "conversations.members": {"channels:read", "groups:read", "im:read", "mpim:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history", "mpim:history"},
    "usergroups.list": {"usergroups:read"},
    "users.conversations": {"channels:read", "groups:read"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "views.open": set(),
    "views.publish": set(),
}
EVENT_SCOPES = {
    "agent_session_stopped": {"assistant:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "tokens_revoked": set(),
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((TOP / "manifest.yml").read_text(encoding="utf-8"))
    return found


def methods() -> set[str]:
    """Every method of Slack's that the code names."""
    text = "\n".join(each.read_text(encoding="utf-8") for each in SOURCES)
    return {each for each in METHOD.findall(text) if each.split(".")[0] in FAMILIES}


FAMILIES = {each.split(".")[0] for each in METHOD_SCOPES}


def test_it_subscribes_to_what_has_a_listener_and_to_nothing_else(manifest: dict[str, Any]) -> None:
    """An event nobody hears costs, one that does not come is a bug."""
    subscribed = manifest["settings"]["event_subscriptions"]["bot_events"]

    assert {each.partition(".")[0] for each in subscribed} == set(EVENTS)
    assert set(subscribed) == set(EVENT_SCOPES)
    assert subscribed == sorted(subscribed)


def test_it_asks_for_the_scopes_of_our_methods_and_events_and_for_no_other(
    manifest: dict[str, Any],
) -> None:
    """The least that works."""
    scopes = manifest["oauth_config"]["scopes"]
    needed = {"commands"}.union(
        *(METHOD_SCOPES[each] for each in methods()), *EVENT_SCOPES.values()
    )

    assert methods() == set(METHOD_SCOPES)
    assert set(scopes["bot"]) == needed == SCOPES
    assert "user" not in scopes


def test_its_command_is_the_one_we_hear(manifest: dict[str, Any]) -> None:
    """Names come as tokens, so that nobody is mistaken for somebody else."""
    (command,) = manifest["features"]["slash_commands"]

    assert command["command"] == COMMAND
    assert command["should_escape"] is True


def test_all_its_addresses_are_our_endpoint(manifest: dict[str, Any]) -> None:
    """One path for everything."""
    addresses = {
        manifest["settings"]["event_subscriptions"]["request_url"],
        manifest["settings"]["interactivity"]["request_url"],
        manifest["features"]["slash_commands"][0]["url"],
    }

    assert addresses == {f"https://frontdesk.example.com{PATH}"}


def test_it_is_an_agent_with_the_prompts_we_suggest(manifest: dict[str, Any]) -> None:
    """The same words in the settings and at run time."""
    features = manifest["features"]
    prompts = features["agent_view"]["suggested_prompts"]

    assert "assistant_view" not in features  # new apps can only have the other
    assert [(each["title"], each["message"]) for each in prompts] == list(home.PROMPTS)
    assert features["app_home"]["messages_tab_read_only_enabled"] is False


def test_it_keeps_slacks_published_limits(manifest: dict[str, Any]) -> None:
    """Slack, "App manifest reference"; it refuses a manifest that does not."""
    shown, features = manifest["display_information"], manifest["features"]
    command = features["slash_commands"][0]

    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 174 <= len(shown["long_description"]) <= 4_000
    assert re.fullmatch("#[0-9a-f]{6}", shown["background_color"])
    assert len(features["bot_user"]["display_name"]) <= 80
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert len(features["agent_view"]["suggested_prompts"]) <= 4
    assert len(command["command"]) <= 32
    assert len(command["description"]) <= 2_000
    assert len(command["usage_hint"]) <= 1_000
    assert len(manifest["settings"]["event_subscriptions"]["bot_events"]) <= 100
    assert len(manifest["oauth_config"]["scopes"]["bot"]) <= 255
    assert manifest["_metadata"] == {"major_version": 2, "minor_version": 1}
