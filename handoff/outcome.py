"""What a thread remembers of a request that was closed, so that the bot need not start anew."""

from __future__ import annotations

from core import handoff_wording
from core.ids import derived_id
from core.session import Exchange, ExchangeKind
from handoff import card
from handoff.case import Case


def remembered(case: Case) -> Exchange:
    """Who helped, and the last words of theirs, as an exchange with the requester."""
    asked = case.escalation
    return Exchange(
        turn_id=derived_id("resolved", case.case_id).hex,
        author=asked.requester.key,
        author_name=asked.requester.name,
        asked=asked.intent,
        answered=handoff_wording.remembered(card.number(case), _helper(case), case.said),
        at=case.resolved_at or case.opened_at,
        kind=ExchangeKind.ESCALATION,
    )


def earlier(case: Case) -> str:
    """A closed request in a few words, for the card of the next one."""
    return handoff_wording.EARLIER.format(number=card.number(case), name=_helper(case))


def _helper(case: Case) -> str:
    return case.owner.name if case.owner else handoff_wording.SOMEBODY
