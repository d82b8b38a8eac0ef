"""Choose an action and freeze its arguments. Nothing is done here without a person's word."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from pydantic import BaseModel

from core.drafts import Completion, Prompt, Stop
from core.errors import ToolError
from core.ports import Journal, Model, Paid
from core.tools import Caller, Tool, Toolbox
from core.window import Part, Piece

TRIES = 2


async def choose(
    prompt: Prompt, caller: Caller, toolbox: Toolbox, model: Model, journal: Journal, paid: Paid
) -> tuple[Tool, BaseModel] | None:
    """The tool a model proposes, validated, or None when none fits; a bad call gets one more try.

    A model that proposes several calls at once is taken at its first only.

    Args:
        paid: Told of every try, also of one that cannot be used.
    """
    for attempt in range(1, TRIES + 1):
        step = f"act:{attempt}"
        completion = await journal.once(step, Completion, partial(model.complete, prompt))
        paid(completion)
        if completion.stop is not Stop.TOOL or not completion.calls:
            return None
        try:
            return toolbox.checked(completion.calls[0], caller)
        except ToolError as error:
            prompt = _told(prompt, str(error))
    return None


def _told(prompt: Prompt, refusal: str) -> Prompt:
    """The prompt with why the last call was refused, before the question."""
    *before, question = prompt.pieces
    refused = Piece.of(Part.TOOL_RESULT, f"Refused: {refusal}", required=True)
    return replace(prompt, pieces=(*before, refused, question))
