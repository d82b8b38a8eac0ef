"""Make posts visible exactly once: intent before, receipt after, and a look when in doubt."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from adapters.storage import outbox
from adapters.storage.doubles import Doubtful
from adapters.storage.outbox import Outgoing, Receipt, Sending
from bot.sweeper import LATEST_SECONDS, Sweeper
from core.errors import Ambiguous, BotError, LeaseLost, NotSent, Parked, Refused
from core.ids import Platform
from core.outcome import Post
from core.ports import Poster
from core.tools import SUBJECT as ACTION
from handoff.card import SUBJECT as CARD

log = structlog.get_logger()

REFUSED_RETRY_SECONDS = 30.0  # a refused card, or effect of an action, is tried again this often
PARKED_SECONDS = 60.0  # between tries while an operator has to mend the connection
TRIES_MOST = 50  # then a post is dead, a card or a parked post excepted
ACTION_TRIES_MOST = 960  # the same for an effect of an action: eight hours
WAIT_MOST = 600.0  # seconds between tries


class Delivery:
    """Sends what leaves a thread, in order.

    Args:
        undelivered: Told the id of a case whose card the platform refused.
    """

    def __init__(
        self,
        posters: Mapping[Platform, Poster],
        undelivered: Callable[[str], Awaitable[None]],
        sweeper: Sweeper,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._posters = posters
        self._undelivered = undelivered
        self._sweeper = sweeper
        self._clock = clock

    async def send(self, outgoing: Sequence[Outgoing], holds: Callable[[], bool]) -> list[Receipt]:
        """Send in order and return what became of each; what follows a failure is not tried.

        Args:
            holds: Whether the thread is still ours; asked before each post.

        Raises:
            LeaseLost: It is not, or may not be; nothing more is sent.
        """
        receipts: list[Receipt] = []
        newest = {each.post.replaces: each.row_id for each in outgoing if each.post.replaces}
        for each in outgoing:
            if not holds():
                raise LeaseLost("The lease may have run out before a post was sent.")
            shown = each.post.replaces
            if shown and newest[shown] != each.row_id:  # drawn anew before it was seen
                receipts.append(Receipt(each, Sending.SENT, shown))
                continue
            receipts.append(await self._one(each))
            if receipts[-1].state in (Sending.INTENT, Sending.AMBIGUOUS):
                break
        return receipts

    async def _one(self, outgoing: Outgoing) -> Receipt:
        post = outgoing.post
        poster = self._posters.get(post.to.workspace.platform)
        if poster is None:
            state = Sending.AMBIGUOUS if outgoing.look_first else Sending.INTENT
            why = "platform_not_running"
            return self._later(outgoing, state, why, PARKED_SECONDS, lasting=True)
        doubtful = outgoing.look_first and not post.replaces
        try:
            found = await poster.find(post, outgoing.post_id) if doubtful else None
            doubtful = False
            sent = found or await _send(poster, post, outgoing.post_id)
        except Parked as error:
            state = Sending.AMBIGUOUS if doubtful else Sending.INTENT
            return self._later(outgoing, state, error.code, PARKED_SECONDS, lasting=True)
        except NotSent as error:  # while the look failed, an earlier try may still be visible
            state = Sending.AMBIGUOUS if doubtful else Sending.INTENT
            return self._later(outgoing, state, error.code, error.retry_after)
        except Ambiguous as error:
            return self._unsure(outgoing, error.code)
        except Refused as error:
            return await self._refused(outgoing, error)
        except BotError as error:
            return self._unsure(outgoing, error.code)
        except Exception as error:
            log.exception("post failed", post=outgoing.post_id)
            return self._unsure(outgoing, type(error).__name__)
        if outgoing.look_first and not post.replaces:
            return self._watched(outgoing, sent)
        return Receipt(outgoing, Sending.SENT, sent)

    def _watched(self, outgoing: Outgoing, sent: str) -> Receipt:
        """It was in doubt: an earlier try may become visible after this one."""
        until = self._clock() + LATEST_SECONDS
        self._sweeper.watch(Doubtful(outgoing.post, outgoing.post_id, sent, until))
        return Receipt(outgoing, Sending.SENT, sent, again_at=until)

    async def _refused(self, outgoing: Outgoing, error: Refused) -> Receipt:
        log.warning("post refused", reason=error.reason, tries=outgoing.attempts + 1)
        subject = outgoing.post.subject
        if subject.startswith(CARD):
            await self._undelivered(subject.removeprefix(CARD))
        elif not subject.startswith(ACTION) or outgoing.attempts >= ACTION_TRIES_MOST:
            return Receipt(outgoing, Sending.DEAD, error=error.reason)
        wait = REFUSED_RETRY_SECONDS
        return replace(
            self._later(outgoing, Sending.INTENT, error.reason, wait, lasting=True), refused=True
        )

    def _unsure(self, outgoing: Outgoing, why: str) -> Receipt:
        """It may be visible or not; a platform needs a moment to show what it took."""
        return self._later(outgoing, Sending.AMBIGUOUS, why, outbox.SETTLE_SECONDS)

    def _later(
        self, outgoing: Outgoing, state: Sending, why: str, wait: float, *, lasting: bool = False
    ) -> Receipt:
        subject = outgoing.post.subject
        most = ACTION_TRIES_MOST if subject.startswith(ACTION) else TRIES_MOST
        if outgoing.attempts >= most and not (lasting or subject.startswith(CARD)):
            return Receipt(outgoing, Sending.DEAD, error=why)
        retry_at = self._clock() + min(max(wait, 0.1), WAIT_MOST)
        return Receipt(outgoing, state, again_at=retry_at, error=why)


async def _send(poster: Poster, post: Post, post_id: str) -> str:
    if post.replaces:
        return await poster.update(post, post_id)
    return await poster.post(post, post_id)
