"""The handoff card: five things and not the transcript, redrawn from the case as it is."""

from __future__ import annotations

from datetime import datetime

from core import handoff_wording, wording
from core.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Field,
    Fields,
    Note,
    Prose,
    Replies,
    Sources,
    Style,
    Tone,
)
from core.escalation import Priority
from core.ids import ThreadKey, WorkspaceKey
from core.messages import Place
from core.outcome import Post
from handoff.case import Case, CaseState, Verdict

SUBJECT = "case:"  # subject of the post that starts a case's card thread

VERDICTS = {
    Verdict.RIGHT: "Right call",
    Verdict.AVOIDABLE: "Bot could have answered",
    Verdict.WRONG_TEAM: "Wrong team",
    Verdict.TOO_LATE: "Should have come sooner",
}


def number(case: Case) -> str:
    """What people call a case."""
    return f"H-{case.number}"


def value(case: Case) -> str:
    """What the buttons of this drawing carry: which case, and which version of it."""
    return f"{case.case_id}.{case.version}"


def draw(case: Case, shown_in: WorkspaceKey) -> Card:
    """The card of a case as it stands, for the people of a workspace, perhaps another one's."""
    escalation = case.escalation
    blocks: list[Block] = [
        Fields(
            (
                Field("Why", wording.CARD_REASONS[escalation.reason]),
                Field("Wants", escalation.intent or wording.NOT_ESTABLISHED),
                Field("Tried", "; ".join(escalation.attempted) or "nothing yet"),
                Field("Confidence", wording.certainty(escalation.confidence)),
                Field("Still open", escalation.uncertain or wording.NOT_ESTABLISHED),
                Field("From", _whence(case, shown_in)),
                Field("Waiting since", _moment(case.opened_at)),
            )
        )
    ]
    if escalation.evidence:
        blocks.append(Sources(escalation.evidence))
    if case.link:
        blocks.append(Prose(f"[Open the conversation]({case.link})", links=(case.link,)))
    blocks += _standing(case)
    urgent = " · high priority" if escalation.priority is Priority.HIGH else ""
    abroad = "" if case.workspace == shown_in else f" from {_platform(case)}"
    title = f"Request {number(case)}{abroad}{urgent}"
    return Card(tuple(blocks), title=title, tone=_tone(case))


def posted(case: Case, channel: ThreadKey) -> Post:
    """The post that shows a new case in the support channel."""
    return Post(channel, draw(case, channel.workspace), subject=SUBJECT + case.case_id)


def moved(before: Case, now: Case, channel: ThreadKey) -> tuple[Post, ...]:
    """The card of a case in another channel; where it stood, a word on that is left."""
    anew = posted(now, channel)
    if before.card_thread is None:
        return (anew,)
    left = Card((Note(handoff_wording.MOVED),), title=f"Request {number(now)}", tone=Tone.DONE)
    stood = before.card_thread
    return (anew, Post(stood.channel, left, replaces=stood.thread_id))


def redrawn(case: Case) -> tuple[Post, ...]:
    """The update that brings a posted card up to date; nothing while it has not been posted."""
    if case.card_thread is None:
        return ()
    channel = case.card_thread.channel
    drawn = draw(case, channel.workspace)
    return (Post(channel, drawn, replaces=case.card_thread.thread_id),)


def _standing(case: Case) -> tuple[Block, ...]:
    who = case.escalation.requester.name
    match case.state:
        case CaseState.WAITING:
            return (_buttons(case, ("Claim", "claim", Style.PRIMARY)),)
        case CaseState.CLAIMED:
            owner = case.owner.name if case.owner else wording.NOT_ESTABLISHED
            return (
                Note(f"{owner} has this."),
                Replies(who, value(case)),
                _buttons(
                    case,
                    ("Resolve", "resolve", Style.PRIMARY),
                    ("Release", "release", Style.PLAIN),
                ),
            )
        case CaseState.WITHDRAWN:
            return (Note(f"{who} withdrew this request."),)
        case CaseState.RESOLVED:
            if case.verdict is not None:
                return (Note(f"Resolved: {VERDICTS[case.verdict].lower()}."),)
            return (
                Note("Resolved. Was handing over right?"),
                _buttons(
                    case,
                    *((label, f"verdict_{each}", Style.PLAIN) for each, label in VERDICTS.items()),
                ),
            )


def _buttons(case: Case, *items: tuple[str, str, Style]) -> Buttons:
    return Buttons(
        tuple(Button(label, action, value(case), style) for label, action, style in items)
    )


def _tone(case: Case) -> Tone:
    match case.state:
        case CaseState.WAITING:
            return Tone.ATTENTION
        case CaseState.CLAIMED:
            return Tone.PLAIN
        case CaseState.RESOLVED | CaseState.WITHDRAWN:
            return Tone.DONE


def _whence(case: Case, shown_in: WorkspaceKey) -> str:
    where = {
        Place.DIRECT: "direct messages",
        Place.GROUP: "a group chat",
        Place.CHANNEL: "a channel",
    }
    abroad = "" if case.workspace == shown_in else f" in {_platform(case)}"
    return f"{case.escalation.requester.name}, in {where[case.escalation.place]}{abroad}"


def _platform(case: Case) -> str:
    return wording.PLATFORMS[case.workspace.platform]


def _moment(at: datetime) -> str:
    return f"{at:%H:%M} UTC, {at.day} {at:%b}"
