"""What the bot works from in a thread, shown to who can read it, and put right by them.

A correction goes the way of a message in its thread, whether it was written there or in
a form: it waits for its turn, and everyone there sees that it was noted.
"""

from __future__ import annotations

import contextlib
from datetime import datetime

from adapters.storage.inbox import Inbox
from adapters.storage.work import Received
from core import text, thread_wording, wording
from core.cards import Block, Card, Note, Plain, Prose, Tone
from core.details import listed
from core.errors import Conflict
from core.forms import Form, Problems, Submission, TextInput
from core.ids import AccountKey, Platform, ThreadKey, derived_id
from core.messages import ButtonPress, InboundMessage, Place
from core.ports import Clock, Directory, SessionStore
from core.session import DIRECT_LIFE, Session
from core.steps.correct import CORRECTION_MOST, OPENING
from core.steps.notes import CORRECT, SHOW

FORM = CORRECT
WORDS = "words"
ACTIONS = frozenset({SHOW, CORRECT})
THREADED = frozenset({Platform.SLACK})  # direct chats have threads there, each a conversation


class ThreadMemory:
    """Shows and corrects. Who may is asked when it happens; a button may be old, or forged."""

    def __init__(
        self, sessions: SessionStore, directory: Directory, inbox: Inbox, clock: Clock
    ) -> None:
        self._sessions, self._directory = sessions, directory
        self._inbox, self._clock = inbox, clock

    async def press(self, press: ButtonPress) -> Card:
        """What the bot works from, or how to put it right in words."""
        thread = press.message.thread
        if not await self._directory.may_read(press.actor.key, thread):
            return _told(thread_wording.NOT_READABLE)
        if press.action == CORRECT:
            return _told(thread_wording.HOW_TO_CORRECT)
        now = self._clock()
        stored = await self._sessions.load(thread)
        session = stored.alive(now, thread) if stored else Session(thread)
        return _shown(session, now)

    async def start_afresh(self, who: AccountKey) -> Card:
        """Put aside what was said in somebody's direct chat, where no thread begins by itself."""
        if who.workspace.platform in THREADED:
            return _told(thread_wording.AFRESH_ALREADY)
        thread = await self._directory.direct(who)
        stored = await self._sessions.load(thread)
        if stored is None or not (stored.exchanges or stored.summary):
            return _told(thread_wording.AFRESH_ALREADY)
        empty = Session(thread, stored.version, expires_at=self._clock() + DIRECT_LIFE)
        try:
            await self._sessions.save(empty)
        except Conflict:  # an answer there was written down this moment
            return _told(thread_wording.AFRESH_LATER)
        return Card((Plain(thread_wording.AFRESH),), tone=Tone.DONE)

    def form(self, press: ButtonPress) -> Form | None:
        """The form that takes a correction; whether its sender may is asked when it comes back."""
        if press.action != CORRECT:
            return None
        label, hint = thread_wording.CORRECT_LABEL, thread_wording.CORRECT_HINT
        asked = TextInput(WORDS, label, hint=hint, most=CORRECTION_MOST)
        token = f"{press.place} {press.message.thread}"
        return Form(FORM, thread_wording.CORRECT_TITLE, (asked,), token=token)

    async def submit(self, submission: Submission) -> Card | Problems:
        """Send a correction into its thread."""
        actor = submission.actor
        words = text.one_line(" ".join(submission.values.get(WORDS, ())), CORRECTION_MOST)
        place, _, key = submission.token.partition(" ")
        thread = _thread(key)
        if thread is None or not await self._directory.may_read(actor.key, thread):
            return _told(thread_wording.NOT_READABLE)
        if not words:
            return Problems({WORDS: thread_wording.CORRECT_EMPTY})
        received = await self._inbox.put_message(
            InboundMessage(
                message_id=f"correction-{derived_id(key, str(actor.key), words).hex}",
                thread=thread,
                author=actor,
                text=OPENING + words,
                sent_at=self._clock(),
                place=Place.DIRECT if place == Place.DIRECT else Place.CHANNEL,
                mentions_bot=True,
            )
        )
        if received is Received.TOO_MANY:
            return Problems({WORDS: wording.OUT_OF_MESSAGES})
        return Card((Plain(thread_wording.CORRECT_TAKEN),), tone=Tone.DONE)


def _thread(key: str) -> ThreadKey | None:
    with contextlib.suppress(ValueError):
        thread = ThreadKey.parse(key)
        return thread if thread.thread_id else None
    return None


def _shown(session: Session, now: datetime) -> Card:
    """What all readers of the thread may see; summary and details are made of nothing else."""
    until = session.summarised_until
    blocks: list[Block] = []
    if until is not None:
        tell = thread_wording.summarised if session.summary else thread_wording.dropped
        blocks.append(Note(tell(until, now)))
    if session.summary:
        blocks.append(Plain(session.summary, quoted=True))
    if session.details:
        blocks += [Note(thread_wording.SHOWN_DETAILS), Plain(listed(session.details), quoted=True)]
    if session.corrections:
        said = "\n".join(session.corrections)
        blocks += [Note(thread_wording.SHOWN_CORRECTIONS), Plain(said, quoted=True)]
    if not blocks and not session.exchanges:
        return _told(thread_wording.NOTHING_KEPT)
    blocks.append(Note(thread_wording.word_for_word(len(session.readable_by(None)))))
    return Card(tuple(blocks), title=thread_wording.SHOWN_TITLE)


def _told(words: str) -> Card:
    return Card((Prose(words),))
