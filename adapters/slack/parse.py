"""Slack's events as core's messages. Pure: a body in, a value out, never an exception.

Identity, workspace and place come from the signed envelope alone; what people wrote
is only ever text. A mention and its message event have one id, so they are one turn.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.slack.installation import Installation
from core.ids import AccountKey, MessageRef, ThreadKey
from core.messages import InboundMessage, Person, Place, Trust

TEXT_MOST = 60_000  # characters kept of one message; Slack's own limit is 40,000
STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,6}\Z")
TOKEN = re.compile(r"<([^<>\n]{1,3000})>")
ID = re.compile(r"[A-Z0-9]{1,40}\Z")
SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message"})  # subtypes people write
PLACES = {"im": Place.DIRECT, "mpim": Place.GROUP}
SLACKBOT = "USLACKBOT"


def message(body: Mapping[str, Any], us: Installation) -> InboundMessage | None:
    """What somebody wrote, or None when it is no person's message."""
    event = body.get("event")
    return _message(event, us) if isinstance(event, dict) else None


def edited(body: Mapping[str, Any], us: Installation) -> InboundMessage | None:
    """The message of a ``message_changed`` event as it reads now."""
    event = body.get("event")
    if not isinstance(event, dict) or not isinstance(event.get("message"), dict):
        return None
    channel = {"channel": event.get("channel"), "channel_type": event.get("channel_type")}
    return _message({**event["message"], **channel, "type": "message"}, us)


def deleted(body: Mapping[str, Any], us: Installation) -> MessageRef | None:
    """Which message a ``message_deleted`` event is about."""
    event = body.get("event")
    if not isinstance(event, dict):
        return None
    channel, stamp = text_of(event, "channel"), text_of(event, "deleted_ts")
    if not ID.match(channel) or not STAMP.match(stamp):
        return None
    return MessageRef(ThreadKey(us.workspace, channel, stamp), stamp)


def own_post(body: Mapping[str, Any], us: Installation) -> tuple[str, str, str] | None:
    """Channel, time stamp and post id of a message of our own: its receipt from Slack."""
    event = body.get("event")
    if not isinstance(event, dict) or not is_ours(event, us):
        return None
    post_id = post_id_of(event)
    channel, stamp = text_of(event, "channel"), text_of(event, "ts")
    return (channel, stamp, post_id) if post_id and channel and STAMP.match(stamp) else None


def is_ours(event: Mapping[str, Any], us: Installation) -> bool:
    """Whether the bot itself wrote a message."""
    user, bot = text_of(event, "user"), text_of(event, "bot_id")
    return bool((user and user == us.bot_user) or (bot and bot == us.bot_id))


def post_id_of(message: Mapping[str, Any]) -> str:
    """The id our metadata gives a message, or nothing."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return text_of(payload, "post") if isinstance(payload, dict) else ""


def _message(event: Mapping[str, Any], us: Installation) -> InboundMessage | None:
    user, channel, stamp = (text_of(event, key) for key in ("user", "channel", "ts"))
    root = text_of(event, "thread_ts") or stamp
    if not (ID.match(user) and ID.match(channel) and STAMP.match(stamp) and STAMP.match(root)):
        return None
    if by_machine(event, us) or text_of(event, "subtype") not in SPOKEN:
        return None
    words = text_of(event, "text")[:TEXT_MOST]
    bot, others = _mentions(words, us.bot_user)
    files = event.get("files")
    return InboundMessage(
        message_id=stamp,
        thread=ThreadKey(us.workspace, channel, root),
        author=Person(AccountKey(us.workspace, user), user, trust(event, us)),
        text=readable(words, us.bot_user),
        sent_at=datetime.fromtimestamp(float(stamp), UTC),
        place=place(channel, text_of(event, "channel_type")),
        mentions_bot=bot or event.get("type") == "app_mention",
        mentions_others=others,
        files=len(files) if isinstance(files, list) else 0,
        unnamed=_unnamed(words, us.bot_user),
    )


def by_machine(event: Mapping[str, Any], us: Installation) -> bool:
    """Whether a bot wrote a message, ourselves included; no bot ever starts a turn."""
    user = text_of(event, "user")
    return bool(event.get("bot_id") or event.get("bot_profile")) or user in (us.bot_user, SLACKBOT)


def trust(event: Mapping[str, Any], us: Installation) -> Trust:
    """How far the envelope vouches for a person: another workspace's are external."""
    theirs = (event.get("user_team"), event.get("source_team"), event.get("team"))
    if any(isinstance(team, str) and team and team != us.team_id for team in theirs):
        return Trust.EXTERNAL
    return Trust.MEMBER


def place(channel: str, kind: str) -> Place:
    """What kind of conversation a channel is; mentions come without its type."""
    return PLACES.get(kind, Place.DIRECT if channel.startswith("D") else Place.CHANNEL)


def _mentions(words: str, bot: str) -> tuple[bool, bool]:
    """Whether a text addresses the bot, and whether it addresses anybody else."""
    named = [token.partition("|")[0] for token in TOKEN.findall(words)]
    others = any(each.startswith(("@", "!subteam")) and each != f"@{bot}" for each in named)
    return f"@{bot}" in named, others


def _unnamed(words: str, bot: str) -> tuple[str, ...]:
    """Whom a text mentions without a name, the bot excepted."""
    ids = (token[1:] for token in TOKEN.findall(words) if token.startswith("@"))
    return tuple(dict.fromkeys(each for each in ids if ID.match(each) and each != bot))


def readable(words: str, bot: str) -> str:
    """A text as a person reads it: the bot's mention gone, tokens as names, entities decoded."""
    spoken = TOKEN.sub(lambda found: _shown(found.group(1), bot), words)
    return html.unescape(spoken).strip()


def _shown(token: str, bot: str) -> str:
    target, _, label = token.partition("|")
    if target == f"@{bot}":
        return ""
    if target.startswith("@"):
        return f"@{label or target[1:]}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    if not label or label == target or target.endswith(f"//{label}"):
        return target.removeprefix("mailto:")
    return f"{label} ({target.removeprefix('mailto:')})"


def objects(fields: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects of a list field; nothing when it is no list."""
    value = fields.get(key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def text_of(fields: Mapping[str, Any], key: str) -> str:
    """A field when it is a text, else nothing."""
    value = fields.get(key)
    return value if isinstance(value, str) else ""
