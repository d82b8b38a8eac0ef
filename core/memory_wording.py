"""What people read about what is known of them, in one place; as ``core.wording`` for the rest."""

from __future__ import annotations

from datetime import datetime

from core.account import FactSource
from core.discretion import Matter
from core.forgetting import Scope

OFFER_TITLE = "Shall I remember this?"
OFFER_NOTE = (
    "I keep it for a year, for answers that you alone see, if you press Yes within 10 minutes. "
    "`/desk memory` shows it; you can have it forgotten there at any time."
)
NOT_KEPT = {
    Matter.SECRET: (
        "I don't keep passwords, keys, codes or numbers of cards and accounts, and I've kept "
        "nothing of that. If others could read it, please change it."
    ),
    Matter.SENSITIVE: (
        "I don't keep anything about health, religion, politics, origin or private life, and I've "
        "kept nothing of that."
    ),
}
ANSWERED_PRIVATELY = "{name}, I've answered you privately."

KNOWN_TITLE = "What I know about you"
NOTHING_KNOWN = "I know nothing about you."
NOTHING_HERE = "I remember nothing you said here."
HOW_TO_FORGET = (
    "`/desk forget everything` has all of it forgotten, `/desk export` gives it to you as files. "
    "`/desk memory link` joins your accounts on two platforms. "
    "Tell me something new with “Remember that …”."
)
SOURCES = {
    FactSource.DIRECTORY: "from the directory",
    FactSource.TOOL: "from a tool",
    FactSource.PERSON: "you said so",
    FactSource.ADMIN: "an admin said so",
}
FORGET_TITLE = "Shall I forget this?"
FORGET_FACT = "What I know under “{key}”, older values included: {sentence}"
FORGET_THREAD = (
    "I forget what you said there and what I answered. What others said stays, a summary goes. A "
    "request of yours that is still open is withdrawn."
)
FORGET_ALL = (
    "Everything: what I know about you, all your conversations with me, the words of your requests "
    "and actions. Open requests are withdrawn. It cannot be undone."
)
FORGET_LINKED = "This is done for your linked account on {place} as well."
FORGET_LATE = "That question is too old. Please ask again."
FORGET_KEPT = "Nothing was forgotten."
FORGET_GONE = "I don't know that any more."
FORGET_USAGE = (
    "Write `/desk forget everything`, `/desk forget conversation`, or `/desk forget` and what I "
    "should forget, as `/desk memory` names it."
)
FORGOTTEN_TITLE = "Forgotten"
FORGOTTEN = {
    Scope.FACT: "That fact is gone. Your receipt is {number} of {at:%Y-%m-%d %H:%M} UTC.",
    Scope.THREAD: (
        "Gone are your messages with my answers ({exchanges}). Your receipt is {number} of "
        "{at:%Y-%m-%d %H:%M} UTC."
    ),
    Scope.EVERYTHING: (
        "Gone are the facts ({facts}), your messages with my answers ({exchanges}) and the words "
        "of your requests ({requests}). Your receipt is {number} of {at:%Y-%m-%d %H:%M} UTC."
    ),
}
LEFT = (
    "What is left are ids, times and numbers. The messages themselves stand in the chat until you "
    "delete them there; backups made before now end by their own schedule."
)
LEFT_DIRECTORY = "What the directory says I read again when a question of yours needs it."
LEFT_COPIES = (
    "Some copies of conversations ({count}) could not be reached. They are not used any more and "
    "end by themselves, at the latest in eight days."
)
LINK_TITLE = "Are both accounts yours?"
LINK_QUESTION = (
    "{name} in {place} says so, and the same verified e-mail address stands behind both. If I link "
    "them, I know here what I know there, and export and forget do both."
)
LINK_NOTE = "Press Yes only if you asked for it yourself. This question ends in a day."
LINK_ASKED = "I've found your account in {place} and asked you there. Press Yes in our chat there."
LINK_NOBODY = "I've found no other account with the same verified e-mail address."
LINK_THERE = "Your accounts are linked already. `/desk memory unlink` ends it."
LINK_NOT_NOW = "I could not look that up just now. Please try again in a few minutes."
LINK_REFUSED = "They stay apart."
LINKED = "Linked. What I know of you in {place} I know here now. `/desk memory unlink` ends it."
UNLINKED = "Your accounts are apart again. What each knows stays with it."
LINK_NONE = "Your account is not linked to any other."
NO_FILES = "I can't send files here."
NOT_DELIVERED = "I could not send the files just now. Please try again in a few minutes."


def heard(first: datetime, last: datetime, said: int, private: int) -> str:
    """What is remembered of a conversation."""
    when = f"between {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} (UTC)"
    alone = f", {private} of them answered for you alone" if private else ""
    return f"Your last conversation here: {said} of your messages {when}{alone}."


def in_mind(words: int, summarised: datetime | None, expires: datetime | None) -> str:
    """What of it goes into my next answer."""
    short = f", those before {summarised:%Y-%m-%d %H:%M} in short" if summarised else ""
    ends = f" I start afresh after {expires:%Y-%m-%d %H:%M} (UTC)." if expires else ""
    return f"Word for word I have {words} of them in mind{short}.{ends}"
