"""Which stores an installation uses besides its database."""

from __future__ import annotations

from adapters.storage.copies import Copies
from bot.settings import Settings
from bot.telemetry import Telemetry


def copies(settings: Settings, telemetry: Telemetry) -> Copies | None:
    """Where sessions are copied to, if anywhere."""
    if settings.redis_url is None:
        return None
    from adapters.redis.client import DEADLINE, connect
    from adapters.redis.sessions import RedisSessionStore

    client = connect(settings.redis_url.get_secret_value())
    return Copies(RedisSessionStore(client), DEADLINE, telemetry.looked_for_copy)
