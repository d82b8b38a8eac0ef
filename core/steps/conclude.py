"""End a turn with its answer, each part of it for those who may read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from core.account import Account
from core.acting import Actor
from core.drafts import Completion
from core.offer import offer
from core.outcome import Ending, TurnOutcome
from core.routes import Routed
from core.session import ExchangeKind
from core.steps import reply
from core.steps.divide import divide
from core.steps.results import ToolResult
from core.steps.retrieve import Found
from core.steps.state import Turn


async def conclude(
    turn: Turn,
    routed: Routed,
    completion: Completion,
    found: Found,
    account: Account | None,
    done: Sequence[ToolResult],
    actor: Actor,
) -> TurnOutcome:
    """The answer as posts and as an exchange, which is private as soon as a part of it is.

    Behind it stands the question whether what was said in passing shall be remembered.
    """
    message = turn.message
    turn.ledger.cited(completion)
    parts = divide(completion, found, account, done, turn.readers.thread.rights, message.text)
    ended = turn.ledger.end(
        Ending.ANSWERED,
        reply.answered(message, parts, found, actor.clock().date()),
        session=turn.session,
        kind=ExchangeKind.ANSWER,
        said=completion.text,
        only_for=message.author.key if parts.alone else None,
    )
    if routed.mentioned is None:
        return ended
    return replace(ended, posts=(*ended.posts, *await offer(turn, routed.mentioned, actor)))
