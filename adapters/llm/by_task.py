"""A model made of several: some tasks have one of their own."""

from __future__ import annotations

from collections.abc import Mapping

from core.drafts import Completion, Prompt, Task
from core.ports import Model


class ByTask:
    """Asks the model that is named for a prompt's task, or the one for all others."""

    def __init__(self, others: Model, own: Mapping[Task, Model]) -> None:
        self._others = others
        self._own = own

    async def complete(self, prompt: Prompt) -> Completion:
        return await self._own.get(prompt.task, self._others).complete(prompt)
