"""The processes that share a database: who they are, who is gone, the clock they agree on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import uuid4

from adapters.storage.database import Tx


class Peers(Protocol):
    """This process among the others on its database; ``me`` is the owner of its leases."""

    me: str

    def now(self) -> float:
        """Seconds since 1970, as all of them count."""
        ...

    def ticks(self) -> float:
        """Seconds on the clock that leases are measured by."""
        ...

    def known_since(self) -> float:
        """Since when the others know that we live, on the clock of leases.

        They may have taken over what we leased before.
        """
        ...

    async def gone(self, tx: Tx) -> Sequence[str]:
        """Those that hold leases and are certainly dead; asked at start."""
        ...

    async def lives(self, tx: Tx, peer: str) -> bool:
        """Whether another process may be alive; false only when it is certainly dead."""
        ...

    def nudge(self) -> None:
        """Tell the others that there is work. Best effort: they look from time to time."""
        ...

    async def join(self, woken: Callable[[], None]) -> None:
        """Be one of them; ``woken`` is called when another one says that there is work."""
        ...

    async def leave(self) -> None: ...


class Alone:
    """The only process, as SQLite has it: whoever held a lease before it is gone."""

    def __init__(
        self,
        me: str = "",
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Name this process; ``steady`` is a clock that nobody sets."""
        self.me = me or uuid4().hex
        self.now, self.ticks = clock, steady

    def known_since(self) -> float:
        return float("-inf")

    async def gone(self, tx: Tx) -> Sequence[str]:
        rows = await tx.all(
            "SELECT DISTINCT owner FROM thread WHERE owner IS NOT NULL AND owner <> :me", me=self.me
        )
        return [row["owner"] for row in rows]

    async def lives(self, tx: Tx, peer: str) -> bool:
        return peer == self.me

    def nudge(self) -> None:
        """There is nobody to tell."""

    async def join(self, woken: Callable[[], None]) -> None: ...

    async def leave(self) -> None: ...
