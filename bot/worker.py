"""The worker: takes messages in, leases threads, and has the work in each of them done."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import structlog

from adapters.storage.inbox import Inbox
from adapters.storage.work import LEASE_SECONDS, Received, Work
from bot.thread_work import ThreadWork
from core.errors import LeaseLost, Parked, StoreError
from core.ids import ThreadKey
from core.messages import InboundMessage

log = structlog.get_logger()

ATTEMPTS_MOST = 5
DEATHS_MOST = 3  # processes that died while handling one message
POLL_SECONDS = 0.5
CROWD = 16  # messages being committed, above which no work is begun for a moment
CROWD_SECONDS, CROWD_LOOKS = 0.05, 10
GIVE_BACK_SECONDS = 1.0  # after work that could not be written down
GRACE_SECONDS = 20.0  # to finish what is under way at shutdown


class Worker:
    """Works through the inbox with a bounded number of threads at a time."""

    def __init__(
        self,
        inbox: Inbox,
        threads: ThreadWork,
        width: int,
    ) -> None:
        self._inbox = inbox
        self._threads = threads
        threads.elsewhere = self.wake
        self._room = asyncio.Semaphore(width)
        self._wake = asyncio.Event()
        self._open = False
        self._coming = 0  # messages being committed
        self._accepting: set[asyncio.Task[bool]] = set()
        self._stopping = False
        self._held: dict[str, asyncio.Task[None]] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def busy(self) -> bool:
        """Whether a thread is being worked on."""
        return bool(self._held)

    def wake(self) -> None:
        """There is new work."""
        self._wake.set()

    async def receive(self, message: InboundMessage) -> bool:
        """Commit a message; it is worked on at once when its thread is free and there is room.

        Returns:
            Whether it waits for somebody to take it.
        """
        self._coming += 1
        try:
            if self._room.locked() or not self._open or self._coming > CROWD:
                received = await self._inbox.put_message(message)
                return self._waits(received)
            await self._room.acquire()
            accepting = asyncio.create_task(self._accept(message))
            self._accepting.add(accepting)
            accepting.add_done_callback(self._accepting.discard)
            return await asyncio.shield(accepting)  # who gives up waiting leaves no thread held
        finally:
            self._coming -= 1

    async def _accept(self, message: InboundMessage) -> bool:
        """Commit a message with a lease of its thread; the room for it was taken before."""
        work = None
        try:
            received, work = await self._inbox.accept(message)
        finally:
            if work is None:
                self._room.release()
        if work is not None:
            self._start(work)
            return False
        return self._waits(received)

    def _waits(self, received: Received) -> bool:
        """Look for work where something new waits; a duplicate brings none."""
        new = received is not Received.DUPLICATE
        if new:
            self.wake()
        return new

    async def run(self) -> None:
        """Work until ``stop``; a database that fails is tried again."""
        self._idle.clear()
        renewing = asyncio.create_task(self._renew())
        try:
            while not (self._stopping or await self._recovered()):
                pass
            self._open = not self._stopping
            woken = False
            while not self._stopping:
                await self._room.acquire()
                await self._calm()
                work = None if self._stopping else await self._lease(sure=woken)
                woken = False
                if work is None:
                    self._room.release()
                    woken = await self._sleep()
                else:
                    self._start(work)
        finally:
            renewing.cancel()
            self._idle.set()

    async def _calm(self) -> None:
        """Let a crowd in first: platforms wait for us seconds only, people longer."""
        for _ in range(CROWD_LOOKS):
            if self._coming <= CROWD or self._stopping:
                return
            await asyncio.sleep(CROWD_SECONDS)

    async def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Take nothing new; finish what is under way for a while, then give it back."""
        self._stopping, self._open = True, False
        self.wake()
        ends = asyncio.get_running_loop().time() + grace
        with contextlib.suppress(TimeoutError):  # a thread may just be on its way to us
            await asyncio.wait_for(self._idle.wait(), grace)
            await asyncio.gather(*self._accepting, return_exceptions=True)
        tasks = list(self._held.values())
        if tasks:
            left = max(0.0, ends - asyncio.get_running_loop().time())
            _, late = await asyncio.wait(tasks, timeout=left)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def stop_turn(self, thread: ThreadKey, at: datetime) -> bool:
        """End the message a thread is at, if it was written before ``at``; whether one was."""
        return await self._threads.stop_turn(thread, at)

    async def _recovered(self) -> bool:
        try:
            await self._inbox.recover()
        except StoreError as error:
            await self._not_ready(error)
            return False
        return True

    async def _lease(self, *, sure: bool) -> Work | None:
        try:
            return await self._inbox.lease(sure=sure)
        except StoreError as error:
            await self._not_ready(error)
            return None

    async def _not_ready(self, error: StoreError) -> None:
        log.warning("database not ready", error=error.code)
        await asyncio.sleep(POLL_SECONDS)

    async def _sleep(self) -> bool:
        """Wait for work, or for the time to look for some; whether somebody said there is."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
        woken = self._wake.is_set()
        self._wake.clear()
        return woken

    def _start(self, work: Work) -> None:
        thread = work.lease.thread_key
        task = asyncio.create_task(self._drain(work))
        self._held[thread] = task

        def ended(_: asyncio.Task[None]) -> None:
            if self._held.get(thread) is task:  # not what we leased since it was taken from us
                del self._held[thread]
            self._room.release()

        task.add_done_callback(ended)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(LEASE_SECONDS / 3)
            with contextlib.suppress(StoreError):  # a lost lease shows at the next write
                await self._inbox.renew(list(self._held))

    async def _drain(self, work: Work) -> None:
        """Do a thread's work, piece by piece, until nothing is due there."""
        lease, next_work = work.lease, work
        try:
            while True:
                following = await self._threads.step(next_work)
                if following is None:
                    return
                next_work = following
                if self._stopping and next_work.item is not None:  # what was decided still leaves
                    await self._inbox.release(next_work)
                    return
        except asyncio.CancelledError:
            await asyncio.shield(self._inbox.release(next_work))
            raise
        except (StoreError, Parked) as error:
            log.warning("thread given back", thread=lease.thread_key, error=error.code)
            await self._give_back(next_work)
        except Exception:
            log.exception("thread failed", thread=lease.thread_key)
            await self._give_back(next_work, counts=True)

    async def _give_back(self, work: Work, *, counts: bool = False) -> None:
        """Free a thread whose work could not be written down, as soon as the database lets us."""
        while True:
            if not self._stopping:
                await asyncio.sleep(GIVE_BACK_SECONDS)
            try:
                return await self._inbox.release(work, counts=counts)
            except LeaseLost:
                return None
            except StoreError as error:
                log.warning("database not ready", error=error.code)
                if self._stopping:
                    return None
