"""What was done in a thread, in the words of its ledger: for a prompt, and to be answered from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core import text
from core.tools import Action, ActionState

NEWEST = 5  # actions of a thread that its prompts know
ABOUT_MOST = 160  # characters of an action's arguments
BECAME = {
    ActionState.PROPOSED: "not confirmed yet, not done",
    ActionState.CONFIRMED: "confirmed and under way",
    ActionState.DONE: "done",
    ActionState.FAILED: "failed, nothing is known to be done",
    ActionState.CANCELLED: "cancelled, not done",
    ActionState.EXPIRED: "never confirmed, not done",
}


@dataclass(frozen=True, slots=True)
class ToolResult:
    """One action of a thread, as everyone who reads the thread may know it.

    Args:
        line: What it is and what became of it, in one sentence.
        receipt: The proof that it was done; empty unless it was.
    """

    line: str
    receipt: str = ""


def results(actions: Iterable[Action], now: datetime) -> tuple[ToolResult, ...]:
    """What these actions came to; what was arranged with one person alone is left out."""
    return tuple(_result(each, now) for each in actions if not each.private)


def _result(action: Action, now: datetime) -> ToolResult:
    state = action.state
    if state is ActionState.PROPOSED and action.expires_at <= now:
        state = ActionState.EXPIRED
    what = action.tool.replace("_", " ").capitalize()
    about = text.one_line("; ".join(map(str, action.arguments.values())), ABOUT_MOST)
    receipt = action.receipt if state is ActionState.DONE else ""
    proof = f", receipt {receipt}" if receipt else ""
    who, when = action.requester.name, f"{action.proposed_at:%Y-%m-%d, %H:%M} UTC"
    line = f"{what} “{about}” (asked for by {who}, {when}): {BECAME[state]}{proof}."
    return ToolResult(line, receipt)
