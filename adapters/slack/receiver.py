"""What each kind of thing Slack sends leads to; ``listeners`` only routes to here.

A message is committed before its event is acknowledged. What Slack shows inside its
own frame (a private reply, a home tab) is done beside that, so that no acknowledgement
waits for Slack.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog

from adapters.slack import blocks, interactions, modal, parse
from adapters.slack.directory import SlackDirectory
from adapters.slack.home import Home
from adapters.slack.installation import Installation
from adapters.slack.memory import Memory
from adapters.slack.parse import text_of
from adapters.slack.poster import SlackPoster
from core import wording
from core.cards import Card, Plain, Prose
from core.errors import BotError, PlatformError
from core.forms import Form, Problems, Submission
from core.front_door import FrontDoor
from core.ids import MessageRef
from core.messages import ButtonPress, Command, Person, Place

log = structlog.get_logger()

COMMAND_SECONDS = 2.2  # Slack wants an answer within 3
WORKING = "I'm on it; the answer appears here in a moment."
WORKING_ON_FORM = "I'm on it. Look at the settings again in a moment."
FAILED = "That could not be done just now. Nothing is lost: please try again."


class Receiver:
    """Hands on what Slack sent to the front door.

    Args:
        alert: Told when Slack says that the app was removed or its token revoked.
    """

    def __init__(
        self,
        us: Installation,
        door: FrontDoor,
        directory: SlackDirectory,
        poster: SlackPoster,
        memory: Memory,
        home: Home,
        *,
        alert: Callable[[str], None] = lambda _: None,
        clock: Callable[[], float] = time.time,
        command_seconds: float = COMMAND_SECONDS,
    ) -> None:
        self._us, self._door, self._directory, self._poster = us, door, directory, poster
        self._memory, self._home = memory, home
        self._alert, self._clock, self._command_seconds = alert, clock, command_seconds
        self._tasks: set[asyncio.Task[Any]] = set()

    async def message(self, body: Mapping[str, Any]) -> None:
        """A message event of any subtype, or a mention; raises ``StoreError`` when not kept."""
        event = body.get("event")
        subtype = text_of(event, "subtype") if isinstance(event, dict) else ""
        match subtype:
            case "message_changed":
                if (changed := parse.edited(body, self._us)) is not None:
                    await self._door.edited(changed)
            case "message_deleted":
                if (gone := parse.deleted(body, self._us)) is not None:
                    self._memory.gone(gone.thread.channel_id, gone.message_id)
                    await self._door.deleted(gone)
            case _:
                await self._spoken(body)

    async def _spoken(self, body: Mapping[str, Any]) -> None:
        receipt = parse.own_post(body, self._us)
        if receipt is not None:
            return self._poster.seen(*receipt)
        message = parse.message(body, self._us)
        if message is None:
            return None
        thread = message.thread
        self._memory.wrote(thread.channel_id, thread.thread_id, message.author.key.user_id)
        delay = timedelta(seconds=max(0.0, self._clock() - message.sent_at.timestamp()))
        await self._door.message(replace(message, delay=delay))
        return None

    async def pressed(self, body: Mapping[str, Any]) -> None:
        press = interactions.press(body, self._us)
        if press is not None:
            press = replace(press, actor=await self._met(press.actor))
            form = await self._door.opens(press)
            if form is not None:
                trigger = text_of(body, "trigger_id")
                self._beside(self._open_form(press, form, trigger))
                return
            self._beside(self._answer_press(press, await self._door.press(press)))

    async def commanded(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The private reply to a command, as the body of the acknowledgement."""
        command = interactions.command(body, self._us, self._clock())
        if command is None:
            return None
        trigger = text_of(body, "trigger_id")
        work = self._beside(self._carried_out(command, trigger))
        done, _ = await asyncio.wait({work}, timeout=self._command_seconds)
        if done:
            return _reply(work.result())
        self._beside(self._answer_command(command, work))
        return _reply(Card((Prose(WORKING),)))

    async def submitted(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """What the modal shows next: what is wrong with its inputs, or what was done."""
        given = modal.submission(body, self._us)
        if given is None:
            return {}
        title = modal.title_of(body)
        work = self._beside(self._filled_in(given))
        done, _ = await asyncio.wait({work}, timeout=self._command_seconds)
        answer = work.result() if done else Card((Prose(WORKING_ON_FORM),))
        if isinstance(answer, Problems):
            return {"response_action": "errors", "errors": dict(answer.by_input)}
        return {"response_action": "update", "view": modal.told(answer, title)}

    async def opened(self, body: Mapping[str, Any]) -> None:
        """Somebody opened a tab of the app."""
        event = body["event"]
        user, channel, tab = (text_of(event, each) for each in ("user", "channel", "tab"))
        if user:
            self._beside(self._home.opened(user, channel, tab))

    async def stopped(self, body: Mapping[str, Any]) -> None:
        """Somebody pressed Stop: the turn under way ends, and nothing looks busy any more."""
        wish = interactions.stop(body, self._us)
        if wish is None:
            return
        stopped = await self._door.stop(wish.thread, wish.at)
        self._beside(self._poster.stopped(wish.thread.channel_id, wish.thread.thread_id))
        if not stopped:
            told = Card((Plain(wording.NOTHING_TO_STOP),))
            self._beside(self._tell(MessageRef(wish.thread, ""), wish.actor, told))

    async def audience_changed(self, body: Mapping[str, Any]) -> None:
        """Somebody joined or left a channel, or it was shared: its readers are looked up again."""
        self._directory.channels.changed(text_of(body["event"], "channel"))

    async def removed(self, body: Mapping[str, Any]) -> None:
        """The app was uninstalled or its token revoked."""
        self._alert(text_of(body["event"], "type"))

    async def stop(self) -> None:
        """Wait a moment for what runs beside, then leave it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=2.0)
            for task in late:
                task.cancel()

    async def _met(self, person: Person) -> Person:
        """The person as Slack has them now, or as the envelope says when Slack is slow."""
        try:
            async with asyncio.timeout(1.0):
                return await self._directory.meet(person)
        except (PlatformError, TimeoutError):
            return person

    async def _carried_out(self, command: Command, trigger: str) -> Card | None:
        """The reply in words; None when a form opened instead, which Slack allows for 3 s."""
        try:
            known = replace(command, actor=await self._directory.meet(command.actor))
            form = await self._door.form(known) if trigger else None
            if form is not None and await self._home.open_form(form, trigger):
                return None
            return await self._door.command(known)
        except BotError as error:
            log.warning("command failed", error=error.code)
            return Card((Prose(FAILED),))

    async def _filled_in(self, given: Submission) -> Card | Problems:
        try:
            known = replace(given, actor=await self._directory.meet(given.actor))
            return await self._door.submit(known)
        except BotError as error:
            log.warning("form failed", error=error.code)
            return Card((Prose(FAILED),))

    async def _answer_command(self, command: Command, work: asyncio.Task[Card | None]) -> None:
        ref = MessageRef(command.channel, "")
        if (answer := await work) is not None:
            await self._tell(ref, command.actor, answer)

    async def _open_form(self, press: ButtonPress, form: Form, trigger: str) -> None:
        """A form for whoever pressed; words where Slack did not open it."""
        if not (trigger and await self._home.open_form(form, trigger)):
            await self._answer_press(press, await self._door.press(press))

    async def _answer_press(self, press: ButtonPress, answer: Card | None) -> None:
        if answer is not None:
            await self._tell(press.message, press.actor, answer, direct=press.place is Place.DIRECT)

    async def _tell(
        self, where: MessageRef, person: Person, card: Card, *, direct: bool = False
    ) -> None:
        """A private answer where somebody acted; the response_url is never called."""
        thread = where.thread
        root = thread.thread_id if direct or thread.thread_id != where.message_id else ""
        try:
            await self._poster.private.remark(thread.channel_id, root, person.key.user_id, card)
        except PlatformError as error:
            log.info("private answer not shown", error=error.code)

    def _beside(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _reply(card: Card | None) -> dict[str, Any] | None:
    if card is None:
        return None
    drawn = blocks.draw(card)
    return {"response_type": "ephemeral", "text": blocks.fallback(drawn), "blocks": drawn}
