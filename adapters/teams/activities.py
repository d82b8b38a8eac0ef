"""What each kind of activity leads to. Messages are kept, invokes are answered at once.

Whatever is not named here is acknowledged and nothing else: Teams sends more kinds of
activities than anybody has written down.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botbuilder.core import ActivityHandler, TurnContext
from botbuilder.schema import ChannelAccount

from adapters.teams.adapter import ANSWER, RAW
from adapters.teams.conversation import channel_of, message_id, thread
from adapters.teams.conversations import Conversation, Conversations
from adapters.teams.courier import TeamsCourier
from adapters.teams.envelope import object_at, tenant_of, text_at
from adapters.teams.forms import submission
from adapters.teams.parse import Reading, author, by_machine, parse, press, workspace
from adapters.teams.parse import message as read_message
from adapters.teams.responder import Responder, failed
from adapters.teams.roster import Roster
from adapters.teams.welcome import Welcome
from core.front_door import FrontDoor
from core.ids import MessageRef
from core.messages import ButtonPress, Command, InboundMessage

GONE = frozenset({"teamDeleted", "teamHardDeleted", "channelDeleted"})
EDITED, TAKEN_BACK = "editMessage", "softDeleteMessage"

Raw = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class TeamsBot(ActivityHandler):  # type: ignore[misc]  # botbuilder has no types
    """The handler of one installation."""

    app_id: str
    commands: frozenset[str]
    door: FrontDoor
    conversations: Conversations
    roster: Roster
    responder: Responder
    courier: TeamsCourier
    welcome: Welcome
    clock: Callable[[], datetime]

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        if by_machine(raw):
            return
        await self._seen(raw)
        value = object_at(raw, "value")
        given = submission(raw, value)
        if given is not None:
            await self.responder.resubmitted(raw, given, value)
            return
        match parse(raw, self._reading(raw)):
            case ButtonPress() as pressed:
                await self.responder.repost(raw, pressed)
            case Command() as command:
                await self.responder.command(raw, command)
            case InboundMessage() as message:
                if message.text or message.files or message.mentions_bot:
                    await self.door.message(message)
            case None:
                pass

    async def on_message_update_activity(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        edited = text_at(raw, "channelData", "eventType") in ("", EDITED)
        if edited and text_at(raw, "id") and not by_machine(raw):
            await self.door.edited(read_message(raw, self._reading(raw)))

    async def on_message_delete_activity(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        conversation, activity_id = text_at(raw, "conversation", "id"), text_at(raw, "id")
        if activity_id:
            where = thread(workspace(raw), conversation)
            await self.door.deleted(MessageRef(where, message_id(conversation, activity_id)))

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        place = channel_of(text_at(raw, "conversation", "id"))
        self.roster.changed(place)
        ours = self._bots(raw)
        removed = any(each.id in ours for each in _people(turn_context.activity.members_removed))
        if removed or text_at(raw, "channelData", "eventType") in GONE:
            channel = text_at(raw, "channelData", "channel", "id")
            await self.conversations.forget(tenant_of(raw), place if removed else channel or place)
            return
        where = await self._seen(raw)
        if any(each.id in ours for each in _people(turn_context.activity.members_added)):
            await self.welcome.greet(where)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        if text_at(raw, "action").startswith("remove"):
            place = channel_of(text_at(raw, "conversation", "id"))
            await self.conversations.forget(tenant_of(raw), place)
        else:
            await self.welcome.greet(await self._seen(raw))

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        raw = turn_context.turn_state[RAW]
        value = object_at(raw, "value")
        body: Raw | None
        match text_at(raw, "name"):
            case "adaptiveCard/action":
                status, body = await self._card_action(raw, object_at(value, "action"))
            case "fileConsent/invoke":
                await self.courier.consented(raw, value)
                status, body = 200, {}
            case "message/submitAction":
                await self.responder.judged(raw, value)
                status, body = 200, {}
            case _:
                status, body = 501, None
        turn_context.turn_state[ANSWER] = (status, body)

    async def _card_action(self, raw: Raw, action: Raw) -> tuple[int, Raw]:
        if text_at(action, "type") != "Action.Execute" or by_machine(raw):
            return 400, failed("BadRequest", "This is no button of a card.")
        await self._seen(raw)
        data = object_at(action, "data")
        given = submission(raw, data)
        if given is not None:
            return 200, await self.responder.submitted(raw, given, data)
        pressed = press(raw, data, self._reading(raw))
        match pressed:
            case ButtonPress():
                return 200, await self.responder.answer(raw, pressed)
            case InboundMessage():
                return 200, await self.responder.reply(raw, pressed, action)
            case None:
                return 400, failed("BadRequest", "This is no button of ours.")

    async def _seen(self, raw: Raw) -> Conversation:
        where = Conversation.of(raw, tenant_of(raw), f"28:{self.app_id}")
        await self.conversations.remember(where)
        self.conversations.met(author(raw).key.user_id, where.conversation_id)
        return where

    def _bots(self, raw: Raw) -> frozenset[str]:
        return frozenset({f"28:{self.app_id}", text_at(raw, "recipient", "id")}) - {""}

    def _reading(self, raw: Raw) -> Reading:
        return Reading(self._bots(raw), self.commands, self.clock())


def _people(members: list[ChannelAccount] | None) -> list[ChannelAccount]:
    return members or []
