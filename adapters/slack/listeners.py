"""The Bolt app: which listener hears what. Hot ones first, a catch-all last.

Bolt gets bodies our gate has verified and parsed. It decides who listens; it neither
checks signatures nor asks Slack who we are, and it acknowledges after the commit.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.gate import Answer
from adapters.slack.installation import Installation
from adapters.slack.receiver import Receiver
from core.errors import BotError

log = structlog.get_logger()

COMMAND = "/desk"
ANY = re.compile("")
OURS = re.compile(r"desk\.")
EVENTS = (
    "app_mention", "message", "app_home_opened", "agent_session_stopped",
    "member_joined_channel", "member_left_channel", "channel_shared", "channel_unshared",
    "tokens_revoked", "app_uninstalled",
)  # fmt: skip
HEARD_BY_BOLT = frozenset({"event_callback", "block_actions", "view_submission"})

Body = dict[str, Any]


def build(us: Installation, receiver: Receiver, client: AsyncWebClient) -> AsyncApp:
    """The app with all listeners.

    Args:
        client: Shares its HTTP session with the app; its token is never read from here.
    """

    async def authorize(**_: object) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us.team_id,
            bot_user_id=us.bot_user,
            bot_id=us.bot_id,
            bot_token=client.token,
        )

    logger = logging.getLogger("adapters.slack.bolt")
    logger.setLevel(logging.ERROR)  # its warnings are about settings it takes from the environment
    app = AsyncApp(
        name="frontdesk",
        logger=logger,
        client=AsyncWebClient(base_url=client.base_url, session=client.session, retry_handlers=[]),
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    _listen(app, receiver)
    return app


def _listen(app: AsyncApp, receiver: Receiver) -> None:
    heard: dict[str, Callable[[Body], Awaitable[None]]] = {
        "app_mention": receiver.message,
        "message": receiver.message,
        "app_home_opened": receiver.opened,
        "agent_session_stopped": receiver.stopped,
        "member_joined_channel": receiver.audience_changed,
        "member_left_channel": receiver.audience_changed,
        "channel_shared": receiver.audience_changed,
        "channel_unshared": receiver.audience_changed,
        "tokens_revoked": receiver.removed,
        "app_uninstalled": receiver.removed,
    }
    for name in EVENTS:
        app.event(name)(_event(heard[name]))

    async def pressed(ack: AsyncAck, body: Body) -> None:
        await receiver.pressed(body)
        await ack()

    async def commanded(ack: AsyncAck, body: Body) -> None:
        reply = await receiver.commanded(body)
        await (ack() if reply is None else ack(**reply))

    async def submitted(ack: AsyncAck, body: Body) -> None:
        await ack(**await receiver.submitted(body))

    async def nothing(ack: AsyncAck) -> None:
        await ack()

    app.action(OURS)(pressed)
    app.command(COMMAND)(commanded)
    app.view_submission(OURS)(submitted)
    app.event(ANY)(nothing)
    app.action(ANY)(nothing)
    app.command(ANY)(nothing)
    app.view(ANY)(nothing)
    app.error(_failed)


def _event(work: Callable[[Body], Awaitable[None]]) -> Callable[[Body], Awaitable[None]]:
    async def listener(body: Body) -> None:
        await work(body)

    return listener


async def _failed(error: Exception) -> BoltResponse:
    """What was not kept is not acknowledged: Slack sends it again. No body is logged."""
    if isinstance(error, BotError):
        log.warning("slack event not taken", error=error.code)
    else:
        log.error("slack event failed", exc_info=error)
    return BoltResponse(status=503, body="")


class Dispatcher:
    """Gives admitted bodies to the app, over HTTP and over a socket alike."""

    def __init__(self, app: AsyncApp) -> None:
        self._app = app

    async def __call__(self, body: Body) -> Answer:
        if not _complete(body):
            return Answer(200)
        request = AsyncBoltRequest(body=body, mode="socket_mode")
        response = await self._app.async_dispatch(request)
        text = response.body or ""
        if response.status == 200 and text.startswith("{"):
            return Answer(200, text, content_type="application/json")
        return Answer(response.status, text if response.status == 200 else "")


def _complete(body: Body) -> bool:
    """Whether a body has the parts Bolt takes for granted; anything else needs no answer."""
    if isinstance(body.get("command"), str):
        return True
    if body.get("type") not in HEARD_BY_BOLT:
        return False
    if body["type"] == "event_callback":
        event = body.get("event")
        return isinstance(event, dict) and isinstance(event.get("type"), str)
    if body["type"] == "view_submission":
        view = body.get("view")
        if not isinstance(view, dict) or view.get("type") != "modal":
            return False
        return isinstance(view.get("callback_id"), str)
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions else None
    return isinstance(first, dict) and isinstance(first.get("action_id"), str)
