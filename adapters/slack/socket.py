"""Socket Mode: the same bodies through a connection we open, for networks without ingress."""

from __future__ import annotations

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.endpoint import Dispatch
from adapters.slack.gate import Answer, Gate

log = structlog.get_logger()


class Socket:
    """Takes envelopes, acknowledges each once its body was taken in."""

    def __init__(
        self, app_token: str, client: AsyncWebClient, gate: Gate, dispatch: Dispatch
    ) -> None:
        self._gate = gate
        self._dispatch = dispatch
        web_client = AsyncWebClient(base_url=client.base_url, session=client.session)
        self._socket = SocketModeClient(app_token, web_client=web_client)
        self._socket.socket_mode_request_listeners.append(self._take)

    async def start(self) -> None:
        await self._socket.connect()  # type: ignore[no-untyped-call]  # the SDK has no types here

    async def stop(self) -> None:
        await self._socket.close()  # type: ignore[no-untyped-call]

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        admitted = self._gate.addressed(request.payload)
        answer = admitted if isinstance(admitted, Answer) else await self._dispatch(admitted)
        if answer.status != 200:  # not acknowledged: Slack sends it again
            log.warning("slack envelope not taken", status=answer.status)
            return
        reply = answer.object() if request.accepts_response_payload else None
        response = SocketModeResponse(envelope_id=request.envelope_id, payload=reply)
        await client.send_socket_mode_response(response)
