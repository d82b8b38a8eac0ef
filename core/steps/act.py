"""Choose an action and freeze its arguments. Nothing is done here without a person's word."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from pydantic import BaseModel

from core.drafts import Completion, Prompt, Stop
from core.errors import CallsRefused, ToolError
from core.ports import Journal, Model, Paid
from core.tools import Caller, Tool, Toolbox
from core.window import Part, Piece

TRIES = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A tool with arguments that fit it.

    Args:
        degraded: A fallback chose, because the configured model could not.
    """

    tool: Tool
    arguments: BaseModel
    degraded: bool = False


async def choose(
    prompt: Prompt, caller: Caller, toolbox: Toolbox, model: Model, journal: Journal, paid: Paid
) -> Choice | None:
    """What a model proposes, validated, or None when nothing fits; a bad call gets one more try.

    A model that proposes several calls at once is taken at its first only.

    Args:
        paid: Told of every try, also of one that cannot be used.

    Raises:
        CallsRefused: No try was a call that can be carried out.
    """
    for attempt in range(1, TRIES + 1):
        step = f"act:{attempt}"
        completion = await journal.once(step, Completion, partial(model.complete, prompt))
        paid(completion)
        if completion.stop is not Stop.TOOL or not completion.calls:
            return None
        try:
            tool, arguments = toolbox.checked(completion.calls[0], caller)
            return Choice(tool, arguments, completion.degraded)
        except ToolError as error:
            prompt = _told(prompt, str(error))
    raise CallsRefused("The model proposed nothing that can be carried out.")


def _told(prompt: Prompt, refusal: str) -> Prompt:
    """The prompt with why the last call was refused, before the question."""
    *before, question = prompt.pieces
    refused = Piece.of(Part.TOOL_RESULT, f"Refused: {refusal}", required=True)
    return prompt.holding((*before, refused, question))
