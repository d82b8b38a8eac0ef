"""Slack's Web API on loopback: a workspace in memory, faults by script, a log of what was visible.

It behaves where it matters like the real one: an unknown ``thread_ts`` posts at channel
root without an error, replies carry metadata only when asked, limits are enforced.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

TEAM, APP, BOT_USER, BOT = "T0TEAM", "A0APP", "U0BOT", "B0BOT"
TOKEN = "xoxb-fake"
SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,"
    "files:write,"
    "groups:history,groups:read,im:history,im:read,im:write,mpim:history,mpim:read,"
    "usergroups:read,users:read,users:read.email"
)
BLOCK_TYPES = {"header", "section", "context", "actions", "context_actions", "rich_text", "divider"}

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """One answer other than the usual.

    Args:
        method: Which method it meets; "" meets any.
        status: An HTTP status instead of 200, with ``retry_after`` as its header.
        error: Slack's word in an answer that is not ``ok``.
        accepted: The message becomes visible although the caller does not hear of it.
        later: With ``accepted``: only when ``FakeSlack.settle`` is called.
    """

    method: str = "chat.postMessage"
    status: int = 0
    error: str = ""
    retry_after: str | None = None
    reset: bool = False
    accepted: bool = False
    later: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A request, as it came."""

    method: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """Something that became visible. what: post, update, delete, ephemeral, status, view, modal."""

    what: str
    channel: str
    ts: str
    message: dict[str, Any]
    thread: str = ""
    user: str = ""

    @property
    def words(self) -> str:
        """All the text it shows."""
        return " ".join(texts(self.message.get("blocks") or [])) or self.message.get("text", "")


@dataclass(eq=False)
class FakeSlack:
    """A workspace. ``log`` is only ever added to; invariants are read from it."""

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    log: list[Seen] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    scopes: str = SCOPES
    revoked: str = ""
    refused: int = 0
    port: int = 0
    envelopes: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    open_socket: web.WebSocketResponse | None = None
    _pending: list[dict[str, Any]] = field(default_factory=list)
    _stamp: int = 1_800_000_000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def person(self, user: str, name: str, **more: Any) -> str:
        profile = {"display_name": name, "real_name": name, "title": more.pop("title", "")}
        self.users[user] = {
            "id": user, "team_id": TEAM, "name": name.lower(), "profile": profile, **more
        }  # fmt: skip
        return user

    def channel(self, channel: str, name: str, *members: str, **more: Any) -> str:
        self.channels[channel] = {"id": channel, "name": name, "is_member": True, **more}
        self.members[channel] = [BOT_USER, *members]
        return channel

    def direct(self, user: str) -> str:
        channel = f"D{user}"
        self.channels[channel] = {"id": channel, "is_im": True, "user": user}
        self.members[channel] = [BOT_USER, user]
        return channel

    def write(self, channel: str, ts: str, user: str, text: str, thread: str = "") -> None:
        """A person's message stands in a channel."""
        message = {"type": "message", "ts": ts, "user": user, "text": text}
        self.messages.setdefault(channel, []).append({**message, **_threaded(thread)})

    def visible(self, channel: str = "") -> list[dict[str, Any]]:
        """The bot's messages that stand there now, oldest first."""
        places = [channel] if channel else list(self.messages)
        return [m for each in places for m in self.messages.get(each, []) if m.get("bot_id") == BOT]

    def settle(self) -> None:
        """What was accepted late becomes visible now."""
        pending, self._pending = self._pending, []
        for arguments in pending:
            self._show(arguments)

    def called(self, method: str) -> list[dict[str, Any]]:
        return [each.arguments for each in self.calls if each.method == method]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments: dict[str, Any] = dict(request.query)
        if request.content_type == "application/json":
            arguments |= await request.json()
        elif request.can_read_body:
            arguments |= {key: str(value) for key, value in (await request.post()).items()}
        self.calls.append(Call(method, arguments))
        fault = self._fault(method)
        if fault is not None:
            return await self._fail(request, fault, arguments)
        if self.revoked or request.headers.get("Authorization", "").split()[-1:] not in (
            [TOKEN], ["xapp-1-A0APP-fake"],
        ):  # fmt: skip
            return web.json_response({"ok": False, "error": self.revoked or "invalid_auth"})
        answer = self._answer(method, arguments)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    def _fault(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in ("", method):
                self.faults.remove(fault)
                return fault
        return None

    async def _fail(
        self, request: web.Request, fault: Fault, arguments: dict[str, Any]
    ) -> web.StreamResponse:
        if fault.accepted:
            self._pending.append(arguments)
            if not fault.later:
                self.settle()
        if fault.reset:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
        if fault.status == 429:
            body = {"ok": False, "error": "ratelimited"}
            return web.json_response(body, status=429, headers=headers)
        if fault.status:
            return web.Response(status=fault.status, text="<html>oops</html>")
        return web.json_response({"ok": False, "error": fault.error})

    def _answer(self, method: str, arguments: dict[str, Any]) -> Answer:
        answers: dict[str, Callable[[dict[str, Any]], Answer]] = {
            "auth.test": lambda _: {
                "ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "frontdesk",
                "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT,
            },
            "bots.info": lambda _: {"ok": True, "bot": {"id": BOT, "app_id": APP}},
            "apps.connections.open": lambda _: {
                "ok": True, "url": f"ws://127.0.0.1:{self.port}/socket"
            },
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
            "chat.postEphemeral": self._ephemeral,
            "users.info": lambda a: self._known("user", self.users.get(a["user"])),
            "users.list": lambda _: {"ok": True, "members": list(self.users.values())},
            "usergroups.list": lambda _: {"ok": True, "usergroups": self.groups},
            "users.lookupByEmail": self._by_email,
            "files.getUploadURLExternal": self._upload_url,
            "files.completeUploadExternal": self._uploaded,
            "users.conversations": lambda _: {"ok": True, "channels": [
                each for each in self.channels.values()
                if not each.get("is_im") and each.get("is_member")]},
            "conversations.info": lambda a: self._known("channel", self.channels.get(a["channel"])),
            "conversations.members": self._members,
            "conversations.open": self._open,
            "conversations.replies": self._replies,
            "conversations.history": self._history,
            "assistant.threads.setStatus": self._status,
            "views.open": self._modal,
            "views.publish": self._view,
        }  # fmt: skip
        answer = answers.get(method)
        return answer(arguments) if answer else {"ok": True}

    def _known(self, name: str, found: dict[str, Any] | None) -> Answer:
        missing = {"ok": False, "error": f"{name}_not_found"}
        return {"ok": True, name: found} if found else missing

    def _by_email(self, arguments: dict[str, Any]) -> Answer:
        people = self.users.values()
        found = [each for each in people if each["profile"].get("email") == arguments["email"]]
        return (
            {"ok": True, "user": found[0]} if found else {"ok": False, "error": "users_not_found"}
        )

    def _upload_url(self, arguments: dict[str, Any]) -> Answer:
        file_id = f"F{len(self.files) + 1}"
        self.files[file_id] = b""
        return {
            "ok": True, "upload_url": f"http://127.0.0.1:{self.port}/upload/{file_id}",
            "file_id": file_id,
        }  # fmt: skip

    async def upload(self, request: web.Request) -> web.Response:
        """Where a file's content is sent."""
        assert "Authorization" not in request.headers
        self.files[request.match_info["file"]] = await request.read()
        return web.Response(text="OK")

    def _uploaded(self, arguments: dict[str, Any]) -> Answer:
        """The files stand in a channel now."""
        for each in arguments["files"]:
            self._stamp += 1
            seen = Seen("file", arguments["channel_id"], f"{self._stamp}.000300", each)
            self.log.append(seen)
        return {"ok": True, "files": arguments["files"]}

    def _open(self, arguments: dict[str, Any]) -> Answer:
        return {"ok": True, "channel": {"id": self.direct(arguments["users"])}}

    def _members(self, arguments: dict[str, Any]) -> Answer:
        limit, first = int(arguments.get("limit", 100)), int(arguments.get("cursor") or 0)
        everyone = self.members.get(arguments["channel"], [])
        following = str(first + limit) if first + limit < len(everyone) else ""
        page = everyone[first : first + limit]
        return {"ok": True, "members": page, "response_metadata": {"next_cursor": following}}

    def _post(self, arguments: dict[str, Any]) -> Answer:
        problem = self._closed(arguments["channel"]) or _too_big(arguments)
        if problem:
            self.refused += 1
            return {"ok": False, "error": problem}
        message = self._show(arguments)
        return {
            "ok": True,
            "channel": arguments["channel"],
            "ts": message["ts"],
            "message": message,
        }

    def _closed(self, name: str) -> str:
        channel = self.channels.get(name)
        if channel is None:
            return "channel_not_found"
        if channel.get("is_archived"):
            return "is_archived"
        return "" if channel.get("is_im") or channel["is_member"] else "not_in_channel"

    def _show(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, wanted = arguments["channel"], arguments.get("thread_ts", "")
        self._stamp += 1
        there = any(each["ts"] == wanted for each in self.messages.get(channel, []))
        thread = wanted if there else ""  # as Slack does: an unknown thread is no error
        message = {
            "type": "message", "user": BOT_USER, "bot_id": BOT, "ts": f"{self._stamp}.000100",
            "text": arguments.get("text", ""), "blocks": arguments.get("blocks"),
            "metadata": arguments.get("metadata"), **_threaded(thread),
        }  # fmt: skip
        self.messages.setdefault(channel, []).append(message)
        self.log.append(Seen("post", channel, message["ts"], dict(message), thread))
        return message

    def _update(self, arguments: dict[str, Any]) -> Answer:
        for message in self.messages.get(arguments["channel"], []):
            if message["ts"] == arguments["ts"]:
                message |= {"blocks": arguments.get("blocks"), "text": arguments.get("text", "")}
                seen = Seen("update", arguments["channel"], message["ts"], dict(message))
                self.log.append(seen)
                return {"ok": True, "ts": message["ts"]}
        return {"ok": False, "error": "message_not_found"}

    def _delete(self, arguments: dict[str, Any]) -> Answer:
        there = self.messages.get(arguments["channel"], [])
        for message in there:
            if message["ts"] == arguments["ts"]:
                there.remove(message)
                self.log.append(Seen("delete", arguments["channel"], message["ts"], message))
                return {"ok": True}
        return {"ok": False, "error": "message_not_found"}

    def _ephemeral(self, arguments: dict[str, Any]) -> Answer:
        if arguments["user"] not in self.members.get(arguments["channel"], []):
            return {"ok": False, "error": "user_not_in_channel"}
        self._stamp += 1
        stamp = f"{self._stamp}.000200"
        thread = arguments.get("thread_ts", "")
        self.log.append(
            Seen("ephemeral", arguments["channel"], stamp, arguments, thread, arguments["user"])
        )
        return {"ok": True, "message_ts": stamp}

    def _replies(self, arguments: dict[str, Any]) -> Answer:
        there, root = self.messages.get(arguments["channel"], []), arguments["ts"]
        found = [each for each in there if root in (each["ts"], each.get("thread_ts"))]
        if not any(each["ts"] == root for each in found):
            return {"ok": False, "error": "thread_not_found"}
        return self._page(found, arguments)

    def _history(self, arguments: dict[str, Any]) -> Answer:
        there = self.messages.get(arguments["channel"], [])
        return self._page([each for each in there if "thread_ts" not in each][::-1], arguments)

    def _page(self, found: list[dict[str, Any]], arguments: dict[str, Any]) -> Answer:
        start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit", 100))
        page = [dict(each) for each in found[start : start + limit]]
        if arguments.get("include_all_metadata") not in ("1", "true", True):
            for each in page:
                each.pop("metadata", None)
        more = str(start + limit) if start + limit < len(found) else ""
        return {"ok": True, "messages": page, "response_metadata": {"next_cursor": more}}

    def _status(self, arguments: dict[str, Any]) -> Answer:
        channel, thread = arguments["channel_id"], arguments["thread_ts"]
        self.log.append(Seen("status", channel, "", {"text": arguments["status"]}, thread))
        return {"ok": True}

    def _modal(self, arguments: dict[str, Any]) -> Answer:
        if not arguments.get("trigger_id"):
            return {"ok": False, "error": "expired_trigger_id"}
        self.log.append(Seen("modal", "", "", arguments["view"]))
        return {"ok": True, "view": {"id": "V1"}}

    def _view(self, arguments: dict[str, Any]) -> Answer:
        self.log.append(Seen("view", "", "", arguments["view"], user=arguments["user_id"]))
        return {"ok": True}

    async def socket(self, request: web.Request) -> web.WebSocketResponse:
        """The other end of Socket Mode: sends ``envelopes``, keeps what is acknowledged."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for envelope in self.envelopes:
            await socket.send_str(json.dumps(envelope))
        self.open_socket = socket
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self.acknowledged.append(json.loads(frame.data))
        self.open_socket = None
        return socket


@asynccontextmanager
async def fake_slack(port: int = 0, fake: FakeSlack | None = None) -> AsyncIterator[FakeSlack]:
    """A running fake, on a free port unless one is given."""
    fake = fake or FakeSlack()
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.add_routes([web.route("*", "/api/{method}", fake.handle), web.get("/socket", fake.socket)])
    app.add_routes([web.post("/upload/{file}", fake.upload)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    fake.port = runner.addresses[0][1]
    try:
        yield fake
    finally:
        await runner.cleanup()


async def eventually(happened: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Wait until something has happened; the test's own timeout ends a wait in vain."""
    for _ in range(1_000):
        found = happened()
        if found if isinstance(found, bool) else await found:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def texts(drawn: object) -> list[str]:
    """Every text in drawn blocks, buttons included."""
    if isinstance(drawn, list):
        return [each for part in drawn for each in texts(part)]
    if isinstance(drawn, dict):
        own = drawn.get("text")
        found = [own] if isinstance(own, str) else texts(own)
        inside = [drawn.get(each) for each in ("elements", "positive_button", "negative_button")]
        return found + texts(inside)
    return []


def _threaded(thread: str) -> dict[str, str]:
    return {"thread_ts": thread} if thread else {}


def _too_big(arguments: dict[str, Any]) -> str:
    """Slack's own limits, as it would refuse them."""
    blocks = arguments.get("blocks") or []
    if len(blocks) > 50 or any(each["type"] not in BLOCK_TYPES for each in blocks):
        return "invalid_blocks"
    if sum(map(len, texts(blocks))) > 13_200:
        return "msg_blocks_too_long"
    return "msg_too_long" if len(arguments.get("text", "")) > 40_000 else ""
