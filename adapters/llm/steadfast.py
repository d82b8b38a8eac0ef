"""A model with a fallback: when the configured one fails, the next speaks and says so."""

from __future__ import annotations

from dataclasses import replace

import structlog

from adapters.llm.failures import NoReply, UnusableReply
from core.drafts import Completion, Prompt
from core.errors import ModelError
from core.ports import Model
from core.usage import Usage

log = structlog.get_logger()


class SteadfastModel:
    """Asks the first model, and the fallback when that gives nothing usable."""

    def __init__(self, first: Model, fallback: Model) -> None:
        self._first = first
        self._fallback = fallback

    async def complete(self, prompt: Prompt) -> Completion:
        try:
            return await self._first.complete(prompt)
        except ModelError as error:
            log.warning("model failed, falling back", task=prompt.task, error=error.code)
            spent = error.usage if isinstance(error, NoReply | UnusableReply) else Usage()
            spoken = await self._fallback.complete(prompt)
            return replace(spoken, degraded=True, usage=spoken.usage + spent)
