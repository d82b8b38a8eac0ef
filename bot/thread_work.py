"""The work in one leased thread: send what waits there, or handle its next message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog

from adapters.storage.codec import load
from adapters.storage.inbox import Inbox
from adapters.storage.work import Item, Kind, Lease, Work
from bot.delivery import Delivery
from bot.interrupts import Interrupted, Interrupts
from bot.telemetry import Telemetry
from core import wording
from core.acting import Actor
from core.cards import Card, Plain, Tone
from core.errors import BotError, LeaseLost, ModelError, Parked, StoreError, StoreUnavailable
from core.ids import ThreadKey
from core.messages import InboundMessage
from core.outcome import Post, TurnOutcome, TurnRecord
from core.ports import Journal
from core.steps.unanswered import stopped
from core.turn import TurnHandler
from core.usage import Usage

log = structlog.get_logger()

ATTEMPTS_MOST = 5
DEATHS_MOST = 3  # processes that died while handling one message


class ThreadWork:
    """Does one piece of a thread's work after the other.

    ``elsewhere`` is called when a turn left work in other threads.
    """

    def __init__(
        self,
        inbox: Inbox,
        handler: TurnHandler,
        actor: Actor,
        delivery: Delivery,
        journal: Callable[[str, bool], Journal],
        telemetry: Telemetry,
    ) -> None:
        self._inbox = inbox
        self._handler = handler
        self._actor = actor
        self._delivery = delivery
        self._journal = journal
        self._telemetry = telemetry
        self._interrupts = Interrupts()
        self._overdue: dict[str, ThreadKey] = {}
        self.elsewhere: Callable[[], None] = lambda: None

    async def step(self, work: Work) -> Work | None:
        """Do a piece of work; returns the next one, None when the thread was given back.

        Raises:
            StoreError: It could not be written down.
            Parked: An operator has to mend something first.
        """
        if work.outgoing:
            return await self._send(work)
        if work.item is None:
            return None
        if work.item.attempts > ATTEMPTS_MOST or work.item.deaths >= DEATHS_MOST:
            return await self._bury(work.lease, work.item)
        try:
            outcome = await self._handled(work.lease, work.item)
            return await self._finish(work.lease, work.item, outcome)
        except Interrupted:
            return await self._inbox.retry(work.lease, work.item, 0.0)
        except (LeaseLost, StoreUnavailable, Parked):
            raise  # not the message's fault: this attempt does not count
        except Exception as error:  # noqa: BLE001 - whatever it is, the message is tried again
            return await self._again(work.lease, work.item, error)

    async def stop_turn(self, thread: ThreadKey, at: datetime) -> bool:
        """End the message a thread is at, if it was written before ``at``; whether one was."""
        async with self._interrupts.hold(str(thread)):
            outcome = await self._inbox.stop(thread, at.timestamp(), self._stopped)
        if outcome is None:
            return False
        self._telemetry.turn(outcome.record)
        return True

    def _stopped(self, message: InboundMessage, spent: Usage) -> TurnOutcome:
        return stopped(message, spent, self._handler.clock)

    async def _send(self, work: Work) -> Work | None:
        lease = work.lease
        receipts = await self._delivery.send(work.outgoing, lambda: self._inbox.holds(lease))
        self._telemetry.delivered(receipts)
        if lease.thread_key in self._overdue:  # the answer is out: now there is time
            await self._inbox.delivered(lease, receipts, go_on=False)
            await self._tidy(self._overdue.pop(lease.thread_key))
            receipts = []
        return await self._inbox.delivered(lease, receipts)

    async def _finish(
        self, lease: Lease, item: Item, outcome: TurnOutcome | None, *, dead: bool = False
    ) -> Work | None:
        following = await self._inbox.finish(lease, item, outcome, dead=dead)
        if outcome is not None:
            if any(str(post.to) != lease.thread_key for post in outcome.posts):
                self.elsewhere()  # they wait in threads of their own
            self._telemetry.turn(outcome.record)
            if outcome.session is not None and outcome.session.overdue:
                self._overdue[lease.thread_key] = outcome.record.thread
        return following

    async def _handled(self, lease: Lease, item: Item) -> TurnOutcome | None:
        match item.kind:
            case Kind.MESSAGE:
                message = load(InboundMessage, item.payload)
                journal = self._journal(message.turn_id, item.resumed)
                turn = self._handler.handle(message, journal, item.session_version)
                return await self._interrupts.run(lease.thread_key, turn)
            case Kind.ACTION:
                resumed = True  # always look: what ran once must not run again
                journal = self._journal(item.payload, resumed)
                return await self._actor.carry_out(item.payload, journal)

    async def _again(self, lease: Lease, item: Item, error: Exception) -> Work | None:
        code = error.code if isinstance(error, BotError) else type(error).__name__
        log.warning("turn failed", thread=lease.thread_key, error=code, attempt=item.attempts)
        if not isinstance(error, BotError):
            log.error("unexpected error", exc_info=error)
        return await self._inbox.retry(lease, item, 2.0 ** (item.attempts - 1))

    async def _bury(self, lease: Lease, item: Item) -> Work | None:
        """Give up on a message: it is kept for a look, the person is told and gets a person."""
        log.error("message dead", thread=lease.thread_key, attempts=item.attempts)
        try:
            return await self._finish(lease, item, await self._last_words(item), dead=True)
        except (LeaseLost, StoreUnavailable):
            raise
        except Exception:  # not even that much could be done with it
            log.exception("last words failed", thread=lease.thread_key)
        thread = ThreadKey.parse(lease.thread_key)
        alone = Post(thread, Card((Plain(wording.GAVE_UP_ALONE),), tone=Tone.ATTENTION))
        return await self._inbox.bury(lease, item, alone)

    async def _last_words(self, item: Item) -> TurnOutcome | None:
        if item.kind is Kind.ACTION:
            return await self._actor.give_up(item.payload)
        return await self._handler.give_up(load(InboundMessage, item.payload))

    async def _tidy(self, thread: ThreadKey) -> None:
        session = await self._handler.sessions.load(thread)
        try:
            if session is not None:
                await self._handler.tidy(session, self._book)
        except (ModelError, StoreError) as error:
            log.warning("summary put off", thread=str(thread), error=error.code)

    async def _book(self, record: TurnRecord) -> None:
        await self._inbox.book(record)
        self._telemetry.summary(record)
