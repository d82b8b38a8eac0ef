"""The real process, as the steps of the documents start it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

FRONTDESK = (sys.executable, "-m", "bot")


async def check(env: dict[str, str], *flags: str) -> tuple[int | None, str]:
    """``frontdesk check``: how it ended and what it said."""
    pipe = asyncio.subprocess.PIPE
    done = await asyncio.create_subprocess_exec(*FRONTDESK, "check", *flags, env=env, stdout=pipe)
    said, _ = await done.communicate()
    return done.returncode, said.decode()


@asynccontextmanager
async def run(env: dict[str, str], *flags: str) -> AsyncIterator[None]:
    """``frontdesk run``, ended as a service manager does."""
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *FRONTDESK, "run", *flags, env=env, stderr=quiet, stdout=quiet
    )
    try:
        yield
    finally:
        process.terminate()
        assert await process.wait() == 0


async def serves(port: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{port}/readyz") as answer,
        ):
            return answer.status == 200
    except aiohttp.ClientError:
        await asyncio.sleep(0.05)
        return False
