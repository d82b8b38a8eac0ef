"""What the bot is doing, shown under a thread while it works, and cleared however that ends.

A status waits a moment before it is sent: most short turns end before anybody could
read it. Slack clears it itself when an answer arrives in the thread.
"""

from __future__ import annotations

import asyncio

import structlog

from adapters.slack.api import SlackApi
from core.errors import PlatformError

log = structlog.get_logger()

Thread = tuple[str, str]

SHOW_AFTER_SECONDS = 0.4
CLEAR_AFTER_SECONDS = 100.0  # Slack drops it after two minutes; nothing shall look busy so long
TEXT_MOST = 50  # characters


class Status:
    """The status lines of all threads; best effort, and never in the way of a post."""

    def __init__(self, api: SlackApi, *, show_after: float = SHOW_AFTER_SECONDS) -> None:
        self._api = api
        self._show_after = show_after
        self._wanted: dict[Thread, str] = {}
        self._shown: set[Thread] = set()
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

    async def stop(self) -> None:
        for task in (tasks := tuple(self._tasks.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, thread: Thread) -> None:
        task = asyncio.create_task(self._follow(thread))
        self._tasks[thread] = task
        task.add_done_callback(lambda _: self._tasks.pop(thread, None))

    async def _follow(self, thread: Thread) -> None:
        """Keep what Slack shows in step with what is wanted, until that is nothing."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + CLEAR_AFTER_SECONDS
        sent = ""
        await asyncio.sleep(self._show_after)
        while (wanted := self._wanted.get(thread, "")) and loop.time() < ends:
            if wanted != sent:
                await self._send(thread, wanted)
                sent = wanted
            await asyncio.sleep(self._show_after)
        self._wanted.pop(thread, None)
        if thread in self._shown:
            self._shown.discard(thread)
            await self._send(thread, "")

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
