"""The bot introduces itself where it was added, once, in a few lines."""

from __future__ import annotations

import structlog

from adapters.teams import words
from adapters.teams.conversation import is_channel, thread
from adapters.teams.conversations import Conversation, Conversations
from adapters.teams.poster import TeamsPoster
from core.cards import Card, Prose
from core.errors import PlatformError
from core.ids import Platform, ThreadKey, WorkspaceKey, derived_id
from core.outcome import Post

log = structlog.get_logger()

CARD = Card(
    (Prose(words.WELCOME_HOW), Prose(words.WELCOME_COMMANDS)),
    title=words.WELCOME,
)


class Welcome:
    """Greets a conversation."""

    def __init__(self, conversations: Conversations, poster: TeamsPoster) -> None:
        self._conversations = conversations
        self._poster = poster

    async def greet(self, where: Conversation) -> None:
        """Say hello. One that does not get through is left out: nothing depends on it."""
        if not await self._conversations.greet(where):
            return
        workspace = WorkspaceKey(Platform.TEAMS, where.tenant)
        to = thread(workspace, where.conversation_id)
        if is_channel(where.conversation_id):
            to = ThreadKey(workspace, where.conversation_id, "")
        try:
            post_id = derived_id("welcome", where.tenant, where.conversation_id)
            await self._poster.post(Post(to, CARD), str(post_id))
        except PlatformError as error:
            log.info("greeting not sent", error=error.code)
