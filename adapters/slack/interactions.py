"""Buttons, slash commands and wishes to stop, as core knows them. Pure, like ``parse``.

A button carries an opaque value and nothing else: who pressed it, where and on which
message come from the signed envelope, rights and state from the database.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from adapters.slack.blocks import ACTION_PREFIX, FEEDBACK
from adapters.slack.installation import Installation
from adapters.slack.parse import ID, STAMP, place, readable, text_of, trust
from core.ids import AccountKey, MessageRef, ThreadKey
from core.messages import ButtonPress, Command, Person

VALUE_MOST = 2_000  # characters; Slack, Block Kit reference, "button"
SPOKEN_COMMANDS = ("ask", "human")  # their words go to the bot as a message


def press(body: Mapping[str, Any], us: Installation) -> ButtonPress | None:
    """The press of one of our buttons on a message, or None."""
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else None
    container = body.get("container")
    person = actor(body, us)
    if not isinstance(action, dict) or not isinstance(container, dict) or person is None:
        return None
    channel, stamp = text_of(container, "channel_id"), text_of(container, "message_ts")
    root = text_of(container, "thread_ts") or _root(body) or stamp
    if not (ID.match(channel) and STAMP.match(stamp) and STAMP.match(root)):
        return None
    named = text_of(action, "action_id").partition(".")
    value = text_of(action, "value")[:VALUE_MOST]
    if f"{named[0]}." != ACTION_PREFIX:
        return None
    chosen = named[2].partition(".")[0]
    if chosen == FEEDBACK:
        chosen, _, value = value.partition(".")
    ref = MessageRef(ThreadKey(us.workspace, channel, root), stamp)
    return ButtonPress(person, ref, chosen, value, place(channel, _kind(body)))


def command(body: Mapping[str, Any], us: Installation, received: float) -> Command | None:
    """The words after ``/desk``."""
    user, channel = text_of(body, "user_id"), text_of(body, "channel_id")
    if not ID.match(user) or not ID.match(channel):
        return None
    words = text_of(body, "text").strip()
    spoken = words.partition(" ")[0].casefold() in SPOKEN_COMMANDS
    name = text_of(body, "user_name") or user
    return Command(
        actor=Person(
            AccountKey(us.workspace, user), name, trust({"team": body.get("team_id")}, us)
        ),
        channel=ThreadKey(us.workspace, channel, ""),
        text=readable(words, us.bot_user) if spoken else html.unescape(words),
        command_id=text_of(body, "trigger_id") or f"{user}-{received}",
        at=datetime.fromtimestamp(received, UTC),
    )


@dataclass(frozen=True, slots=True)
class StopWish:
    """Somebody pressed Stop under a thread."""

    thread: ThreadKey
    actor: Person
    at: datetime


def stop(body: Mapping[str, Any], us: Installation) -> StopWish | None:
    """The wish of an ``agent_session_stopped`` event, or None when it names no thread or person."""
    event = body.get("event")
    if not isinstance(event, dict):
        return None
    channel, root, user, stamp = (
        text_of(event, each) for each in ("channel", "thread_ts", "user", "event_ts")
    )
    if not (ID.match(channel) and STAMP.match(root) and ID.match(user) and STAMP.match(stamp)):
        return None
    return StopWish(
        ThreadKey(us.workspace, channel, root),
        Person(AccountKey(us.workspace, user), user, trust(event, us)),
        datetime.fromtimestamp(float(stamp), UTC),
    )


def actor(body: Mapping[str, Any], us: Installation) -> Person | None:
    """Who pressed or opened something."""
    user = body.get("user")
    if not isinstance(user, dict) or not ID.match(text_of(user, "id")):
        return None
    key = AccountKey(us.workspace, text_of(user, "id"))
    name = text_of(user, "name") or text_of(user, "username") or key.user_id
    return Person(key, name, trust({"team": user.get("team_id")}, us))


def _root(body: Mapping[str, Any]) -> str:
    """The thread a pressed message stands in, as the message itself says."""
    message = body.get("message")
    return text_of(message, "thread_ts") if isinstance(message, dict) else ""


def _kind(body: Mapping[str, Any]) -> str:
    """The type of the channel as far as an interaction tells: its name, for direct messages."""
    channel = body.get("channel")
    name = text_of(channel, "name") if isinstance(channel, dict) else ""
    return {"directmessage": "im", "mpdm": "mpim"}.get(name.partition("-")[0], "")
