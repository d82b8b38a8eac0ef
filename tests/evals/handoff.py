"""Handoff: what the product's card says of a transcript that ended with a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, TypedDict

from core import wording
from core.escalation import Reason
from core.evidence import Evidence
from core.messages import Audience, Place, Readers
from core.steps.escalate import escalation
from core.steps.ledger import Ledger
from core.steps.state import Turn
from core.tools import Action, ActionState
from core.workspace import WorkspaceSettings
from tests.evals.thread import ASKER, START, THREAD, NoJournal, Said, message, session

ALONE = Audience(private=True, rights=frozenset())


class Call(TypedDict):
    """A tool that was called, its arguments as JSON."""

    name: str
    arguments: str


class Line(Said):
    """One row of a transcript."""

    name: str | None
    calls: Sequence[Call] | None


def handoff(turns: Sequence[Line]) -> dict[str, object]:
    """The five things of the card, as the last message of the person leads to it."""
    last = max(at for at, turn in enumerate(turns) if turn["role"] == "user")
    asked = message(turns[last]["text"])
    said: list[Said] = [
        {"role": each["role"], "text": each["text"]} for each in turns[:last] if each["text"]
    ]
    turn = Turn(
        asked,
        session(said),
        WorkspaceSettings(),
        Readers(ALONE, ALONE),
        NoJournal(),
        Ledger.of(asked, lambda: START),
    )
    actions = list(_actions(turns))
    card = escalation(turn, Reason.ASKED, None, Evidence(), "", actions, START)
    return {
        "reason": wording.CARD_REASONS[card.reason],
        "intent": card.intent,
        "actions": list(card.attempted),
        "evidence": [],
        "uncertainty": card.uncertain,
    }


def _actions(turns: Sequence[Line]) -> Iterator[Action]:
    for at, turn in enumerate(turns):
        for call in turn.get("calls") or ():
            yield Action(
                action_id=str(at),
                turn_id=str(at),
                thread=THREAD,
                requester=ASKER,
                place=Place.CHANNEL,
                tool=call["name"],
                arguments=_arguments(call["arguments"]),
                state=ActionState.DONE,
                proposed_at=START + timedelta(minutes=at),
                expires_at=START + timedelta(minutes=at),
            )


def _arguments(written: str) -> dict[str, Any]:
    try:
        read = json.loads(written)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
