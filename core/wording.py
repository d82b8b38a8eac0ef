"""Every text a person reads, in one place.

Plain, short, honest; no apology twice, no promise we cannot keep. Functions
where something is filled in; what is filled in is shown as text by the blocks.
"""

from __future__ import annotations

from datetime import date, timedelta

from core.escalation import Reason
from core.ids import Platform
from core.session import ExchangeKind

LONGEST_MESSAGE = 12_000  # characters a person may send at once

GREETING = (
    "Hello! I answer questions from the help centre, pass things on for you, and fetch a person "
    "when you need one. What can I help with?"
)
FORGET_ME = (
    "`/desk forget everything` deletes what I keep about you, conversations included. "
    "`/desk memory` shows it before, `/desk export` gives it to you as files. For data that others "
    "keep about you, tell me that you want a person."
)
THANKS = "You're welcome. I'm here if anything else comes up."
OFF_TOPIC = (
    "That is outside what I can help with. I answer questions about {topics}, and I can bring in "
    "a person from the support team."
)
CLARIFY = "I want to be sure I look up the right thing. Could you say a little more about it?"
AFRESH = "It has been a while, so I'm starting afresh here: I no longer have our earlier messages."
DEGRADED = "My language model is not reachable right now, so I'm quoting the documents directly."
DEGRADED_ACTION = (
    "My language model is not reachable right now, so I've chosen this by your words alone."
)
PRIVATE_POINTER = "{name}, I've sent you the personal part privately."
PRIVATE_DOCUMENT_POINTER = (
    "{name}, not everyone here may read what I found, so I've sent it to you privately."
)
OUTSIDER_PERSON = (
    "I can't bring in our support team for people outside the organisation. Please ask your "
    "contact here to do it."
)
NOT_ESTABLISHED = "not established"
OUT_OF_MESSAGES = (
    "You have many messages waiting already. I'll answer those first; please send the rest "
    "after that."
)
GAVE_UP = "I could not finish working on this message, and I'm sorry about that."
GAVE_UP_TO = "I've asked a person to look at it."
DELAYED = "Sorry for the delay: your message reached me only now."
FILES_UNREAD = "I can't open attached files. I've read only what you wrote."
GAVE_UP_ALONE = (
    "I could not work on this message, and I could not fetch a person for it either. I'm sorry. "
    "Please ask the support team directly."
)
STOPPED = "Stopped."
NOTHING_TO_STOP = "There is nothing I can stop here just now."
TYPING_READING = "Reading your message"
TYPING_SEARCHING = "Searching the help centre"
TYPING_WRITING = "Writing an answer"

FEEDBACK_THANKS = "Thank you. That helps me do better."
FEEDBACK_SORRY = "Thank you for saying so. Would you like to talk to a person?"
TALK_TO_PERSON = "Talk to a person"

NOT_STAFF = (
    "Only support staff can do that. An admin can add you with `/desk config staff add @you`."
)
NOT_ADMIN = "Only an admin can do that."
NOT_YOURS = "Only the person who asked can press this."
OUT_OF_DATE = "That card was out of date. I've refreshed it."
NOT_THIS_CARD = "That button does not belong to this card, so nothing was done."
NOTHING_TO_DO = "There is nothing to do here any more."

CONFIRM_TITLE = "Shall I do this?"
CONFIRM_NOTE = "Nothing happens until you press Confirm. This offer ends in 10 minutes."
ASKING_PERSON = "I'm asking the support team now; you will see it in the conversation."
ASKED_PERSON = (
    "You've asked for a person from here already. If you need one again, write that you want to "
    "talk to a person."
)
ACTION_RUNNING = "Confirmed. I'm doing it now."
PRESS_INSTEAD = (
    "Please use the buttons of the offer: I do nothing on a typed word. Left alone, the offer ends "
    "by itself and nothing happens."
)
ACTION_CANCELLED = "Cancelled. Nothing was done."
ACTION_EXPIRED = "That offer has expired, and nothing was done. Ask me again if you still need it."
ACTION_GONE = "This was already dealt with."
ACTION_FAILED = "I could not do that, and nothing was changed: {why}"
ACTION_UNKNOWN = "something went wrong on my side; please ask a person to look."
ACTION_UNREACHED = (
    "The channel that {receipt} goes to takes nothing from me at present, so nobody has seen it "
    "yet. I keep trying for some hours, and tell you here what becomes of it."
)
ACTION_REACHED = "{receipt} has arrived now."
ACTION_UNDELIVERED = (
    "{receipt} did not reach anybody after all: the channel it goes to takes nothing from me. "
    "Please tell somebody directly, or talk to a person."
)
COMMAND_UNKNOWN = "I don't know `{word}`. Try `/desk help`."
HELP_NOTE = "Mention me in a channel, or write to me directly. In a thread I answer, just reply."
ASK_NEEDS_WORDS = "What would you like to know? Write `/desk ask` and your question."
ASK_TAKEN = "I'll answer in our direct messages."
HUMAN_TAKEN = "I'm asking the support team; follow it in our direct messages."

TOPICS = "IT, HR, travel, security and the offices"

REASONS = {
    Reason.ASKED: "you asked for a person",
    Reason.POLICY_RISK: "it needs a person's judgement",
    Reason.NO_EVIDENCE: "I could not find this in the help centre",
    Reason.STUCK: "it looks as if you need more than I can tell you",
    Reason.IMPACT: "it is not mine to decide or to do",
    Reason.MODEL_UNAVAILABLE: "I can't work this out myself right now",
    Reason.UNSURE: "I'm not sure enough to answer this",
    Reason.FAILED: "something went wrong on my side",
}

CARD_REASONS = {
    Reason.ASKED: "Asked for a person",
    Reason.POLICY_RISK: "Policy risk",
    Reason.NO_EVIDENCE: "Not in the documents",
    Reason.STUCK: "Stuck or frustrated",
    Reason.IMPACT: "Needs a decision or an action the bot may not take",
    Reason.MODEL_UNAVAILABLE: "Language model unavailable",
    Reason.UNSURE: "The bot is not sure enough",
    Reason.FAILED: "The bot failed on this message",
}

UNCERTAIN = {
    Reason.ASKED: "",
    Reason.POLICY_RISK: "whether policy allows what is asked",
    Reason.NO_EVIDENCE: "the answer, as no document covers it",
    Reason.STUCK: "what stands in the way",
    Reason.IMPACT: "whether this may be done",
    Reason.MODEL_UNAVAILABLE: "the answer, as the model did not reply",
    Reason.UNSURE: "whether the drafted answer was right",
    Reason.FAILED: "what the person needs, as the message was not worked through",
}
ASKED_PRIVATELY = "what it is about: what was asked before is for the person alone"
NOTHING_ASKED = "what it is about: nothing was asked before, so there was nothing to look up"

ATTEMPTED = {
    ExchangeKind.ANSWER: "answered from the help centre",
    ExchangeKind.CLARIFY: "asked a clarifying question",
    ExchangeKind.DECLINE: "declined as outside its topics",
    ExchangeKind.GREETING: "greeted",
    ExchangeKind.ACTION: "proposed an action",
    ExchangeKind.ESCALATION: "handed over before",
    ExchangeKind.CORRECTION: "noted a correction",
}
SEARCHED = "searched the help centre"
REMEMBERED_HANDOFF = "(I handed this to a person: {why}.)"
REMEMBERED_PROPOSAL = "(I proposed {tool} and waited for a confirmation.)"
REMEMBERED_CONFIRMED = "(Confirmed {tool}.)"


PLATFORMS = {Platform.SLACK: "Slack", Platform.TEAMS: "Teams", Platform.WEB: "the playground"}


def too_long(length: int) -> str:
    """What to do about a message of so many characters."""
    return (
        f"That message is too long for me: {length:,} characters, and I can read "
        f"{LONGEST_MESSAGE:,} at once. Could you split it, or send the part that matters?"
    )


def too_late(delay: timedelta) -> str:
    """That a message came so late that an answer would hardly be wanted."""
    return (
        f"This message reached me only now, {span(delay)} after you wrote it, so I have left it "
        "unanswered. If you still need it, please ask again."
    )


def age(updated: date, today: date) -> str:
    """How old a source is, so that a reader can judge it."""
    years = (today - updated).days / 365
    said = f"Updated {updated.day} {updated:%b %Y}"
    return f"{said}, over a year ago" if years > 1 else said


def disagreement(newer: str, says: str, older: str, said: str) -> str:
    """That two documents do not agree; each is named with its age."""
    return f"The documents disagree. {newer}: “{says}” {older}: “{said}”"


def span(time: timedelta) -> str:
    """A length of time as people say it."""
    minutes = max(1, round(time.total_seconds() / 60))
    if minutes < 90:
        return f"{minutes} minute{'s' if minutes != 1 else ''}"
    hours = round(minutes / 60)
    if hours < 36:
        return f"{hours} hours"
    return f"{round(hours / 24)} days"


def expectation(typical: timedelta | None, cases: int) -> str:
    """An honest expectation, measured from past cases."""
    if typical is None:
        return "I can't say yet how long it takes until somebody answers."
    return f"Half of the last {cases} requests were picked up within {span(typical)}."


def certainty(confidence: float | None) -> str:
    """A confidence for people."""
    if confidence is None:
        return NOT_ESTABLISHED
    return f"{round(confidence * 100)} %"
