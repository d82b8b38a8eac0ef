"""Stop calling what does not answer, and find out when it does again.

Closed, calls pass. After some failures in a row, or one that will not pass by
itself, calls are refused for a while; then one is let through to see.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

FAILURES = 5  # in a row
PAUSE = 30.0  # seconds until one call may try
LONG_PAUSE = 300.0  # seconds, when somebody has to mend something first


class Breaker:
    """The state of one service; every admitted call ends in exactly one of the verbs below."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = monotonic,
        failures: int = FAILURES,
        pause: float = PAUSE,
    ) -> None:
        self._clock = clock
        self._most = failures
        self._pause = pause
        self._failures = 0
        self._open_until: float | None = None
        self._probing = False

    @property
    def closed(self) -> bool:
        """Whether everything passes."""
        return self._open_until is None

    def admit(self) -> bool:
        """Whether a call may be made now."""
        if self._open_until is None:
            return True
        if self._probing or self._clock() < self._open_until:
            return False
        self._probing = True
        return True

    def answered(self) -> bool:
        """The call was answered, whatever with; True when it had been refused before."""
        reopened = self._open_until is not None
        self._failures, self._open_until, self._probing = 0, None, False
        return reopened

    def failed(self) -> bool:
        """The call failed; True when this refuses further calls that were let through before."""
        self._failures += 1
        if self._probing:
            self._open_until, self._probing = self._clock() + self._pause, False
            return False
        if self._failures >= self._most and self._open_until is None:
            self._open_until = self._clock() + self._pause
            return True
        return False

    def trip(self, seconds: float = LONG_PAUSE) -> bool:
        """Refuse calls for a while at once; True when they were let through before."""
        opened = self._open_until is None
        self._open_until, self._probing = self._clock() + seconds, False
        return opened

    def given_up(self) -> None:
        """The call was abandoned; it says nothing about the service."""
        self._probing = False
