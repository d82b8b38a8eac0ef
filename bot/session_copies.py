"""Where copies of sessions are kept besides the database."""

from __future__ import annotations

from adapters.storage.copies import Copies
from bot.settings import Settings
from bot.telemetry import Telemetry
from core.errors import SettingsError


def copies(settings: Settings, telemetry: Telemetry) -> Copies | None:
    """Where sessions are copied to, if anywhere; a table goes before Redis.

    Raises:
        SettingsError: It cannot be used as it is configured.
    """
    if settings.session_url:
        return _in_dynamodb(settings.session_url, telemetry)
    if settings.redis_url is not None:
        return _in_redis(settings.redis_url.get_secret_value(), telemetry)
    return None


def _in_dynamodb(url: str, telemetry: Telemetry) -> Copies:
    try:
        from adapters.dynamodb.client import DEADLINE, Table
        from adapters.dynamodb.sessions import DynamoSessionStore
    except ImportError as error:
        raise SettingsError(
            "FRONTDESK_SESSION_URL needs a library: pip install 'frontdesk-bot[dynamodb]'."
        ) from error
    return Copies(DynamoSessionStore(Table(url)), DEADLINE, telemetry.looked_for_copy)


def _in_redis(url: str, telemetry: Telemetry) -> Copies:
    from adapters.redis.client import DEADLINE, connect
    from adapters.redis.sessions import RedisSessionStore

    return Copies(RedisSessionStore(connect(url)), DEADLINE, telemetry.looked_for_copy)
