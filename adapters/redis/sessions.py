"""Sessions in Redis, which forgets them by itself some time after they expired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from adapters.redis.client import answer
from adapters.storage.codec import dump, load
from core.errors import Conflict
from core.ids import ThreadKey
from core.session import Session

GRACE = timedelta(days=1)  # after its end a session still says whom the bot was helping
ENDLESS_LIFE = timedelta(days=7)  # since its newest write, of a session without an end

# KEYS[1]: the thread's hash of v(ersion) and s(ession). ARGV: the version that was read, or ""
# when only a newer one stands in the way; the new version; the session; its life in ms.
WRITE = """
local there = tonumber(redis.call('HGET', KEYS[1], 'v') or '0')
if ARGV[1] ~= '' and there ~= tonumber(ARGV[1]) then return 0 end
if there >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 's', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""


def _now() -> datetime:
    return datetime.now(UTC)


class RedisSessionStore:
    """The ``SessionStore`` and ``CopyStore`` that several processes share."""

    def __init__(self, client: Redis, clock: Callable[[], datetime] = _now) -> None:
        self._client, self._clock = client, clock
        self._script = client.register_script(WRITE)

    async def load(self, thread: ThreadKey, version: int | None = None) -> Session | None:
        if version == 0:
            return None
        stored = await answer(self._client.hget(_key(thread), "s"))
        return load(Session, stored) if stored is not None else None

    async def save(self, session: Session) -> Session:
        saved = replace(session, version=session.version + 1)
        if not await self._write(saved, read=str(session.version)):
            raise Conflict("A session was written by somebody else since it was read.")
        return saved

    async def keep(self, session: Session) -> None:
        await self._write(session)

    async def drop(self, thread: ThreadKey) -> None:
        await answer(self._client.delete(_key(thread)))

    async def sweep(self, now: datetime) -> int:
        return 0

    async def close(self) -> None:
        await self._client.aclose()

    async def _write(self, session: Session, read: str = "") -> bool:
        now = self._clock()
        life = session.expires_at - now + GRACE if session.expires_at else ENDLESS_LIFE
        milliseconds = max(1, life // timedelta(milliseconds=1))
        values: list[str | int] = [read, session.version, dump(Session, session), milliseconds]
        return bool(await answer(self._script(keys=[_key(session.thread)], args=values)))


def _key(thread: ThreadKey) -> str:
    return f"frontdesk:session:{thread}"
