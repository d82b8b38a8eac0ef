"""What people read about the memory of a thread, in one place; as ``core.wording`` otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta

SHOW, CORRECT = "Show", "Correct"
SHOWN_TITLE = "What I work from in this conversation"
SHOWN_DETAILS = "Details kept as they were said, newest first:"
SHOWN_CORRECTIONS = "What you corrected; it outranks the summary:"
NOTHING_KEPT = "I keep nothing of this conversation at present."
AFRESH = (
    "Our direct conversation starts afresh: I don't use any more what was said there before. Where "
    "there are threads, each is a conversation of its own."
)
AFRESH_ALREADY = (
    "Our direct conversation is a fresh one already. Where there are threads, each is a "
    "conversation of its own."
)
AFRESH_LATER = "I'm just answering you there. Please try again in a moment."
NOT_READABLE = "Only people who can read that conversation can do this."
HOW_TO_CORRECT = (
    "Tell me in this conversation what is right, in one message that begins with `Correction:`. "
    "I keep it and put it above my summary."
)
CORRECT_TITLE = "Correct what I remember"
CORRECT_LABEL = "What is right?"
CORRECT_HINT = (
    "I note it in the conversation, where everyone there sees it, and put it above my summary."
)
CORRECT_EMPTY = "Please write what is right."
CORRECT_TAKEN = "Thank you. I'm noting it in the conversation."
OUTDATED = timedelta(hours=20)  # a time of day says which day only within it


def corrected(words: str) -> str:
    """That a correction is kept."""
    return f"Noted. In this conversation I now go by this: {words}"


def summarised(until: datetime, now: datetime) -> str:
    """That older messages are known only in short."""
    return f"I'm working from a summary of messages before {moment(until, now)}."


def dropped(until: datetime, now: datetime) -> str:
    """That older messages are not known any more."""
    return f"I no longer have messages before {moment(until, now)} in mind."


def no_room(until: datetime, now: datetime) -> str:
    """That an answer was made without older messages, for want of room."""
    return f"There was too much to read at once: I left out messages before {moment(until, now)}."


def word_for_word(count: int) -> str:
    """How much is remembered as it was said."""
    if not count:
        return "Since then nothing was said that everyone here can read."
    return f"Since then word for word: {count} exchange{'s' if count > 1 else ''}."


def moment(at: datetime, now: datetime) -> str:
    """A time that people recognise: of the day, and the day itself when it was not today."""
    day = f" on {at.day} {at:%b}" if now - at > OUTDATED else ""
    return f"{at:%H:%M}{day} (UTC)"
