"""Our own Bot Framework adapter: bytes and a header in, a status and a body out.

The stock adapters answer 500 to invokes, fetch tokens synchronously and turn their
checks off without an app id; this one knows neither servers nor switches. A successor
of botbuilder replaces this file and ``activities``.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, cast

import structlog
from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import (
    Activity,
    ActivityTypes,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
    ResourceResponse,
)

from adapters.teams.connector import Connector
from adapters.teams.envelope import Turned, list_at, object_at, text_at
from adapters.teams.gate import Gate
from core.errors import BotError

log = structlog.get_logger()

RAW = "frontdesk.activity"  # where a turn's state holds the activity as it was sent
ANSWER = "frontdesk.answer"  # and where the answer to an invoke
Answer = tuple[int, dict[str, Any] | None]


class TeamsAdapter(BotAdapter):  # type: ignore[misc]  # botbuilder has no types
    """Runs one bot behind one gate."""

    def __init__(
        self,
        gate: Gate,
        connector: Connector,
        bot: ActivityHandler,
        count: Callable[[int], None] = lambda _status: None,
    ) -> None:
        super().__init__()
        self._count = count
        self._gate = gate
        self._connector = connector
        self._bot = bot

    async def process(self, body: bytes, authorization: str | None) -> Answer:
        """Take in one request; never raises. 5xx says that Teams should send it again."""
        answer = await self._processed(body, authorization)
        self._count(answer[0])
        return answer

    async def _processed(self, body: bytes, authorization: str | None) -> Answer:
        try:
            raw = await self._gate.admit(body, authorization)
            context = TurnContext(self, _activity(raw))
            context.turn_state[RAW] = raw
            await self.run_pipeline(context, self._bot.on_turn)
        except Turned as error:
            log.warning("activity turned away", status=error.status, why=str(error))
            return error.status, None
        except BotError as error:
            log.warning("activity not taken", error=error.code)
            return 503, None
        except Exception as error:  # noqa: BLE001 - a stranger's bytes must not end the server
            where = traceback.extract_tb(error.__traceback__)[-1]
            log.error(
                "activity failed", error=type(error).__name__, at=f"{where.name}:{where.lineno}"
            )
            return 500, None
        return cast("Answer", context.turn_state.get(ANSWER, (200, None)))

    async def send_activities(
        self, context: TurnContext, activities: list[Activity]
    ) -> list[ResourceResponse]:
        sent = []
        for each in activities:
            if each.type == ActivityTypes.invoke_response:
                context.turn_state[ANSWER] = (each.value.status, each.value.body)
                sent.append(ResourceResponse())
                continue
            created = await self._connector.create(
                context.activity.service_url, context.activity.conversation.id, each.serialize()
            )
            sent.append(ResourceResponse(id=created))
        return sent

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        await self._connector.update(
            context.activity.service_url,
            context.activity.conversation.id,
            activity.id,
            activity.serialize(),
        )

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        await self._connector.delete(
            reference.service_url, reference.conversation.id, reference.activity_id
        )


def _activity(raw: dict[str, Any]) -> Activity:
    """What the handler dispatches on; everything else is read from the raw activity.

    The schema's own deserialiser drops fields it does not know, and costs 0.2 ms.
    """
    return Activity(
        type=raw["type"],
        id=text_at(raw, "id"),
        name=text_at(raw, "name"),
        action=text_at(raw, "action"),
        channel_id=raw["channelId"],
        service_url=raw["serviceUrl"],
        conversation=ConversationAccount(id=text_at(raw, "conversation", "id")),
        recipient=ChannelAccount(id=text_at(raw, "recipient", "id")),
        from_property=ChannelAccount(id=text_at(object_at(raw, "from"), "id")),
        members_added=_accounts(raw, "membersAdded"),
        members_removed=_accounts(raw, "membersRemoved"),
    )


def _accounts(raw: dict[str, Any], key: str) -> list[ChannelAccount]:
    return [ChannelAccount(id=text_at(each, "id")) for each in list_at(raw, key)[:500]]
