"""Choose an action and freeze its arguments. Nothing is done here without a person's word."""

from __future__ import annotations

from pydantic import BaseModel

from core.drafts import Completion, Prompt, Stop
from core.errors import ToolError
from core.ports import Journal, Model
from core.tools import Caller, Tool, Toolbox

TRIES = 2


async def choose(
    prompt: Prompt, caller: Caller, toolbox: Toolbox, model: Model, journal: Journal
) -> tuple[tuple[Tool, BaseModel] | None, Completion]:
    """The tool a model proposes, validated, or None when none fits; a bad call gets one more try.

    A model that proposes several calls at once is taken at its first only.
    """
    completion = await journal.once("act:1", Completion, lambda: model.complete(prompt))
    for attempt in range(2, TRIES + 2):
        if completion.stop is not Stop.TOOL or not completion.calls:
            return None, completion
        try:
            return toolbox.checked(completion.calls[0], caller), completion
        except ToolError:
            if attempt > TRIES:
                break
            step = f"act:{attempt}"
            completion = await journal.once(step, Completion, lambda: model.complete(prompt))
    return None, completion
