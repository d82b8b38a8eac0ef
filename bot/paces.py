"""What several processes share of the platforms' limits, where there is a Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.pace import SharedPace
from bot.settings import Settings
from core.ids import WorkspaceKey

if TYPE_CHECKING:
    from adapters.redis.pace import RedisPaces


class Paces:
    """The paces of the apps of an installation."""

    def __init__(self, settings: Settings) -> None:
        self._shared: RedisPaces | None = None
        if settings.redis_url is not None:
            from adapters.redis.pace import RedisPaces

            self._shared = RedisPaces(settings.redis_url.get_secret_value())

    def shared(self, workspace: WorkspaceKey) -> SharedPace | None:
        """What the app in a workspace shares with its like in other processes."""
        return self._shared.of(str(workspace)) if self._shared else None

    async def close(self) -> None:
        if self._shared is not None:
            await self._shared.close()
