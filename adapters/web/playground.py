"""The playground's page and its socket: a chat platform for five people on one machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from aiohttp import WSMsgType, web
from pydantic import ValidationError

from adapters.web import draw
from adapters.web.assets import asset
from adapters.web.downloads import Downloads
from adapters.web.frames import FRAME, Press, Say, SlashCommand, View
from adapters.web.hub import PAGES_MOST, Hub, Page, shown
from adapters.web.offers import Offers
from adapters.web.people import ADMIN, DIRECT, DIRECT_THREAD, HELP, SUPPORT, PlaygroundDirectory
from adapters.web.platform import BOT_NAME
from adapters.web.room import Room
from core.cards import Buttons, Card, Prose
from core.errors import BotError
from core.front_door import FrontDoor
from core.ids import MessageRef, ThreadKey
from core.messages import ButtonPress, Command, Place
from core.steps.correct import OPENING
from core.steps.notes import CORRECT

log = structlog.get_logger()

FRAME_MOST = 256 * 1024  # bytes of one frame from the page
NOT_KEPT = "That could not be stored just now. Nothing is lost: please try again."
NOT_UNDERSTOOD = "That was not understood."
NOT_THERE = "That message is not there."
NOT_IN_CHANNEL = "You are not in that channel."
STRANGER = "Nobody of that name works here."


@dataclass(frozen=True, slots=True, kw_only=True)
class Playground:
    """Serves the page, takes in what people do there, hands it to the front door."""

    room: Room
    hub: Hub
    directory: PlaygroundDirectory
    door: FrontDoor
    offers: Offers
    downloads: Downloads
    offline: bool
    suggestions: tuple[str, ...]
    name: str

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self._start),
            web.get("/playground", self._page),
            web.get("/playground/static/{name}", self._static),
            web.get("/playground/socket", self._socket),
            *self.downloads.routes(),
        ]

    async def _start(self, _request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": "/playground"})

    async def _page(self, _request: web.Request) -> web.Response:
        return asset("index.html")

    async def _static(self, request: web.Request) -> web.Response:
        return asset(request.match_info["name"])

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if len(self.hub.pages) >= PAGES_MOST:
            return web.Response(status=503, text="Too many open pages.\n")
        socket = web.WebSocketResponse(max_msg_size=FRAME_MOST, heartbeat=20)
        await socket.prepare(request)
        page = Page(socket)
        self.hub.pages.add(page)
        try:
            await page.send(self._welcome())
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    await self._take(page, frame.data)
        finally:
            self.hub.pages.discard(page)
        return socket

    async def _take(self, page: Page, data: str) -> None:
        try:
            doing = FRAME.validate_json(data)
        except ValidationError as error:
            log.warning("frame refused", faults=error.error_count())
            await page.send({"event": "refused", "key": "", "text": NOT_UNDERSTOOD})
            return
        if not isinstance(doing, View) and doing.by not in self.directory.residents:
            await page.send({"event": "refused", "key": doing.key, "text": STRANGER})
            return
        try:
            match doing:
                case View():
                    await self._view(page, doing)
                case Say():
                    await self._say(page, doing)
                case Press():
                    await self._press(page, doing)
                case SlashCommand():
                    await self._command(page, doing)
        except BotError as error:
            log.warning("page request failed", error=error.code)
            key = "" if isinstance(doing, View) else doing.key
            await page.send({"event": "refused", "key": key, "text": NOT_KEPT})

    async def _view(self, page: Page, view: View) -> None:
        page.viewing = {
            pane: person
            for pane, person in view.viewing.items()
            if person in self.directory.residents
        }
        messages = [each for each in await self.room.newest() if self.hub.visible(page, each)]
        await page.send({"event": "snapshot", "messages": [shown(each) for each in messages]})

    async def _say(self, page: Page, say: Say) -> None:
        channel = _channel(say.by, say.channel)
        if not self.directory.reads(say.by, channel):
            await page.send({"event": "refused", "key": say.key, "text": NOT_IN_CHANNEL})
            return
        thread = await self._root(say.by, channel, say.thread)
        if thread is None:
            await page.send({"event": "refused", "key": say.key, "text": NOT_THERE})
            return
        name = self.directory.residents[say.by].name
        kept = await self.room.say(say.by, name, channel, thread, say.text, say.key)
        await self.hub.broadcast("message", kept)
        await page.send({"event": "accepted", "key": say.key})
        await self.offers.hand_on(kept)

    async def _root(self, by: str, channel: str, thread: str | None) -> str | None:
        """The thread to write in; empty starts a new one, None when it is not there."""
        if not thread or channel.startswith(f"{DIRECT}-"):
            return ""
        root = await self.room.get(thread)
        if root is None or root.channel != channel or root.only_for not in ("", by):
            return None
        return root.thread or root.id

    async def _press(self, page: Page, press: Press) -> None:
        thread = page.replied(press.message, press.by) or await self._thread_of(press)
        if thread is None:
            await self._reply(page, press.key, Card((Prose(NOT_THERE),)))
            return
        ref = MessageRef(thread, press.message)
        actor = self.directory.person(press.by)
        place = Place.DIRECT if thread.thread_id == DIRECT_THREAD else Place.CHANNEL
        answer = await self.door.press(ButtonPress(actor, ref, press.action, press.value, place))
        begins = OPENING if press.action == CORRECT else ""
        await self._reply(page, press.key, answer, begins)

    async def _thread_of(self, press: Press) -> ThreadKey | None:
        """The thread of the message pressed on, if that person can see it."""
        kept = await self.room.get(press.message)
        if kept is None or not self.directory.reads(press.by, kept.channel):
            return None
        if kept.only_for not in ("", press.by):
            return None
        direct = kept.channel.startswith(f"{DIRECT}-")
        thread = DIRECT_THREAD if direct else kept.thread or kept.id
        return ThreadKey(self.directory.workspace, kept.channel, thread)

    async def _command(self, page: Page, command: SlashCommand) -> None:
        channel = _channel(command.by, command.channel)
        if channel != ADMIN and not self.directory.reads(command.by, channel):
            await page.send({"event": "refused", "key": command.key, "text": NOT_IN_CHANNEL})
            return
        text = command.text.removeprefix("/desk").strip()
        person = self.directory.person(command.by)
        where = self.directory.channel(channel)
        answer = await self.door.command(
            Command(person, where, text, command.key, datetime.now(UTC))
        )
        if any(isinstance(block, Buttons) for block in answer.blocks):
            page.remember(command.key, command.by, await self.directory.direct(person.key))
        await self._reply(page, command.key, answer)

    async def _reply(self, page: Page, key: str, answer: Card | None, begins: str = "") -> None:
        """Answer privately; ``begins`` is what the person writes next there, as far as we know."""
        body: dict[str, Any] = draw.card(answer) if answer else {"blocks": []}
        await page.send({"event": "reply", "key": key, "begins": begins, **body})

    def _welcome(self) -> dict[str, Any]:
        people = self.directory.residents.values()
        return {
            "event": "welcome",
            "workspace": {"name": self.name, "bot": BOT_NAME},
            "people": [
                {"id": each.id, "name": each.name, "title": each.title, "role": each.role}
                for each in people
            ],
            "channels": [
                {"id": HELP, "name": "help", "kind": "channel", "pane": "employee"},
                {"id": DIRECT, "name": BOT_NAME, "kind": "direct", "pane": "employee"},
                {"id": SUPPORT, "name": "support", "kind": "channel", "pane": "support"},
                {"id": ADMIN, "name": "admin console", "kind": "direct", "pane": "admin"},
            ],
            "offline": self.offline,
            "suggestions": self.suggestions,
        }


def _channel(by: str, channel: str) -> str:
    """A channel as the room knows it: a direct chat has its owner in its name."""
    return f"{DIRECT}-{by}" if channel == DIRECT else channel
