"""What this process has seen of Slack lately: threads that exist, who writes there, receipts.

All of it can be asked of Slack again; losing it costs a look-up, never a message.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST = 10_000  # entries of each kind
ROOT_SECONDS = 3_600.0  # how long a thread counts as existing after it was last seen


class Recent(Generic[Key, Value]):
    """A dictionary that forgets the oldest entries, and those past their time."""

    def __init__(self, seconds: float, clock: Callable[[], float], most: int = MOST) -> None:
        self._seconds, self._clock, self._most = seconds, clock, most
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def put(self, key: Key, value: Value) -> None:
        self._kept[key] = (self._clock() + self._seconds, value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: Key) -> Value | None:
        until, value = self._kept.get(key, (0.0, None))
        return value if until > self._clock() else None

    def drop(self, key: Key) -> None:
        self._kept.pop(key, None)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread seen alive; ``author`` wrote there last, and may be unknown."""

    author: str


class Memory:
    """What the listeners saw and the poster needs."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.threads: Recent[tuple[str, str], Thread] = Recent(ROOT_SECONDS, clock)
        self.receipts: Recent[str, str] = Recent(ROOT_SECONDS, clock)

    def wrote(self, channel: str, root: str, author: str) -> None:
        """Somebody wrote in a thread, so it exists."""
        self.threads.put((channel, root), Thread(author))

    def exists(self, channel: str, root: str) -> bool:
        return self.threads.get((channel, root)) is not None

    def author(self, channel: str, root: str) -> str:
        thread = self.threads.get((channel, root))
        return thread.author if thread else ""

    def gone(self, channel: str, root: str) -> None:
        self.threads.drop((channel, root))
