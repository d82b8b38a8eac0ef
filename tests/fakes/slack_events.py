"""Bodies as Slack sends them, and a sender that signs them as Slack does."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack import APP, BOT, BOT_USER, TEAM

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


def envelope(event: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An event in its envelope."""
    return {
        "token": "legacy", "team_id": TEAM, "api_app_id": APP, "type": "event_callback",
        "event_id": f"Ev{event.get('ts', '0')}", "event_time": 1,
        "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
        "event": event, **more,
    }  # fmt: skip


def said(
    text: str, *, user: str = "U1", channel: str = "C1", ts: str = "1700000000.000100", **more: Any
) -> dict[str, Any]:
    """A message event."""
    kind = {"D": "im", "G": "group"}.get(channel[0], "channel")
    event = {
        "type": "message", "channel": channel, "channel_type": kind, "user": user, "text": text,
        "ts": ts, "event_ts": ts, "team": TEAM, **more,
    }  # fmt: skip
    return envelope(event)


def mention(text: str, **more: Any) -> dict[str, Any]:
    """An app_mention event, which comes without the channel's type."""
    body = said(f"<@{BOT_USER}> {text}", **more)
    body["event"].pop("channel_type")
    body["event"]["type"] = "app_mention"
    return body


def own(
    text: str, post_id: str, *, channel: str = "C1", ts: str = "1700000009.0"
) -> dict[str, Any]:
    """The event of one of our own messages."""
    metadata = {"event_type": "frontdesk_post", "event_payload": {"post": post_id}}
    return said(text, user=BOT_USER, channel=channel, ts=ts, bot_id=BOT, metadata=metadata)


def press(
    action: str, value: str, *, user: str = "U1", channel: str = "C1", ts: str, thread: str = ""
) -> dict[str, Any]:
    """A pressed button."""
    container = {"type": "message", "message_ts": ts, "channel_id": channel, "thread_ts": thread}
    return {
        "type": "block_actions", "api_app_id": APP, "team": {"id": TEAM},
        "user": {"id": user, "name": "name", "team_id": TEAM}, "container": container,
        "channel": {"id": channel, "name": "directmessage" if channel[0] == "D" else "help"},
        "message": {"ts": ts}, "response_url": "https://evil.example/respond",
        "trigger_id": f"{time.monotonic_ns()}",
        "actions": [{"type": "button", "action_id": action, "block_id": "b", "value": value}],
    }  # fmt: skip


def command(text: str, *, user: str = "U1", channel: str = "C1") -> dict[str, str]:
    """The fields of a slash command."""
    return {
        "command": "/desk", "text": text, "user_id": user, "user_name": "name", "team_id": TEAM,
        "channel_id": channel, "api_app_id": APP, "trigger_id": f"{time.monotonic_ns()}",
        "response_url": "https://evil.example/respond",
    }  # fmt: skip


def submission(view: dict[str, Any], *, user: str = "U1", **inputs: Any) -> dict[str, Any]:
    """A modal that somebody filled in: ids for channels and people, words, or a tick."""
    values = {
        block["block_id"]: {"value": {"type": block["element"]["type"], **_filled(block, inputs)}}
        for block in view["blocks"]
    }
    return {
        "type": "view_submission", "api_app_id": APP, "team": {"id": TEAM},
        "user": {"id": user, "name": "name", "team_id": TEAM}, "trigger_id": "1.2",
        "view": {**view, "id": "V1", "team_id": TEAM, "state": {"values": values}},
    }  # fmt: skip


def _filled(block: dict[str, Any], inputs: dict[str, Any]) -> dict[str, Any]:
    """What an input holds: what was put in, else what it showed at first."""
    name, element = block["block_id"], block["element"]
    match element["type"]:
        case "conversations_select":
            shown = element.get("initial_conversation")
            return {"selected_conversation": inputs.get(name, shown)}
        case "multi_users_select":
            return {"selected_users": inputs.get(name, element.get("initial_users", []))}
        case "static_select":
            first = element.get("initial_option", {}).get("value")
            options = {each["value"]: each for each in element["options"]}
            return {"selected_option": options.get(inputs.get(name, first))}
        case "checkboxes":
            return {"selected_options": element["options"] if inputs.get(name) else []}
        case _:
            return {"value": inputs.get(name, element.get("initial_value"))}


def sign(raw: bytes, *, at: float, secret: str = SECRET) -> dict[str, str]:
    """The headers Slack sends with a body."""
    base = f"v0:{int(at)}:".encode() + raw
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(int(at)), "X-Slack-Signature": f"v0={digest}"}


@dataclass
class Sender:
    """Posts signed bodies to an endpoint."""

    url: str
    session: aiohttp.ClientSession
    bodies: list[str] = field(default_factory=list)

    async def event(self, body: dict[str, Any]) -> int:
        return (await self.json(body))[0]

    async def json(self, body: dict[str, Any]) -> tuple[int, str]:
        return await self.raw(json.dumps(body).encode(), "application/json")

    async def interaction(self, body: dict[str, Any]) -> int:
        raw = urlencode({"payload": json.dumps(body)}).encode()
        return (await self.raw(raw, "application/x-www-form-urlencoded"))[0]

    async def submit(self, body: dict[str, Any]) -> dict[str, Any]:
        """Save a modal; what Slack is told to show next."""
        raw = urlencode({"payload": json.dumps(body)}).encode()
        status, text = await self.raw(raw, "application/x-www-form-urlencoded")
        assert status == 200, status
        return json.loads(text) if text else {}

    async def command(self, fields: dict[str, str]) -> dict[str, Any]:
        raw = urlencode(fields).encode()
        status, text = await self.raw(raw, "application/x-www-form-urlencoded")
        assert status == 200, status
        return json.loads(text) if text else {}

    async def raw(self, raw: bytes, kind: str) -> tuple[int, str]:
        headers = {**sign(raw, at=time.time()), "Content-Type": kind}
        async with self.session.post(self.url, data=raw, headers=headers) as answer:
            return answer.status, await answer.text()
