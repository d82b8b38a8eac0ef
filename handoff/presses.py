"""The buttons of a case: rights and state are read from the store when one is pressed."""

from __future__ import annotations

import re
from dataclasses import replace

from core import handoff_wording, wording
from core.cards import Button, Buttons, Card, Plain, Prose, Replies, Style, Tone
from core.ids import ThreadKey
from core.messages import ButtonPress
from core.outcome import Post
from core.ports import Clock, WorkspaceStore
from handoff import card
from handoff.case import OPEN, Case, CaseState, CaseStore, Step, Verdict

CLAIM, RELEASE, RESOLVE, WITHDRAW = "claim", "release", "resolve", "withdraw"
VERDICT = "verdict_"
ACTIONS = {CLAIM, RELEASE, RESOLVE, WITHDRAW, *(VERDICT + each for each in Verdict)}
VERSION = re.compile(r"[0-9]{1,9}")


def is_ours(action: str) -> bool:
    """Whether a button belongs to a case."""
    return action in (CLAIM, RELEASE, RESOLVE, WITHDRAW) or action.startswith(VERDICT)


class CasePresses:
    """Takes the step that a button asks for, once, for somebody who may."""

    def __init__(self, cases: CaseStore, workspaces: WorkspaceStore, clock: Clock) -> None:
        self._cases = cases
        self._workspaces = workspaces
        self._clock = clock

    async def press(self, press: ButtonPress) -> Card | None:
        """What the person who pressed is told privately; None when the card says it all."""
        case_id, _, version = press.value.partition(".")
        case = await self._cases.get(case_id)
        if case is None or not VERSION.fullmatch(version) or press.action not in ACTIONS:
            return _told(wording.NOT_THIS_CARD)
        if press.action == WITHDRAW:
            return await self._withdraw(case, press)
        if not await self._on_its_card(press, case):
            return _told(wording.NOT_THIS_CARD)
        staff = await self._staff(press.message.thread)
        if str(press.actor.key) not in staff:
            return _told(wording.NOT_STAFF)
        step = self._step(press, int(version), left=case.left_by_owner(staff))
        taken = await self._cases.take(case_id, step, lambda now: _shown(now, press))
        return None if taken else await self._missed(case, press, staff)

    async def _on_its_card(self, press: ButtonPress, case: Case) -> bool:
        """A button counts only on the card it was drawn on."""
        channel = press.message.thread.channel
        if case.card_thread is None:  # its receipt is still under way
            return str(channel) == (await self._workspaces.settings(case.workspace)).support_channel
        same_message = press.message.message_id == case.card_thread.thread_id
        return same_message and channel == case.card_thread.channel

    async def _staff(self, card: ThreadKey) -> tuple[str, ...]:
        """Who may work on a case: those whom the admins of its card's workspace named.

        A case of another workspace is no exception: its admins chose the channel, and
        with it the people who are at work there.
        """
        return (await self._workspaces.settings(card.workspace)).staff

    def _step(self, press: ButtonPress, version: int, *, left: bool) -> Step:
        """The step of a button; a case that its owner ``left`` may be released by anyone."""
        actor, at = press.actor, self._clock()
        waiting, claimed = frozenset({CaseState.WAITING}), frozenset({CaseState.CLAIMED})
        match press.action:
            case "claim":
                return Step(CaseState.CLAIMED, waiting, actor, at, owner=actor, version=version)
            case "release":
                return Step(
                    CaseState.WAITING, claimed, actor, at, version=version, by_owner=not left
                )
            case "resolve":
                return Step(CaseState.RESOLVED, claimed, actor, at, version=version, by_owner=True)
            case _:
                verdict = Verdict(press.action.removeprefix(VERDICT))
                resolved = frozenset({CaseState.RESOLVED})
                return Step(
                    CaseState.RESOLVED, resolved, actor, at, version=version, verdict=verdict
                )

    async def _withdraw(self, case: Case, press: ButtonPress) -> Card | None:
        if press.actor.key != case.escalation.requester.key:
            return _told(wording.NOT_YOURS)
        step = Step(CaseState.WITHDRAWN, OPEN, press.actor, self._clock())
        taken = await self._cases.take(case.case_id, step, lambda now: _shown(now, press))
        return None if taken else _told(wording.NOTHING_TO_DO)

    async def _missed(self, before: Case, press: ButtonPress, staff: tuple[str, ...]) -> Card:
        """Somebody was quicker, or the card was old: say who has the case, refresh the card."""
        case = await self._cases.get(before.case_id) or before
        drawn = _placed(case, press)
        minute = int(self._clock().timestamp() // 60)  # fifty may press the same old card
        scope = f"refresh:{case.version}:{minute}"
        await self._cases.send(case, card.redrawn(drawn), scope)
        if case.state is CaseState.CLAIMED and case.owner is not None:
            left = case.left_by_owner(staff)
            said = handoff_wording.OWNER_LEFT if left else handoff_wording.OWNED
            return _told(said.format(owner=case.owner.name))
        return _told(wording.OUT_OF_DATE)


def _placed(case: Case, press: ButtonPress) -> Case:
    """The case with its card where it was pressed, should the receipt still be under way."""
    if case.card_thread is not None:
        return case
    thread = replace(press.message.thread, thread_id=press.message.message_id)
    return replace(case, card_thread=thread)


def _shown(case: Case, press: ButtonPress) -> tuple[Post, ...]:
    """The card redrawn, and what the requester is told of the step."""
    redraw = card.redrawn(case if press.action == WITHDRAW else _placed(case, press))
    if press.action.startswith(VERDICT):
        return redraw
    told = Post(case.escalation.thread, _told_requester(case, press))
    if press.action == WITHDRAW:  # said in place of the offer to withdraw, which is spent
        told = replace(told, replaces=press.message.message_id)
    return (*redraw, told)


def _told_requester(case: Case, press: ButtonPress) -> Card:
    name, number = press.actor.name, card.number(case)
    match case.state:
        case CaseState.CLAIMED:
            said = handoff_wording.CLAIMED.format(name=name, number=number)
            return Card((Plain(said), Replies(name)), tone=Tone.DONE)
        case CaseState.WAITING:
            return Card(
                (Plain(handoff_wording.RELEASED.format(name=name, number=number)),),
                tone=Tone.ATTENTION,
            )
        case CaseState.WITHDRAWN:
            return Card((Plain(handoff_wording.WITHDRAWN.format(number=number)),))
        case CaseState.RESOLVED:
            said = handoff_wording.RESOLVED.format(name=name, number=number)
            turn = case.escalation.turn_id
            buttons = Buttons(
                (Button("Yes", "helpful", turn, Style.PRIMARY), Button("No", "unhelpful", turn))
            )
            return Card((Plain(said), buttons, Prose(handoff_wording.BACK)), tone=Tone.DONE)


def _told(text: str) -> Card:
    return Card((Prose(text),))
