"""Buttons, answered in the same request: each is led to who owns it."""

from __future__ import annotations

from dataclasses import replace

from adapters.storage.actions import SqlActionStore, SqlFeedbackStore
from adapters.storage.inbox import Inbox
from adapters.storage.work import Received
from bot import links, thread_memory
from bot.memory import Memory
from bot.thread_memory import ThreadMemory
from core import memory_cards, text, wording
from core.acting import Actor
from core.cards import Button, Buttons, Card, Prose, Style
from core.forms import Form, Problems, Submission
from core.ids import derived_id
from core.messages import ButtonPress, InboundMessage, Place
from core.outcome import Post
from core.ports import Clock
from core.steps import reply
from core.tools import Action, ActionState
from handoff.presses import CasePresses, is_ours


class Presses:
    """Every button of the product."""

    def __init__(
        self,
        cases: CasePresses,
        actions: SqlActionStore,
        feedback: SqlFeedbackStore,
        actor: Actor,
        memory: Memory,
        inbox: Inbox,
        thread: ThreadMemory,
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._actions = actions
        self._feedback = feedback
        self._actor = actor
        self._memory = memory
        self._thread = thread
        self._inbox = inbox
        self._clock = clock

    async def press(self, press: ButtonPress) -> Card | None:
        """Do what a button asks for; returns the private answer."""
        press = replace(press, actor=replace(press.actor, name=text.name(press.actor.name)))
        if is_ours(press.action):
            return await self._cases.press(press)
        if press.action in thread_memory.ACTIONS:
            return await self._thread.press(press)
        match press.action:
            case "helpful" | "unhelpful":
                return await self._judged(press, helpful=press.action == "helpful")
            case "person":
                return await self._person(press)
            case memory_cards.ASK | memory_cards.DO | memory_cards.KEEP | links.LINK | links.REFUSE:
                return await self._memory.press(press)
            case "confirm" | "cancel":
                return await self._decided(press, confirmed=press.action == "confirm")
            case _:
                return _told(wording.NOTHING_TO_DO)

    def form(self, press: ButtonPress) -> Form | None:
        """The form a button opens, if it opens one."""
        return self._thread.form(press)

    async def submit(self, submission: Submission) -> Card | Problems | None:
        """What became of a form that a button opened; None for all other forms."""
        if submission.form != thread_memory.FORM:
            return None
        return await self._thread.submit(submission)

    async def _judged(self, press: ButtonPress, *, helpful: bool) -> Card:
        noted = await self._feedback.note(
            press.value[:64],
            press.message.thread.workspace,
            press.actor.key,
            helpful=helpful,
            at=self._clock(),
        )
        if not noted:
            return _told(wording.NOT_THIS_CARD)
        if helpful:
            return _told(wording.FEEDBACK_THANKS)
        button = Button(wording.TALK_TO_PERSON, "person", press.value[:64], Style.PRIMARY)
        return Card((Prose(wording.FEEDBACK_SORRY), Buttons((button,))))

    async def _person(self, press: ButtonPress) -> Card:
        """A press counts as asking in the thread, once per answer."""
        asked = derived_id("person", str(press.message), str(press.actor.key)).hex
        received = await self._inbox.put_message(
            InboundMessage(
                message_id=f"press-{asked}",
                thread=press.message.thread,
                author=press.actor,
                text=wording.TALK_TO_PERSON,
                sent_at=self._clock(),
                place=press.place,
                wants_person=True,
            )
        )
        match received:
            case Received.NEW:
                return _told(wording.ASKING_PERSON)
            case Received.DUPLICATE:
                return _told(wording.ASKED_PERSON)
            case Received.TOO_MANY:
                return _told(wording.OUT_OF_MESSAGES)

    async def _decided(self, press: ButtonPress, *, confirmed: bool) -> Card | None:
        action = await self._actions.get(press.value)
        if action is None or not _where_offered(action, press):
            return _told(wording.NOT_THIS_CARD)
        if action.requester.key != press.actor.key:
            return _told(wording.NOT_YOURS)
        said = await self._decide(action, press, confirmed=confirmed)
        if said == wording.ACTION_GONE:
            return _told(said)
        spent = Post(
            press.message.thread if action.private else action.thread,
            reply.spent(action, said),
            only_for=action.requester.key if action.private else None,
            replaces=press.message.message_id,
        )
        await self._inbox.show((spent,), action.action_id, "decided")
        return None  # the offer itself now says what became of it, without its buttons

    async def _decide(self, action: Action, press: ButtonPress, *, confirmed: bool) -> str:
        """Take the one step that is left to an offer; returns what became of it, in words."""
        proposed = ActionState.PROPOSED
        if action.state is proposed and self._clock() >= action.expires_at:
            await self._actions.move(action.action_id, proposed, ActionState.EXPIRED)
            return wording.ACTION_EXPIRED
        if not confirmed:
            moved = await self._actions.move(action.action_id, proposed, ActionState.CANCELLED)
            return wording.ACTION_CANCELLED if moved else wording.ACTION_GONE
        if action.private:
            moved = await self._actions.move(action.action_id, proposed, ActionState.CONFIRMED)
            begun = moved or action.state is ActionState.CONFIRMED
            return await self._actor.settle(action) if begun else wording.ACTION_GONE
        taken = await self._inbox.confirm(action.thread, action.action_id, str(press.actor.key))
        return wording.ACTION_RUNNING if taken is Received.NEW else wording.ACTION_GONE


def _where_offered(action: Action, press: ButtonPress) -> bool:
    """Whether a press came from where its offer stands; a private one may stand in a chat."""
    here = press.message.thread
    alone = action.private and press.place is Place.DIRECT
    return here.channel == action.thread.channel or (
        alone and here.workspace == action.thread.workspace
    )


def _told(words: str) -> Card:
    return Card((Prose(words),))
