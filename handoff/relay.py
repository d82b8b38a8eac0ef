"""Words between a person and the member of staff who took their case, both ways.

Nothing said is silently dropped: what is not passed on is answered privately
with why. A staff reply that starts with ``!`` is an internal note and stays, as
does one that addresses somebody else there.
"""

from __future__ import annotations

import re

from core import handoff_wording, text, wording
from core.cards import Block, Card, Field, Fields, Note, Plain, Prose
from core.errors import HandoffError
from core.escalation import URGENT, Addition, Escalation
from core.ids import ThreadKey
from core.messages import InboundMessage, Person, Trust
from core.outcome import Notice, Post
from handoff import card
from handoff.case import Case, CaseState

NOTE = re.compile(  # the mark of a note, after mentions, quotes, bullets and other markup
    r"(?:[\s>*_~`'\"(\[\-•]++|@\S++)*+[!\uff01]"
)
NAME_MOST = 60  # characters, before what is said about them
SHOWN_MOST = 80  # characters of a message that was not passed on


def carry(message: InboundMessage, case: Case, staff: tuple[str, ...]) -> tuple[Post, ...]:
    """What a message in a claimed thread, or in a card's thread, makes visible elsewhere."""
    if message.thread == case.card_thread:
        return _from_staff(message, case, staff)
    return _to_staff(message, case)


def joined(case: Case, escalation: Escalation) -> Post:
    """What somebody is told whose further request was added to an open case."""
    if case.card_thread is not None:
        said = handoff_wording.JOINED
    else:
        said = handoff_wording.JOINED_UNDELIVERED if case.undelivered else handoff_wording.ADDED
    return Post(escalation.thread, Card((Plain(said.format(number=card.number(case))),)))


def added(before: Case, now: Case) -> tuple[Post, ...]:
    """What a case shows that a further request has just joined; the card, if it is more urgent."""
    newest = now.escalation.also[-1]
    raised = now.escalation.priority is not before.escalation.priority
    return (*also(now, newest), *(card.redrawn(now) if raised else ()))


def also(case: Case, addition: Addition) -> tuple[Post, ...]:
    """A further wish, in the card's thread; nothing while that is not known.

    What it is about may be a model's words, so it is never shown as spoken by the person.
    """
    if case.card_thread is None:
        return ()
    fields = [
        Field("From", case.escalation.requester.name),
        Field("Also wants", addition.intent or wording.NOT_ESTABLISHED),
    ]
    if addition.reason in URGENT:
        fields.append(Field("Why", wording.CARD_REASONS[addition.reason]))
    return (Post(case.card_thread, Card((Fields(tuple(fields)),))),)


def scope(case: Case, addition: Addition) -> str:
    """Where a further wish is shown once: in this thread of the case's card."""
    return f"also:{addition.turn_id}:{case.card_thread}"


def _to_staff(message: InboundMessage, case: Case) -> tuple[Post, ...]:
    if case.card_thread is None:  # its receipt is still under way
        raise HandoffError("The card's thread is not known yet.")
    if message.author.trust is not Trust.MEMBER:
        return (_privately(message, handoff_wording.OUTSIDER),)
    posts = [_passed_on(message, case.card_thread, _named(message.author, case))]
    if message.files:
        posts.append(_privately(message, handoff_wording.FILES))
    return tuple(posts)


def _named(author: Person, case: Case) -> str:
    """Whose words these are, and that they are not the requester's where they are not.

    A name proves nothing: anybody can carry the requester's.
    """
    known = (case.escalation.requester, case.owner)
    if any(each is not None and each.key == author.key for each in known):
        return author.name
    return handoff_wording.NOT_REQUESTER.format(name=text.one_line(author.name, NAME_MOST))


def _from_staff(message: InboundMessage, case: Case, staff: tuple[str, ...]) -> tuple[Post, ...]:
    if NOTE.match(message.text):
        return (_privately(message, handoff_wording.NOTE_KEPT),)
    refusal = _refusal(message.author, case, staff)
    if message.mentions_others:  # who could not have it sent talks to a colleague, and knows it
        return () if refusal else (_privately(message, handoff_wording.FOR_OTHERS),)
    if refusal:
        return (_privately(message, refusal),)
    posts = [_passed_on(message, case.escalation.thread, message.author.name)]
    if message.files:
        posts.append(_privately(message, handoff_wording.FILES))
    return tuple(posts)


def _refusal(author: Person, case: Case, staff: tuple[str, ...]) -> str:
    """Why a reply in the card's thread is not passed on; empty when it is."""
    if str(author.key) not in staff:
        return wording.NOT_STAFF
    if case.state is CaseState.WAITING:
        return handoff_wording.NOT_CLAIMED
    if case.state is not CaseState.CLAIMED or case.owner is None:
        return handoff_wording.CLOSED
    left = case.left_by_owner(staff)
    if left or case.owner.key != author.key:
        said = handoff_wording.OWNER_LEFT if left else handoff_wording.OWNED
        return f"{said.format(owner=case.owner.name)} {handoff_wording.NOT_PASSED_ON}"
    return ""


def _passed_on(message: InboundMessage, to: ThreadKey, name: str) -> Post:
    """Somebody's words on the other side; when they cannot be shown there, they hear of it."""
    begins = text.one_line(message.text, SHOWN_MOST)
    lost = handoff_wording.LOST.format(words=begins or "…")
    notice = Notice(message.thread, message.author.key, lost)
    return Post(to, _spoken(message, name), otherwise=notice)


def _spoken(message: InboundMessage, name: str) -> Card:
    blocks: tuple[Block, ...] = (Plain(message.text or "…"),)
    if message.files:
        blocks += (Note("A file was attached and not passed on."),)
    return Card(blocks, speaks_as=name)


def _privately(message: InboundMessage, words: str) -> Post:
    return Post(message.thread, Card((Prose(words),)), only_for=message.author.key)
