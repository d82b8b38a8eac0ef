"""What was looked up a moment ago: bounded in number and age."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """A dictionary that forgets the oldest entries beyond a number."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def put(self, key: Key, value: Value) -> None:
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def get(self, key: Key, within: float) -> tuple[Value] | None:
        """The value, in a tuple because it may be None, when it is younger than that."""
        found = self._kept.get(key)
        if found is None or self._clock() - found[0] >= within:
            return None
        return (found[1],)

    def drop(self, wanted: Callable[[Key], bool]) -> None:
        for key in [each for each in self._kept if wanted(each)]:
            del self._kept[key]
