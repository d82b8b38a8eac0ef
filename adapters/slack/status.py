"""What the bot is doing, shown under a thread while it works, and cleared however that ends.

A status waits a moment before it is sent: most short turns end before anybody could
read it. Slack clears it itself when an answer arrives in the thread. A turn that lasts
makes its agent session "processing", under which Slack shows a stop button.
"""

from __future__ import annotations

import asyncio

import structlog

from adapters.slack.api import SlackApi
from core.errors import PlatformError

log = structlog.get_logger()

Thread = tuple[str, str]

SHOW_AFTER_SECONDS = 0.4
STOPPABLE_AFTER_SECONDS = 2.0  # nobody reaches for a button sooner
CLEAR_AFTER_SECONDS = 100.0  # Slack drops it after two minutes; nothing shall look busy so long
TEXT_MOST = 50  # characters


class Status:
    """The status lines of all threads; best effort, and never in the way of a post."""

    def __init__(
        self,
        api: SlackApi,
        *,
        show_after: float = SHOW_AFTER_SECONDS,
        stoppable_after: float = STOPPABLE_AFTER_SECONDS,
    ) -> None:
        self._api = api
        self._show_after, self._stoppable_after = show_after, stoppable_after
        self._wanted: dict[Thread, str] = {}
        self._shown: set[Thread] = set()
        self._stoppable: set[Thread] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._tasks: dict[Thread, asyncio.Task[None]] = {}

    def show(self, channel: str, root: str, text: str) -> None:
        """Show a text soon; an empty one clears."""
        thread = (channel, root)
        if not text:
            self._wanted.pop(thread, None)
            if thread in self._shown and thread not in self._tasks:
                self._start(thread)
            return
        self._wanted[thread] = text[:TEXT_MOST]
        if thread not in self._tasks:
            self._start(thread)

    def answered(self, channel: str, root: str) -> None:
        """A post arrived in the thread, which ends its status on Slack's side."""
        thread = (channel, root)
        self._wanted.pop(thread, None)
        self._shown.discard(thread)
        if (task := self._tasks.pop(thread, None)) is not None:
            task.cancel()
        if thread in self._stoppable:
            ending = asyncio.create_task(self.rest(channel, root))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)

    async def rest(self, channel: str, root: str) -> None:
        """Nothing is under way in a thread's agent session: its stop button goes."""
        self._stoppable.discard((channel, root))
        await self._session((channel, root), "active")

    async def stop(self) -> None:
        for task in (tasks := (*self._tasks.values(), *self._ending)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, thread: Thread) -> None:
        task = asyncio.create_task(self._follow(thread))
        self._tasks[thread] = task
        task.add_done_callback(lambda _: self._tasks.pop(thread, None))

    async def _follow(self, thread: Thread) -> None:
        """Keep what Slack shows in step with what is wanted, until that is nothing."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        ends = started + CLEAR_AFTER_SECONDS
        sent = ""
        await asyncio.sleep(self._show_after)
        while (wanted := self._wanted.get(thread, "")) and loop.time() < ends:
            if wanted != sent:
                await self._send(thread, wanted)
                sent = wanted
            if thread not in self._stoppable and loop.time() - started >= self._stoppable_after:
                self._stoppable.add(thread)
                await self._session(thread, "processing")
            await asyncio.sleep(self._show_after)
        self._wanted.pop(thread, None)
        if thread in self._shown:
            self._shown.discard(thread)
            await self._send(thread, "")
        if thread in self._stoppable:
            await self.rest(*thread)

    async def _session(self, thread: Thread, status: str) -> None:
        channel, root = thread
        try:
            await self._api.call(
                "agents.sessions.setStatus", channel_id=channel, thread_ts=root, status=status
            )
        except PlatformError as error:
            log.info("session status not set", error=error.code)

    async def _send(self, thread: Thread, text: str) -> None:
        channel, root = thread
        if text:
            self._shown.add(thread)
        try:
            await self._api.call(
                "assistant.threads.setStatus", channel_id=channel, thread_ts=root, status=text
            )
        except PlatformError as error:
            log.info("status not shown", error=error.code)
