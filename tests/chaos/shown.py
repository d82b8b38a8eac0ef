"""What became visible in the workspace, read from Slack's side alone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.fleet import CHANNELS, SUPPORT
from tests.fakes.slack import FakeSlack, texts

Message = dict[str, Any]
Place = tuple[str, str]  # a channel, and the first message of a thread there
LINK = re.compile(r"/archives/(\w+)/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?")
TAKEN = re.compile(r"(Staff U\d+) has taken your request")
OWNED = re.compile(r"(Staff U\d+) has this")


@dataclass(frozen=True)
class Shown:
    """What stands there now.

    Args:
        replies: The bot's messages in each thread.
        cards: The cards of the support channel, by the thread that each is about.
        private: How many messages each person got directly.
        sent_twice: Posts that became visible more than once, also when one was taken back.
    """

    replies: defaultdict[Place, list[Message]]
    cards: defaultdict[Place, list[Message]] = field(default_factory=lambda: defaultdict(list))
    private: Counter[str] = field(default_factory=Counter)
    sent_twice: int = 0

    @classmethod
    def of(cls, slack: FakeSlack) -> Shown:
        """Everything that the bot has posted."""
        posted = Counter(_post_id(each.message) for each in slack.log if each.what == "post")
        shown = cls(replies(slack), sent_twice=posted.total() - len(posted))
        for each in slack.visible(SUPPORT):
            if place := place_of(each):
                shown.cards[place].append(each)
        for channel, messages in slack.messages.items():
            if channel.startswith("D"):
                shown.private[channel[1:]] += len(messages)
        return shown


def replies(slack: FakeSlack) -> defaultdict[Place, list[Message]]:
    """The bot's messages in each thread, in order; beside every thread under ("", "")."""
    found = defaultdict[Place, list[Message]](list)
    for channel in CHANNELS:
        for each in slack.visible(channel):
            found[channel, each.get("thread_ts", "")].append(each)
    return found


def owners_told(message: Message) -> list[str]:
    """Who has a case, as its requester was told."""
    return TAKEN.findall(words_of(message))


def place_of(message: Message) -> Place | None:
    """The thread that a card leads to; None when it is no card."""
    if "thread_ts" in message:
        return None
    for link in _links(message.get("blocks")):
        if found := LINK.search(link):
            return found[1], found[4] or f"{found[2]}.{found[3]}"
    return None


def claim_button(message: Message) -> Message | None:
    """The button that takes a case, while nobody has."""
    return next((each for each in buttons(message) if "Claim" in texts(each)), None)


def owner_of(card: Message) -> list[str]:
    """Who has a case, as its card says."""
    return OWNED.findall(words_of(card))


def buttons(message: Message) -> list[Message]:
    """All buttons under a message."""
    return [
        element
        for block in message.get("blocks") or []
        if block["type"] == "actions"
        for element in block["elements"]
    ]


def words_of(message: Message) -> str:
    """All words of a message, in a line."""
    return " ".join(texts(message.get("blocks") or [])) or str(message.get("text"))


def _links(drawn: object) -> list[str]:
    if isinstance(drawn, list):
        return [link for each in drawn for link in _links(each)]
    if isinstance(drawn, dict):
        own = [drawn["url"]] if drawn.get("type") == "link" else []
        return own + _links(drawn.get("elements"))
    return []


def _post_id(message: Message) -> str:
    return str(((message.get("metadata") or {}).get("event_payload") or {}).get("post", ""))
