"""Session memory: what is known about this thread, and nothing about any other.

A session is derived from the thread's exchanges, which are rows of their own. It
holds the newest word for word and a running summary of the old; an exchange
``only_for`` one person is shown to nobody else and never summarised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.details import newest_first
from core.ids import AccountKey, ThreadKey
from core.messages import InboundMessage, Place
from core.strategies import BOUNDS, Strategy

WORDS_MOST = 4_000  # characters of a question or an answer, in a prompt
CORRECTIONS_MOST = 10  # the newest
DETAILS_MOST = 60  # of what was summarised
CHANNEL_LIFE = timedelta(days=7)
DIRECT_LIFE = timedelta(hours=8)


class ExchangeKind(StrEnum):
    """What became of a message."""

    ANSWER = "answer"
    CLARIFY = "clarify"
    DECLINE = "decline"
    GREETING = "greeting"
    ACTION = "action"
    ESCALATION = "escalation"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one person asked and what the bot said."""

    turn_id: str
    author: AccountKey
    author_name: str
    asked: str
    answered: str
    at: datetime
    kind: ExchangeKind
    only_for: AccountKey | None = None

    @property
    def said(self) -> tuple[str, str]:
        """The words of both, without names."""
        return self.asked, self.answered

    @property
    def prompted(self) -> str:
        """The words of both as a prompt has them, cut where they are very long."""
        asked, answered = self.asked[:WORDS_MOST], self.answered[:WORDS_MOST]
        return f"{self.author_name}: {asked}\nBot: {answered}"

    def readable_by(self, reader: AccountKey | None) -> bool:
        """Whether this may be shown to ``reader``; None stands for everyone in the thread."""
        return self.only_for is None or self.only_for == reader


@dataclass(frozen=True, slots=True)
class Session:
    """The state of one thread.

    Args:
        version: Counts writes; a save names the version it read (compare-and-set).
        exchanges: The newest, oldest first, word for word.
        summary: What went before them, shared exchanges only.
        strategy: How the thread was remembered in its latest turn.
        summarised_until: Time of the last exchange that left the window; the summary holds it,
            where there is one.
        details: Ids, amounts, dates and codes of what was summarised, as said, newest first.
        corrections: What people here said is right instead, oldest first; it outranks the summary.
        began: Time of its first exchange; what was said before is of another session.
        helping: The person the bot answers here without a mention.
        joined: Somebody else wrote since; the bot waits for a mention.
        afresh: The old session had expired when this message came.
        tell_summary: The person has not been told yet that older messages left the window.
    """

    thread: ThreadKey
    version: int = 0
    exchanges: tuple[Exchange, ...] = ()
    strategy: Strategy = Strategy.HYBRID
    summary: str = ""
    summarised_until: datetime | None = None
    details: tuple[str, ...] = ()
    corrections: tuple[str, ...] = ()
    began: datetime | None = None
    helping: AccountKey | None = None
    joined: bool = False
    expires_at: datetime | None = None
    afresh: bool = False
    tell_summary: bool = False
    unanswered: int = 0

    def readable_by(self, reader: AccountKey | None) -> tuple[Exchange, ...]:
        return tuple(exchange for exchange in self.exchanges if exchange.readable_by(reader))

    def expects(self, message: InboundMessage) -> bool:
        """Whether a message starts a turn here.

        A mention or a direct message always does. In a thread the bot has answered in, so does
        a reply by the person it is helping, unless it addresses somebody else or another person
        has joined in since.
        """
        if message.mentions_bot or message.wants_person or message.place is Place.DIRECT:
            return True
        return self.helping == message.author.key and not (self.joined or message.mentions_others)

    def noticing(self, message: InboundMessage) -> Session | None:
        """The session after a message that was not for the bot, or None when it is the same.

        The words are not kept, only that somebody else has joined.
        """
        if self.joined or self.helping is None or message.author.key == self.helping:
            return None
        return replace(self, joined=True)

    def helping_on(self, author: AccountKey, place: Place, now: datetime) -> Session:
        """The session after a message that was only told what to do instead.

        Nothing of it is remembered but whom it came from: what they write next is for the bot.
        """
        life = DIRECT_LIFE if place is Place.DIRECT else CHANNEL_LIFE
        return replace(self, helping=author, joined=False, expires_at=now + life)

    def kept_by(self, strategy: Strategy) -> Session:
        """The session as a strategy remembers it; what it has no use for is dropped."""
        if strategy is self.strategy:
            return self
        if strategy.summarises:
            return replace(self, strategy=strategy)
        return replace(self, strategy=strategy, summary="", details=())

    def corrected(self, correction: str) -> Session:
        """The session with something that a person put right."""
        return replace(self, corrections=(*self.corrections, correction)[-CORRECTIONS_MOST:])

    def after(self, exchange: Exchange, place: Place) -> Session:
        """The session with one more exchange, its life prolonged."""
        life = DIRECT_LIFE if place is Place.DIRECT else CHANNEL_LIFE
        clarified = exchange.kind is ExchangeKind.CLARIFY
        longer = replace(
            self,
            exchanges=(*self.exchanges, exchange),
            began=self.began or (*self.exchanges, exchange)[0].at,
            helping=exchange.author,
            joined=False,
            afresh=False,
            tell_summary=False,
            unanswered=self.unanswered + 1 if clarified else 0,
            expires_at=exchange.at + life,
        )
        return longer if self.strategy.summarises else longer.trimmed()

    def alive(self, now: datetime, thread: ThreadKey) -> Session:
        """This session, or an empty one of the next version when it has expired.

        Whom the bot helps here outlives the words: a late reply is still answered, and its
        author told that the bot starts afresh.
        """
        if self.expires_at is None or now < self.expires_at:
            return self
        return Session(
            thread,
            version=self.version,
            helping=self.helping,
            joined=self.joined,
            afresh=bool(self.exchanges or self.summary),
        )

    @property
    def overdue(self) -> tuple[Exchange, ...]:
        """The block of old exchanges that has to leave now; empty while all fit."""
        kept = BOUNDS[self.strategy].kept([each.prompted for each in self.exchanges])
        return self.exchanges[: len(self.exchanges) - kept]

    def trimmed(self) -> Session:
        """The session without its overdue block; the person is told next time."""
        block = self.overdue
        if not block:
            return self
        left = self.exchanges[len(block) :]
        return replace(self, exchanges=left, summarised_until=block[-1].at, tell_summary=True)

    def summarised(self, summary: str) -> Session:
        """The session with its overdue block replaced by a summary of it."""
        shared = [text for each in self.overdue if each.only_for is None for text in each.said]
        details = newest_first(shared, self.details)[:DETAILS_MOST]
        return replace(self.trimmed(), summary=summary, details=details)
