"""Ask somebody whether something they said in passing shall be remembered, once and privately."""

from __future__ import annotations

from core.acting import Actor
from core.drafts import ToolCall
from core.errors import ToolError
from core.ids import derived_id
from core.outcome import Post
from core.stated import NAME, Stated
from core.steps import reply
from core.steps.state import Turn
from core.tools import Caller, propose


async def offer(turn: Turn, said: Stated, actor: Actor) -> tuple[Post, ...]:
    """The question, for its person alone; nothing when it is known or was asked here before."""
    message = turn.message
    person, thread = message.author.key, message.thread
    action_id = derived_id("offer", str(thread), str(person), said.key).hex
    before = await actor.actions.get(action_id)
    if before is not None and before.turn_id != message.turn_id:
        return ()
    known = (await actor.accounts.recall(person)).facts
    if any((each.key, each.value) == (said.key, said.value) for each in known):
        return ()
    call = ToolCall(NAME, {"key": said.key, "value": said.value})
    try:
        tool, arguments = actor.toolbox.checked(call, Caller(message.author, thread, turn.settings))
    except ToolError:  # this installation keeps nothing, or nothing of this person
        return ()
    action = propose(message, tool, arguments, action_id, actor.clock())
    await actor.actions.propose(action)
    return reply.proposal(message, tool.preview(arguments), action)[:1]
