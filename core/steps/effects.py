"""Say what became of an action's effect that the platform did not take at once."""

from __future__ import annotations

from core import wording
from core.cards import Block, Button, Buttons, Card, Plain, Tone
from core.outcome import Post
from core.tools import Action


def unreached(action: Action, receipt: str) -> Post:
    """That nobody has seen it yet."""
    return _told(action, wording.ACTION_UNREACHED.format(receipt=receipt), Tone.ATTENTION)


def reached(action: Action, receipt: str) -> Post:
    """That it has arrived after all."""
    return _told(action, wording.ACTION_REACHED.format(receipt=receipt), Tone.DONE)


def undelivered(action: Action, receipt: str) -> Post:
    """That it never arrived, whatever was said before."""
    button = Button(wording.TALK_TO_PERSON, "person", action.turn_id)
    words = wording.ACTION_UNDELIVERED.format(receipt=receipt)
    return _told(action, words, Tone.ATTENTION, Buttons((button,)))


def _told(action: Action, words: str, tone: Tone, *more: Block) -> Post:
    return Post(action.thread, Card((Plain(words), *more), tone=tone))
