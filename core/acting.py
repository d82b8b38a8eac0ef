"""Actions in a turn: proposed with frozen arguments, run after a word, reported with a receipt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from pydantic import BaseModel

from core import discretion, wording
from core.account import TOOL_LIFE, Fact, FactSource
from core.cards import Button, Buttons, Card, Note, Plain, Tone
from core.drafts import Task, ToolCall, ToolSpec
from core.errors import ToolError
from core.evidence import Evidence
from core.ids import derived_id
from core.messages import InboundMessage
from core.outcome import Ending, Post, TurnOutcome
from core.ports import (
    AccountStore,
    ActionStore,
    Clock,
    Journal,
    Model,
    SessionStore,
    WorkspaceStore,
)
from core.routes import Routed
from core.session import ExchangeKind, Session
from core.stated import NAME, stated
from core.steps import reply
from core.steps.act import Choice, choose
from core.steps.assemble import assemble
from core.steps.ledger import Ledger
from core.steps.notes import noted
from core.steps.results import NEWEST
from core.steps.retrieve import Found
from core.steps.state import Turn
from core.tools import (
    SUBJECT,
    Action,
    ActionState,
    Caller,
    Consent,
    Tool,
    Toolbox,
    ToolOutcome,
    propose,
)

TYPED = re.compile(
    r"(?:yes|yep|yeah|ok(?:ay)?|sure|confirm(?:ed)?|do it|go ahead|please do|ja|oui|sí|si|sim"
    r"|no|nope|cancel|don'?t|stop|nein|non|não)(?:[ ,]+(?:please|thanks|thank you|do it|do that"
    r"|go ahead|remember it|remember that|report it|cancel|don'?t|bitte|danke))?[\s.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Proposes and carries out actions."""

    model: Model
    toolbox: Toolbox
    actions: ActionStore
    accounts: AccountStore
    sessions: SessionStore
    workspaces: WorkspaceStore
    clock: Clock

    async def propose(self, turn: Turn, routed: Routed, found: Found) -> TurnOutcome | None:
        """Propose the tool that fits, or None when none does or a person must decide.

        Raises:
            CallsRefused: The model does not know what can be done here.
        """
        message, session, ledger = turn.message, turn.session, turn.ledger
        caller = Caller(message.author, message.thread, turn.settings)
        offered = self.toolbox.offered(caller)
        if not offered or "decision" in routed.risks:
            return None
        chosen = self._stated(message, caller) or await self._chosen(turn, found, caller, offered)
        if chosen is None:
            return None
        tool, arguments = chosen.tool, chosen.arguments
        shown = tool.preview(arguments)
        if tool.consent is Consent.SUBJECT:
            matter = discretion.matter(" ".join(each.value for each in shown))
            if matter is not None:  # neither kept nor remembered that it was asked for
                going_on = session.helping_on(message.author.key, message.place, message.sent_at)
                return ledger.end(Ending.REFUSED, reply.not_kept(message, matter), session=going_on)
        notes = (Note(wording.DEGRADED_ACTION),) if chosen.degraded else ()
        action = propose(message, tool, arguments, _action_id(message), self.clock())
        await self.actions.propose(action)
        if tool.consent is Consent.NONE:
            await self.actions.move(action.action_id, ActionState.PROPOSED, ActionState.CONFIRMED)
            return await self._run(
                action, tool, arguments, caller, turn.journal, ledger, session, notes
            )
        posts = reply.proposal(message, shown, action)
        return ledger.end(
            Ending.PROPOSED,
            noted(posts, message.thread, notes),
            session=session,
            kind=ExchangeKind.ACTION,
            said=wording.REMEMBERED_PROPOSAL.format(tool=tool.name),
            only_for=message.author.key if action.private else None,
        )

    def _stated(self, message: InboundMessage, caller: Caller) -> Choice | None:
        """What the writer asks to have kept about themselves; no model need read that."""
        said = stated(message.text)
        if said is None:
            return None
        call = ToolCall(NAME, {"key": said.key, "value": said.value})
        try:
            return Choice(*self.toolbox.checked(call, caller))
        except ToolError:  # this installation keeps nothing
            return None

    async def _chosen(
        self, turn: Turn, found: Found, caller: Caller, offered: tuple[ToolSpec, ...]
    ) -> Choice | None:
        """What the model proposes."""
        alone = found.audience.private and not found.privately  # the offer stands in the thread
        reader = turn.message.author.key if alone else None
        prompt = assemble(Task.ACT, turn.message, turn.session, reader, Evidence(), None, offered)
        paid = partial(turn.ledger.called, prompt=prompt)
        return await choose(prompt, caller, self.toolbox, self.model, turn.journal, paid)

    async def typed(self, turn: Turn) -> TurnOutcome | None:
        """What is said to a yes or no that was typed where an offer waits for a press."""
        message, exchanges = turn.message, turn.session.exchanges
        if not (exchanges and exchanges[-1].kind is ExchangeKind.ACTION):
            return None
        if not TYPED.match(message.text.strip()[:40]):
            return None
        waiting = [
            each
            for each in await self.of_thread(turn, NEWEST)
            if each.state is ActionState.PROPOSED and each.requester.key == message.author.key
        ]
        if not waiting or waiting[-1].expires_at <= self.clock():
            return None
        session = turn.session.helping_on(message.author.key, message.place, message.sent_at)
        words = wording.PRESS_INSTEAD
        return turn.ledger.end(Ending.REFUSED, reply.plain(message, words), session=session)

    async def of_thread(self, turn: Turn, most: int) -> Sequence[Action]:
        """The thread's newest actions, oldest first; nothing is read where there was none."""
        if all(each.kind is not ExchangeKind.ACTION for each in turn.session.exchanges):
            return ()
        return await self.actions.of_thread(turn.message.thread, most)

    async def settle(self, action: Action) -> str:
        """Do at once what a person has confirmed about themselves; returns what became of it.

        Doing it again changes nothing, so that a press repairs what an earlier one began.
        """
        settings = await self.workspaces.settings(action.thread.workspace)
        caller = Caller(action.requester, action.thread, settings)
        key = action.action_id
        try:
            tool, arguments = self.toolbox.restored(action, caller)
            done = await tool.run(arguments, caller, key)
        except ToolError as error:
            await self.actions.move(key, ActionState.CONFIRMED, ActionState.FAILED)
            return wording.ACTION_FAILED.format(why=error)
        await self.actions.move(key, ActionState.CONFIRMED, ActionState.DONE, done.receipt)
        return f"{done.text} Receipt: {done.receipt}."

    async def carry_out(self, action_id: str, journal: Journal) -> TurnOutcome | None:
        """Run a confirmed action, once; None when it is not there to be run."""
        action = await self.actions.get(action_id)
        if action is None or action.state not in (ActionState.CONFIRMED, ActionState.DONE):
            return None
        settings = await self.workspaces.settings(action.thread.workspace)
        caller = Caller(action.requester, action.thread, settings)
        ledger = _ledger(action, self.clock)
        session = await self.sessions.load(action.thread) or Session(action.thread)
        try:
            tool, arguments = self.toolbox.restored(action, caller)
            return await self._run(action, tool, arguments, caller, journal, ledger, session)
        except ToolError as error:
            await self.actions.move(action_id, ActionState.CONFIRMED, ActionState.FAILED)
            return ledger.end(Ending.ACTED, (_failed(action, str(error)),))

    async def give_up(self, action_id: str) -> TurnOutcome | None:
        """The end of an action that could not be carried out: nothing is claimed to be done."""
        action = await self.actions.get(action_id)
        if action is None:
            return None
        await self.actions.move(action_id, ActionState.CONFIRMED, ActionState.FAILED)
        failed = _failed(action, wording.ACTION_UNKNOWN)
        return _ledger(action, self.clock).end(Ending.ACTED, (failed,))

    async def _run(
        self,
        action: Action,
        tool: Tool,
        arguments: BaseModel,
        caller: Caller,
        journal: Journal,
        ledger: Ledger,
        session: Session,
        notes: tuple[Note, ...] = (),
    ) -> TurnOutcome:
        key = action.action_id
        done = await journal.once("tool", ToolOutcome, lambda: tool.run(arguments, caller, key))
        await self.actions.move(key, ActionState.CONFIRMED, ActionState.DONE, done.receipt)
        if done.facts:
            now = self.clock()
            facts = [Fact(*each, FactSource.TOOL, now, now + TOOL_LIFE) for each in done.facts]
            await self.accounts.learn(caller.person.key, facts)
        words = f"{done.text} Receipt: {done.receipt}."
        effect = (replace(each, subject=SUBJECT + key) for each in done.posts)
        report = Post(action.thread, Card((Plain(words),), tone=Tone.DONE))
        return ledger.end(
            Ending.ACTED,
            noted((*effect, report), action.thread, notes),
            session=session,
            kind=ExchangeKind.ACTION,
            said=words,
        )


def _action_id(message: InboundMessage) -> str:
    return derived_id("action", message.turn_id).hex


def _ledger(action: Action, clock: Clock) -> Ledger:
    turn_id = derived_id("carry-out", action.action_id).hex
    asked = wording.REMEMBERED_CONFIRMED.format(tool=action.tool)
    return Ledger(turn_id, action.thread, action.requester, action.place, asked, clock(), clock)


def _failed(action: Action, why: str) -> Post:
    button = Button(wording.TALK_TO_PERSON, "person", action.turn_id)
    words = wording.ACTION_FAILED.format(why=why)
    return Post(action.thread, Card((Plain(words), Buttons((button,))), tone=Tone.ATTENTION))
