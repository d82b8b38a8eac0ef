"""Let a model write an answer from what it was given; an unusable one gets one more try."""

from __future__ import annotations

from dataclasses import replace

from core import text
from core.drafts import Completion, Prompt, Span, Stop
from core.errors import ModelReplyInvalid
from core.ports import Journal, Model, Paid

ANSWER_MOST = 12_000  # characters; longer is not an answer
TRIES = 2


async def answer(prompt: Prompt, model: Model, journal: Journal, paid: Paid) -> Completion:
    """A finished completion, cleaned of what nobody sees. Its spans may be empty: no answer.

    Args:
        paid: Told of every try, also of one that cannot be used.

    Raises:
        ModelReplyInvalid: Neither try ended as a whole text.
        ModelUnavailable: The model cannot be reached.
    """
    for attempt in range(1, TRIES + 1):
        step = f"answer:{attempt}"
        completion = await journal.once(step, Completion, lambda: model.complete(prompt))
        paid(completion)
        if completion.stop is Stop.END and (completion.text.strip() or completion.degraded):
            break
    if completion.stop is not Stop.END:
        raise ModelReplyInvalid(f"The model stopped early: {completion.stop}.")
    if len(completion.text) > ANSWER_MOST:
        raise ModelReplyInvalid("The model wrote far more than an answer.")
    spans = tuple(Span(text.clean(span.text), span.passage_ids) for span in completion.spans)
    return replace(completion, spans=spans)
