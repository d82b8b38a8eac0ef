"""Answers to what people press and command: in the response where there is one, else as a post.

Each is done once. Teams delivers a press again under a new id; what was answered the
first time is answered again, and posts have ids of their own that make them updates.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

import orjson

from adapters.storage.codec import dump, load
from adapters.teams import forms, words
from adapters.teams.conversation import channel_of
from adapters.teams.directory import TeamsDirectory
from adapters.teams.envelope import object_at, text_at
from adapters.teams.once import Answer, Once
from adapters.teams.parse import DATA, author, place, pressed_on
from adapters.teams.poster import TeamsPoster
from adapters.teams.sent import SentMessages
from core.cards import Buttons, Card, Plain
from core.errors import PlatformError
from core.forms import Form, PeopleInput, Problems, Submission
from core.front_door import FrontDoor
from core.ids import AccountKey, ThreadKey, derived_id
from core.messages import ButtonPress, Command, InboundMessage, Place
from core.outcome import Post

MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"
AGAIN_SECONDS = 60.0  # within which the same press is the same press
COMMAND_SECONDS = 24 * 3600.0

Raw = dict[str, Any]


class Responder:
    """Does what was asked at the front door, once, and tells the person."""

    def __init__(
        self,
        door: FrontDoor,
        once: Once,
        poster: TeamsPoster,
        sent: SentMessages,
        directory: TeamsDirectory,
    ) -> None:
        self._door = door
        self._once = once
        self._poster = poster
        self._sent = sent
        self._directory = directory

    async def answer(self, raw: Raw, pressed: ButtonPress) -> Raw:
        """The body of an invoke's response. What is more than a line is also posted."""
        card, post_id = await self._press(raw, pressed)
        if card is not None and (card.title or any(isinstance(b, Buttons) for b in card.blocks)):
            await self._tell(
                pressed.message.thread, pressed.place, pressed.actor.key, card, post_id
            )
        return _message(card.fallback if card else words.DONE)

    async def repost(self, raw: Raw, pressed: ButtonPress) -> None:
        """Answer a press that came as a message: there is no response, so it is posted."""
        card, post_id = await self._press(raw, pressed)
        if card is not None:
            await self._tell(
                pressed.message.thread, pressed.place, pressed.actor.key, card, post_id
            )

    async def judged(self, raw: Raw, value: Raw) -> None:
        """Thumbs on an answer, as Teams draws them."""
        ref, who = pressed_on(raw), author(raw)
        turn = await self._sent.feedback(
            text_at(raw, "conversation", "id"), text_at(raw, "replyToId")
        )
        liked = text_at(value, "actionValue", "reaction")
        if not turn or liked not in ("like", "dislike"):
            return
        action = "helpful" if liked == "like" else "unhelpful"
        await self.answer(raw, ButtonPress(who, ref, action, turn, place(raw)))

    async def reply(self, raw: Raw, message: InboundMessage, action: Raw) -> Raw:
        """A reply written on a handoff card goes the way of a message in the card's thread.

        It is also shown there, so that the others read it, and a note is kept.
        """
        if not message.text:
            return _message(words.REPLY_EMPTY)

        async def work() -> Answer:
            taken = await self._door.message(message)
            return {"said": words.REPLY_SENT if taken else words.NOT_NOW, "id": uuid4().hex}

        subject = f"press {pressed_on(raw)} {message.author.key}"
        data = object_at(action, "data")
        done = await self._once.do(subject, _digest(data), AGAIN_SECONDS, work)
        written = Card((Plain(message.text),), speaks_as=message.author.name)
        with suppress(PlatformError):  # the reply itself is kept already
            await self._poster.post(Post(message.thread, written), str(done["id"]))
        return _message(str(done["said"]))

    async def command(self, raw: Raw, command: Command) -> None:
        """Run a command once, and answer its author alone."""

        async def work() -> Answer:
            try:
                known = replace(command, actor=await self._directory.meet(command.actor))
                form = await self._door.form(known)
                if form is not None:
                    return {"form": dump(Form, form), "id": uuid4().hex}
                card = await self._door.command(known)
            except PlatformError:
                card = Card((Plain(words.NOT_NOW),))
            return {"card": dump(Card, card), "id": uuid4().hex}

        subject = f"command {command.command_id} {command.actor.key}"  # who at the end, for erasure
        done = await self._once.do(subject, "", COMMAND_SECONDS, work)
        if "form" in done:
            await self._open(command.actor.key, load(Form, done["form"]), done["id"])
        else:
            card = load(Card, done["card"])
            await self._tell(command.channel, place(raw), command.actor.key, card, done["id"])

    async def submitted(self, raw: Raw, given: Submission, data: Raw) -> Raw:
        """Take a form back: what became of it replaces it, what is wrong with it is answered."""
        return _message(str((await self._submit(raw, given, data))["said"]))

    async def resubmitted(self, raw: Raw, given: Submission, data: Raw) -> None:
        """Take back a form that came as a message: there is no response to answer in."""
        done = await self._submit(raw, given, data)
        if not done["card"]:
            told = Card((Plain(str(done["said"])),))
            here = pressed_on(raw).thread
            await self._tell(here, place(raw), given.actor.key, told, text_at(raw, "id"))

    async def _submit(self, raw: Raw, given: Submission, data: Raw) -> Answer:
        async def work() -> Answer:
            known = replace(given, actor=await self._directory.meet(given.actor))
            result = await self._door.submit(known)
            if isinstance(result, Problems):
                return {"said": forms.refusal(data, result), "card": ""}
            return {"said": result.fallback, "card": dump(Card, result)}

        ref = pressed_on(raw)
        subject = f"press {ref} {given.actor.key}"
        done = await self._once.do(subject, _digest(data), AGAIN_SECONDS, work)
        if done["card"]:
            spent = Post(ref.thread, load(Card, done["card"]), replaces=ref.message_id)
            await self._poster.update(spent, str(derived_id("form", str(ref))))
        return done

    async def _open(self, reader: AccountKey, form: Form, post_id: str) -> None:
        """Show a form where one person alone sees it."""
        keys = [key for each in form.inputs if isinstance(each, PeopleInput) for key in each.chosen]
        names = {key.user_id: await self._directory.person_name(key) for key in keys}
        drawn = forms.attachment(form, await self._directory.choices(), names)
        await self._poster.show(reader, drawn, str(derived_id("told", post_id)))

    async def _press(self, raw: Raw, pressed: ButtonPress) -> tuple[Card | None, str]:
        async def work() -> Answer:
            form = await self._door.opens(pressed)
            if form is not None:
                return {"form": dump(Form, form), "id": uuid4().hex}
            card = await self._door.press(pressed)
            return {"card": dump(Card, card) if card else "", "id": uuid4().hex}

        key = _digest([pressed.action, pressed.value, _nonce(raw)])
        subject = f"press {pressed.message} {pressed.actor.key}"
        done = await self._once.do(subject, key, AGAIN_SECONDS, work)
        if "form" in done:
            await self._open(pressed.actor.key, load(Form, done["form"]), done["id"])
            return Card((Plain(words.FORM_SENT),)), str(done["id"])
        return (load(Card, done["card"]) if done["card"] else None), str(done["id"])

    async def _tell(
        self, where: ThreadKey, kind: Place, who: AccountKey, card: Card, post_id: str
    ) -> None:
        only_for = None if kind is Place.DIRECT else who
        thread = where.thread_id if channel_of(where.thread_id) == where.channel_id else ""
        to = ThreadKey(where.workspace, where.channel_id, thread)
        await self._poster.post(Post(to, card, only_for), str(derived_id("told", post_id)))


def failed(code: str, why: str) -> Raw:
    """The body of an invoke that cannot be carried out."""
    return {"statusCode": 400, "type": ERROR, "value": {"code": code, "message": why}}


def _message(said: str) -> Raw:
    return {"statusCode": 200, "type": MESSAGE, "value": said}


def _nonce(raw: Raw) -> str:
    """Names the drawing a press was made on."""
    value = object_at(raw, "value")
    data = object_at(object_at(value, "action"), "data") or value
    return text_at(data, DATA, "nonce")[:64]


def _digest(parts: object) -> str:
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
