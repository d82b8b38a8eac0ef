"""``manifest.yml`` says what the code does: its events, its command, the scopes of its methods."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from adapters.slack import home
from adapters.slack.checks import SCOPES
from adapters.slack.endpoint import PATH
from adapters.slack.listeners import COMMAND, EVENTS

Rule = Callable[[Any], list[str]]

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
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "usergroups.list": {"usergroups:read"},
    "users.conversations": {"channels:read", "groups:read"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
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


def text(most: int, least: int = 1, like: str = "") -> Rule:
    """A text of so many characters that begins like this."""

    def problems(value: Any) -> list[str]:
        fits = isinstance(value, str) and least <= len(value) <= most and re.match(like, value)
        return [] if fits else [f"{value!r} is not {least} to {most} characters like {like!r}"]

    return problems


def flag(value: Any) -> list[str]:
    return [] if isinstance(value, bool) else [f"{value!r} is neither true nor false"]


def number(value: Any) -> list[str]:
    return [] if isinstance(value, int) else [f"{value!r} is no number"]


def several(rule: Rule, most: int) -> Rule:
    """A list of so many different values that keep a rule."""

    def problems(value: list[Any]) -> list[str]:
        twice = [each for number, each in enumerate(value) if each in value[:number]]
        found = [f"{each!r} stands there twice" for each in twice]
        found += [] if 0 < len(value) <= most else [f"{len(value)} of {most}"]
        return found + [problem for each in value for problem in rule(each)]

    return problems


def group(needed: str = "", **rules: Rule) -> Rule:
    """An object with these keys and no others; Slack refuses a key that it does not know."""

    def problems(value: dict[str, Any]) -> list[str]:
        unknown = [f"{key} is unknown" for key in value.keys() - rules.keys()]
        missing = [f"{key} is missing" for key in set(needed.split()) - value.keys()]
        found = {key: rules[key](each) for key, each in value.items() if key in rules}
        inside = [f"{key}: {each}" for key, said in found.items() for each in said]
        return unknown + missing + inside

    return problems


WEB = "https?://"
WORDS = text(10_000)  # no limit is published
LIMITS = group(
    "display_information",
    _metadata=group(major_version=number, minor_version=number),
    display_information=group(
        "name",
        name=text(35),
        description=text(140),
        long_description=text(4_000, 175),
        background_color=text(7, 4, "#([0-9a-fA-F]{3}){1,2}$"),
    ),
    features=group(
        app_home=group(
            home_tab_enabled=flag, messages_tab_enabled=flag, messages_tab_read_only_enabled=flag
        ),
        bot_user=group("display_name", display_name=text(80), always_online=flag),
        agent_view=group(
            agent_description=text(300),
            suggested_prompts=several(group("title message", title=WORDS, message=WORDS), 4),
        ),
        slash_commands=several(
            group(
                "command description",
                command=text(32, 2, "/"),
                url=text(3_000, like=WEB),
                description=text(2_000),
                usage_hint=text(1_000),
                should_escape=flag,
            ),
            50,
        ),
    ),
    oauth_config=group(scopes=group(bot=several(text(50), 255))),
    settings=group(
        event_subscriptions=group(
            request_url=text(3_500, like=WEB), bot_events=several(text(50), 100)
        ),
        interactivity=group("is_enabled", is_enabled=flag, request_url=text(3_500, like=WEB)),
        org_deploy_enabled=flag,
        socket_mode_enabled=flag,
        token_rotation_enabled=flag,
    ),
)  # Slack, "App manifest reference" and its published schema, version 2, as far as we use it


def test_it_keeps_slacks_published_limits(manifest: dict[str, Any]) -> None:
    """Slack refuses a manifest that does not."""
    assert manifest["_metadata"]["major_version"] == 2  # the version these limits are of
    assert LIMITS(manifest) == []


def test_what_slack_would_refuse_is_found(manifest: dict[str, Any]) -> None:
    """A text too long, a key of an older version, one prompt too many, an address that is none."""
    features, prompt = manifest["features"], {"title": "Hi", "message": "Hello"}
    agent = {"agent_description": "x" * 301, "suggested_prompts": [prompt] * 5, "assistant": 1}
    command = {**features["slash_commands"][0], "url": "frontdesk.example.com"}
    bad = {**features, "agent_view": agent, "slash_commands": [command]}

    found = "\n".join(LIMITS({**manifest, "features": bad}))

    assert "1 to 300 characters" in found
    assert "assistant is unknown" in found
    assert "5 of 4" in found
    assert "'frontdesk.example.com' is not" in found
