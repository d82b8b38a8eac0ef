"""Start the product so that it kills itself at a certain step: ``CHAOS_STAGE`` and ``CHAOS_NTH``.

The steps are wrapped from outside, around the methods of ports and stores; the
product has no hook for this. ``kill`` is SIGKILL: nothing is flushed or given back.
The room shows a post once, however often it is sent; so each time it is sent is
appended to ``CHAOS_SENDS``, where a second one cannot hide.
"""

from __future__ import annotations

import functools
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

from adapters.llm.offline import OfflineModel
from adapters.storage.cases import SqlCaseStore
from adapters.storage.inbox import Inbox
from adapters.storage.turns import SqlJournal
from adapters.web.platform import PlaygroundPoster
from adapters.web.room import Room, RoomMessage
from bot.__main__ import main

Method = Callable[..., Awaitable[Any]]

STAGES: dict[str, tuple[type, str, str]] = {
    "written": (Room, "say", "after"),
    "before commit": (Inbox, "accept", "before"),
    "after commit": (Inbox, "accept", "after"),
    "before acknowledgement": (Room, "delivered", "before"),
    "claimed": (Inbox, "lease", "after"),
    "before model": (OfflineModel, "complete", "before"),
    "after model": (OfflineModel, "complete", "after"),
    "journalled": (SqlJournal, "once", "after"),
    "case open": (SqlCaseStore, "open", "after"),
    "decided": (Inbox, "finish", "before"),
    "saved": (Inbox, "finish", "after"),
    "intent": (PlaygroundPoster, "post", "before"),
    "mid-send": (Room, "show", "after"),
    "after send": (PlaygroundPoster, "post", "after"),
    "before receipt": (Inbox, "delivered", "before"),
    "after receipt": (Inbox, "delivered", "after"),
}


def deadly(method: Method, when: str, nth: int) -> Method:
    """A method that ends the process around its n-th call that did something."""
    left = nth

    def strike() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @functools.wraps(method)
    async def wrapped(*args: Any, **named: Any) -> Any:
        if when == "before":
            strike()
        result = await method(*args, **named)
        if when == "after" and not (result is None and method.__name__ == "lease"):
            strike()
        return result

    return wrapped


def noted(show: Method, log: int) -> Method:
    """``Room.show``, with a line in a file for every post it was asked to show."""

    @functools.wraps(show)
    async def wrapped(room: Room, message: RoomMessage, post_id: str) -> Any:
        kept = await show(room, message, post_id)
        os.write(log, f"{post_id}\n".encode())
        return kept

    return wrapped


if __name__ == "__main__":
    sends = os.open(os.environ["CHAOS_SENDS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    Room.show = noted(Room.show, sends)  # type: ignore[method-assign, assignment]
    if os.environ["CHAOS_STAGE"]:
        owner, name, when = STAGES[os.environ["CHAOS_STAGE"]]
        setattr(owner, name, deadly(getattr(owner, name), when, int(os.environ["CHAOS_NTH"])))
    main()
