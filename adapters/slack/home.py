"""The agent's own pages: suggested prompts beside the chat, forms, and a small App Home."""

from __future__ import annotations

from typing import Any

import structlog

from adapters.slack import modal
from adapters.slack.api import SlackApi
from core.errors import PlatformError
from core.forms import Form

log = structlog.get_logger()

PROMPTS_MOST = 4  # Slack, assistant.threads.setSuggestedPrompts
PROMPTS_TITLE = "You could ask"
PROMPTS = (
    ("Ask the documents", "How many days of annual leave do I get?"),
    ("What can you do?", "What can you help me with?"),
    ("Talk to a person", "I'd like to talk to a person, please."),
)
ABOUT = (
    "I answer questions from the help centre, pass things on for you, and fetch a person when you "
    "need one. Write to me under Messages, or mention me in a channel; in a thread I answer, just "
    "reply."
)
COMMANDS = "Everything else is a command: write `/desk help` anywhere to see what you can use."


class Home:
    """Shows what one person sees of the bot outside of a conversation."""

    def __init__(self, api: SlackApi) -> None:
        self._api = api

    async def opened(self, user: str, channel: str, tab: str) -> None:
        """Somebody opened a tab of the app; best effort."""
        try:
            if tab == "home":
                await self._api.call("views.publish", user_id=user, view=view())
            elif tab == "messages" and channel:
                await self._api.call(
                    "assistant.threads.setSuggestedPrompts",
                    channel_id=channel,
                    title=PROMPTS_TITLE,
                    prompts=[{"title": title, "message": words} for title, words in PROMPTS],
                )
        except PlatformError as error:
            log.info("home not shown", tab=tab, error=error.code)

    async def open_form(self, form: Form, trigger: str) -> bool:
        """Open a form for whoever just did something; False when Slack did not."""
        try:
            await self._api.call("views.open", trigger_id=trigger, view=modal.draw(form))
        except PlatformError as error:
            log.info("form not opened", error=error.code)
            return False
        return True


def view() -> dict[str, Any]:
    """The home tab: the same for everybody, so that it can show nothing private."""
    return {
        "type": "home",
        "blocks": [
            {"type": "header", "text": _plain("What I can do")},
            {"type": "section", "text": _plain(ABOUT)},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": COMMANDS}]},
        ],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}
