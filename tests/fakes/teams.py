"""Microsoft's side of Teams on this machine: connector, signing keys, login, one log.

Everything visible is in ``log``, append-only; invariants are read from there. ``faults``
are taken by the first call they fit, before or after it took effect.
"""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
import time
from collections import deque
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.server import Listener

APP_ID = "11111111-2222-4333-8444-555555555555"
TENANT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
PASSWORD = "not-a-real-secret"
TEAM = "19:team@thread.tacv2"
HELP, SUPPORT = "19:help@thread.tacv2", "19:support@thread.tacv2"
ISSUER = "https://api.botframework.com"


@cache
def private_key(number: int) -> rsa.RSAPrivateKey:
    """Keys take a while to make, so all tests share a few."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the log. did: create, update, delete, typing, thread or chat."""

    did: str
    conversation: str
    activity_id: str
    activity: dict[str, Any]
    targeted: bool = False

    @property
    def text(self) -> str:
        """Everything a reader sees of it."""
        return shown(self.activity)


@dataclass(slots=True)
class Fault:
    """Something that goes wrong with a call.

    Args:
        call: Part of "POST /v3/conversations…"; the first call it fits takes the fault.
        accepted: The call takes effect all the same.
        drop: The connection is closed instead of answered.
    """

    call: str
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    accepted: bool = False
    drop: bool = False


@dataclass(slots=True)
class Person:
    """Somebody in the tenant's directory."""

    name: str
    user: str
    teams_id: str
    role: str = "user"
    tenant: str = TENANT

    @property
    def member(self) -> dict[str, Any]:
        return {
            "id": self.teams_id,
            "name": self.name,
            "aadObjectId": self.user,
            "userPrincipalName": f"{self.name.lower()}@example.org",
            "email": f"{self.name.lower()}@example.org",
            "tenantId": self.tenant,
            "userRole": self.role,
        }


class FakeTeams:
    """One tenant with a team of two channels."""

    def __init__(self) -> None:
        self.log: list[Seen] = []
        self.calls: list[str] = []
        self.faults: deque[Fault] = deque()
        self.people: dict[str, Person] = {}
        self.members: dict[str, list[str]] = {}
        self.channels: list[tuple[str, str]] = [(HELP, "Help"), (SUPPORT, "Support")]
        self.key_number = 0
        self.endorsements = ["msteams"]
        self.down: set[str] = set()  # of "openid", "keys", "login"
        self.closed: set[str] = set()  # channels the bot may not write into
        self.refused = 0
        self.files: dict[str, bytes] = {}  # in people's OneDrive
        self.login_seconds = 0.0
        self.login_open = asyncio.Event()  # until it is set again, the login keeps people waiting
        self.login_open.set()
        self._ids = 1_700_000_000_000
        self._listener: Listener | None = None

    async def start(self, port: int = 0) -> None:
        app = web.Application()
        app.add_routes(
            [
                web.get("/openid", self._openid),
                web.get("/keys", self._keys),
                web.post("/login/{tenant}/oauth2/v2.0/token", self._login),
                web.put("/onedrive/{name}", self._upload),
                web.route("*", "/teams/v3/{rest:.*}", self._connector),
            ]
        )
        self._listener = await Listener.start(app, "127.0.0.1", port)

    async def stop(self) -> None:
        if self._listener is not None:
            await self._listener.stop()

    @property
    def url(self) -> str:
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment that points the product here."""
        return {
            "TEAMS_APP_ID": APP_ID,
            "TEAMS_APP_PASSWORD": PASSWORD,
            "TEAMS_TENANT_ID": TENANT,
            "TEAMS_OPENID_URL": f"{self.url}/openid",
            "TEAMS_LOGIN_URL": f"{self.url}/login",
            "TEAMS_SERVICE_HOSTS": self.url,
        }

    def add(self, name: str, *places: str, role: str = "user", tenant: str = TENANT) -> Person:
        """Somebody new, in these channels (both, if none is named)."""
        number = len(self.people) + 1
        user = f"00000000-0000-4000-8000-{number:012d}"
        self.people[name] = Person(name.title(), user, f"29:{name}", role, tenant)
        for place in places or (HELP, SUPPORT):
            self.members.setdefault(place, []).append(name)
        return self.people[name]

    def rotate(self) -> None:
        """Sign with another key from now on, and publish only that one."""
        self.key_number += 1

    def sign(
        self, *, key: int | None = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token as Bot Framework's; ``claims`` replace its own, None leaves one out."""
        now = time.time()
        number = self.key_number if key is None else key
        good = {
            "iss": ISSUER,
            "aud": APP_ID,
            "nbf": now - 300,
            "exp": now + 3600,
            "serviceurl": f"{self.url}/teams/",
        }
        said = {name: value for name, value in {**good, **claims}.items() if value is not None}
        return jwt.encode(
            said,
            private_key(number % 3),
            "RS256",
            headers={"kid": f"key{number}", **(header or {})},
        )

    def next_id(self) -> str:
        self._ids += 1_000
        return str(self._ids)

    def visible(self, conversation: str) -> dict[str, Seen]:
        """What stands in a conversation now, by activity id, in order of appearance."""
        stands: dict[str, Seen] = {}
        for seen in self.log:
            if seen.conversation != conversation:
                continue
            if seen.did in ("create", "update", "thread"):
                stands[seen.activity_id] = seen
            elif seen.did == "delete":
                stands.pop(seen.activity_id, None)
        return stands

    def count(self, part: str) -> int:
        return sum(part in call for call in self.calls)

    async def _openid(self, _request: web.Request) -> web.Response:
        self.calls.append("GET /openid")
        if "openid" in self.down:
            return web.Response(status=503)
        return web.json_response({"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"})

    async def _keys(self, _request: web.Request) -> web.Response:
        self.calls.append("GET /keys")
        if "keys" in self.down:
            return web.Response(status=503)
        numbers = private_key(self.key_number % 3).public_key().public_numbers()
        key = {
            "kty": "RSA",
            "use": "sig",
            "kid": f"key{self.key_number}",
            "n": _b64(numbers.n),
            "e": _b64(numbers.e),
            "endorsements": self.endorsements,
        }
        return web.json_response({"keys": [key]})

    async def _upload(self, request: web.Request) -> web.Response:
        """Somebody's OneDrive, at an address that is the permission."""
        assert "Authorization" not in request.headers
        content = await request.read()
        whole = f"bytes 0-{len(content) - 1}/{len(content)}"
        assert request.headers["Content-Range"] == whole
        self.files[request.match_info["name"]] = content
        return web.json_response({}, status=201)

    async def _login(self, request: web.Request) -> web.Response:
        self.calls.append("POST /login")
        form = await request.post()
        await self.login_open.wait()
        await asyncio.sleep(self.login_seconds)
        if "login" in self.down:
            return web.json_response({"error": "temporarily_unavailable"}, status=503)
        if form.get("client_secret") != PASSWORD or form.get("client_id") != APP_ID:
            return web.json_response({"error": "invalid_client"}, status=401)
        return web.json_response({"access_token": "connector-token", "expires_in": 3600})

    async def _connector(self, request: web.Request) -> web.StreamResponse:
        call = f"{request.method} {unquote(request.raw_path)}"
        self.calls.append(call)
        if request.headers.get("Authorization") != "Bearer connector-token":
            return web.json_response({"error": {"code": "Unauthorized"}}, status=401)
        body = await request.json() if request.can_read_body else {}
        fault = next((each for each in self.faults if each.call in call), None)
        if fault is None:
            return self._carry_out(request, body)
        self.faults.remove(fault)
        if fault.accepted:
            self._carry_out(request, body)
        if fault.drop:
            assert request.transport is not None
            request.transport.close()
        return web.json_response(
            {"error": {"code": "Fault"}}, status=fault.status, headers=fault.headers
        )

    def _carry_out(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        path = [unquote(each) for each in request.raw_path.partition("?")[0].split("/")[3:]]
        if request.method != "GET" and self._place(path, body) in self.closed:
            self.refused += 1
            return web.json_response({"error": {"code": "BotNotInConversationRoster"}}, status=403)
        targeted = request.query.get("isTargetedActivity") == "true"
        match (request.method, *path):
            case ("POST", "conversations"):
                return self._begin(body)
            case ("POST", "conversations", place, "activities", *_reply_to):
                did = "typing" if body.get("type") == "typing" else "create"
                activity_id = self.next_id()
                self._see(did, place, activity_id, body, targeted=targeted)
                return web.json_response({"id": activity_id}, status=201)
            case ("PUT", "conversations", place, "activities", activity_id):
                if activity_id not in self.visible(place):
                    return web.json_response({"error": {"code": "NotFound"}}, status=404)
                self._see("update", place, activity_id, body, targeted=targeted)
                return web.json_response({"id": activity_id})
            case ("DELETE", "conversations", place, "activities", activity_id):
                self._see("delete", place, activity_id, {})
                return web.json_response({})
            case ("GET", "conversations", place, "pagedmembers"):
                found = [each.member for each in self._in(place)]
                return web.json_response({"members": found})
            case ("GET", "conversations", place, "members", wanted):
                for each in self._in(place):
                    if wanted in (each.user, each.teams_id):
                        return web.json_response(each.member)
                return web.json_response({"error": {"code": "MemberNotFound"}}, status=404)
            case ("GET", "teams", _team, "conversations"):
                named = [{"id": key, "name": name} for key, name in self.channels]
                return web.json_response({"conversations": named})
        return web.json_response({"error": {"code": "NotFound"}}, status=404)

    def _place(self, path: list[str], body: dict[str, Any]) -> str:
        """The channel that a call writes into."""
        if len(path) > 2:
            return path[1].partition(";")[0]
        return str(body.get("channelData", {}).get("channel", {}).get("id", ""))

    def _begin(self, body: dict[str, Any]) -> web.Response:
        if body.get("isGroup"):
            activity_id = self.next_id()
            place = f"{body['channelData']['channel']['id']};messageid={activity_id}"
            self._see("thread", place, activity_id, body["activity"])
            return web.json_response({"id": place, "activityId": activity_id}, status=201)
        wanted = body["members"][0]["id"]
        person = next(e for e in self.people.values() if wanted in (e.teams_id, e.user))
        self._see("chat", chat(person), "", {})
        return web.json_response({"id": chat(person)}, status=201)

    def _see(
        self,
        did: str,
        place: str,
        activity_id: str,
        activity: dict[str, Any],
        *,
        targeted: bool = False,
    ) -> None:
        self.log.append(Seen(did, place, activity_id, json.loads(json.dumps(activity)), targeted))

    def _in(self, place: str) -> list[Person]:
        if place.startswith("a:"):
            return [each for each in self.people.values() if chat(each) == place]
        channel = place.partition(";")[0]
        return [self.people[name] for name in self.members.get(channel, [])]


def chat(person: Person) -> str:
    """The bot's chat with somebody."""
    return f"a:chat-{person.user}"


def shown(activity: dict[str, Any]) -> str:
    """What a reader sees of an activity, line by line; buttons in square brackets."""
    text = html.unescape(re.sub(r"\\([^\w\s])", r"\1", activity.get("text", "")))
    lines = [text] if text else []
    for attachment in activity.get("attachments", []):
        lines += _texts(attachment["content"].get("body", []))
    return "\n".join(lines)


def _texts(elements: list[dict[str, Any]]) -> list[str]:
    lines = []
    for each in elements:
        match each["type"]:
            case "RichTextBlock":
                lines.append("".join(run["text"] for run in each["inlines"]))
            case "Container":
                lines += _texts(each["items"])
            case "ActionSet":
                lines.append(" ".join(f"[{action['title']}]" for action in each["actions"]))
            case "Input.Text" | "Input.ChoiceSet" | "Input.Toggle":
                lines.append(f"{each.get('label', '')}<{each['id']}>")
            case other:
                raise AssertionError(f"{other} is not drawn by this fake")
    return lines


def buttons(activity: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The buttons of an activity by their titles."""
    return {
        action["title"]: action
        for attachment in activity.get("attachments", [])
        for element in attachment["content"]["body"]
        if element["type"] == "ActionSet"
        for action in element["actions"]
    }


def _b64(number: int) -> str:
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
