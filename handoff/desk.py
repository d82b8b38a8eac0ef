"""The support desk: from "a person should take this" to "a person took it".

Every step is one conditional update in the store; what people see is drawn from
the case as that update left it, never from the case as it was read before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median
from typing import NamedTuple

from core import handoff_wording, text, wording
from core.cards import Button, Buttons, Card, Note, Plain, Prose, Style, Tone
from core.escalation import Escalation, Stance
from core.ids import MessageRef, ThreadKey, WorkspaceKey, derived_id
from core.messages import InboundMessage, Trust
from core.outcome import Post
from core.ports import Clock, WorkspaceStore
from handoff import card, outcome, relay
from handoff.case import Case, CaseState, CaseStore

SAID_MOST = 300  # characters of staff's last words that are kept
ENOUGH_WAITS = 3  # claimed cases from which an expectation can be measured


class Moved(NamedTuple):
    """How many requests went to a newly set channel, and how many are at work where they were."""

    moved: int
    stay: int


class Desk:
    """Implements ``core.ports.SupportDesk``.

    Args:
        permalink: Makes a link to a message of any platform.
        discreet: Masks in a person's words what a card need not repeat.
    """

    def __init__(
        self,
        cases: CaseStore,
        workspaces: WorkspaceStore,
        permalink: Callable[[MessageRef], str],
        discreet: Callable[[str], str],
        clock: Clock,
    ) -> None:
        self._cases = cases
        self._workspaces = workspaces
        self._permalink = permalink
        self._discreet = discreet
        self._clock = clock

    async def stance(self, message: InboundMessage) -> Stance:
        case = await self._cases.touching(message.thread, message.author.key)
        if case is None:
            return Stance.BOT
        if case.card_thread == message.thread:  # staff talk there; the bot only when called
            return Stance.BOT if message.mentions_bot else Stance.HUMAN
        return case.stance

    async def relay(self, message: InboundMessage) -> tuple[Post, ...]:
        case = await self._cases.touching(message.thread, message.author.key)
        if case is None:
            return ()
        settings = await self._workspaces.settings(message.workspace)
        posts = relay.carry(message, case, settings.staff)
        if message.thread == case.card_thread and posts[:1] and posts[0].to != message.thread:
            await self._cases.hear(case, text.one_line(message.text, SAID_MOST))
        return posts

    async def refuses(self, message: InboundMessage) -> str:
        if message.author.trust is not Trust.MEMBER:
            return wording.OUTSIDER_PERSON
        case = await self._cases.touching(message.thread, message.author.key)
        if case is None or case.card_thread != message.thread:
            return ""
        return handoff_wording.OF_A_CARD.format(number=card.number(case))

    async def open(self, escalation: Escalation) -> tuple[Post, ...]:
        before = await self._cases.earlier(escalation.thread, escalation.requester.key)
        tried = (*escalation.attempted, outcome.earlier(before)) if before else escalation.attempted
        escalation = replace(
            escalation,
            intent=self._discreet(escalation.intent),
            attempted=tuple(dict.fromkeys(map(self._discreet, tried))),
            uncertain=self._discreet(escalation.uncertain),
        )
        workspace = escalation.thread.workspace
        settings = await self._workspaces.settings(workspace)
        channel = ThreadKey.parse(settings.support_channel) if settings.support_channel else None
        case = Case(
            case_id=derived_id("case", escalation.turn_id).hex,
            number=0,
            workspace=workspace,
            escalation=escalation,
            state=CaseState.WAITING,
            version=0,
            opened_at=self._clock(),
            link=self._permalink(MessageRef(escalation.thread, escalation.message_id)),
            undelivered=channel is None,
        )
        stands = await self._cases.open(
            case, lambda opened: (card.posted(opened, channel),) if channel else ()
        )
        if stands.case_id == case.case_id:
            return (await self._told(stands, reachable=channel is not None),)
        joined = await self._cases.join(
            stands.case_id, escalation, lambda now: relay.added(stands, now)
        )
        if joined is None:  # it ended at this very moment
            return await self.open(escalation)
        return (relay.joined(joined, escalation),)

    async def _told(self, case: Case, *, reachable: bool) -> Post:
        said = handoff_wording.OPENED.format(
            why=wording.REASONS[case.escalation.reason], number=card.number(case)
        )
        note = (
            await self._expectation(case.workspace)
            if reachable
            else handoff_wording.NO_SUPPORT_CHANNEL
        )
        withdraw = Button("Withdraw", "withdraw", card.value(case), Style.PLAIN)
        blocks = (Prose(said), Note(note), Buttons((withdraw,)))
        return Post(case.escalation.thread, Card(blocks, tone=Tone.ATTENTION))

    async def _expectation(self, workspace: WorkspaceKey) -> str:
        waits = await self._cases.recent_waits(workspace)
        typical = None
        if len(waits) >= ENOUGH_WAITS:
            typical = timedelta(seconds=median(wait.total_seconds() for wait in waits))
        return wording.expectation(typical, len(waits))

    async def undelivered(self, case_id: str) -> None:
        """Tell the requester, once, that the card has not reached anybody yet."""
        case = await self._cases.get(case_id)
        if case is not None:
            said = handoff_wording.CARD_UNDELIVERED.format(number=card.number(case))
            post = Post(case.escalation.thread, Card((Plain(said),), tone=Tone.ATTENTION))
            await self._cases.note_undelivered(case_id, (post,))

    async def deliver_waiting(self, workspace: WorkspaceKey, channel: ThreadKey) -> Moved:
        """Post the cards that wait elsewhere, or have reached nobody, to a newly set channel."""
        moved = stay = 0
        for case in await self._cases.elsewhere(workspace, channel):
            if case.state is CaseState.CLAIMED and case.card_thread is not None:
                stay += 1
            else:
                moved += await self._cases.move(case, partial(card.moved, case, channel=channel))
        return Moved(moved, stay)
