"""Test the installation end to end, and say what to do about what fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from core.errors import BotError
from core.ids import WorkspaceKey


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: what was found, and what to do when it is not good."""

    name: str
    good: bool
    found: str

    @property
    def line(self) -> str:
        return f"{'✓' if self.good else '✗'} {self.name}: {self.found}"


Check = Callable[[WorkspaceKey], Awaitable[Finding]]


class Checks:
    """All checks, each on its own: one that breaks does not stop the others."""

    def __init__(self, checks: Sequence[tuple[str, Check]]) -> None:
        self._checks = list(checks)

    def add(self, checks: Iterable[tuple[str, Check]]) -> None:
        """Further checks, of a platform that was plugged in."""
        self._checks.extend(checks)

    async def run(self, workspace: WorkspaceKey) -> list[Finding]:
        return [await self._one(name, check, workspace) for name, check in self._checks]

    async def _one(self, name: str, check: Check, workspace: WorkspaceKey) -> Finding:
        try:
            return await check(workspace)
        except BotError as error:
            return Finding(name, good=False, found=f"failed ({error.code}); see the log")
