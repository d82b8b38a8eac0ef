"""Say once what is not remembered any more and what was not read, above the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core import thread_wording, wording
from core.cards import Block, Button, Buttons, Note
from core.ids import ThreadKey
from core.outcome import Post
from core.session import Session

SHOW, CORRECT = "show-memory", "correct-memory"  # actions of buttons; their message says the thread

BUTTONS = Buttons(
    (
        Button(thread_wording.SHOW, SHOW, "thread"),
        Button(thread_wording.CORRECT, CORRECT, "thread"),
    )
)


def notes(
    session: Session,
    now: datetime,
    *,
    files: int = 0,
    late: bool = False,
    left_out: datetime | None = None,
) -> tuple[Block, ...]:
    """What everyone in a thread should know about what is remembered and what was read.

    Args:
        session: As the turn found it.
        left_out: Time of the last exchange that had no room in this turn's prompt.
    """
    said: list[Block] = [Note(wording.DELAYED)] if late else []
    if session.afresh:
        said.append(Note(wording.AFRESH))
    until = session.summarised_until
    if session.tell_summary and until is not None:
        tell = thread_wording.summarised if session.summary else thread_wording.dropped
        said += [Note(tell(until, now)), BUTTONS]
    if left_out is not None:
        said.append(Note(thread_wording.no_room(left_out, now)))
    if files:
        said.append(Note(wording.FILES_UNREAD))
    return tuple(said)


def noted(posts: tuple[Post, ...], thread: ThreadKey, said: Sequence[Block]) -> tuple[Post, ...]:
    """The posts with notes above the first one that everyone in the thread can read."""
    shared = (each for each in posts if each.to == thread and each.only_for is None)
    first = next(shared, None)
    if first is None or not said:
        return posts
    card = replace(first.card, blocks=(*said, *first.card.blocks))
    return tuple(replace(each, card=card) if each is first else each for each in posts)
