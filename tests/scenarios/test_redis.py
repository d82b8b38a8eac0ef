"""With Redis the product says what it says without, whatever Redis does meanwhile."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from tests.conftest import OpenOffice
from tests.scenarios.office import Office, Thread
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.only_in_process("Redis knows nothing of platforms")
Fault = Callable[[RedisServer], object]
TALK = {  # "it" is what the session says the thread is about
    "How long does the VPN stay connected?": "The VPN disconnects after 12 hours",
    "How many devices can use it?": "2 company devices",
    "When is a laptop replaced?": "after 4 years",
    "What is the hotel limit in Vienna?": "Hotel limits by city",
    "thanks": "You're welcome",
}


async def talk(office: Office, between: Callable[[int], object] = lambda _: None) -> None:
    """A conversation in one thread, most of it without a mention, as it goes without Redis."""
    sam, copies = office.person("sam"), office.product.copies
    assert copies is not None
    thread: Thread | None = None
    for number, (words, answer) in enumerate(TALK.items()):
        thread = await (sam.replies(thread, words) if thread else sam.asks(words))
        assert answer in thread.last
        await asyncio.gather(*copies._writes)
        between(number)
    assert thread is not None
    assert len(thread.public()) == len(TALK)


def looks(office: Office) -> dict[str, int]:
    """How the looks for copies of sessions ended."""
    metrics = office.product.telemetry.text().decode()
    found = re.findall(r'session_copies_total\{result="(\w+)"\} (\d+)', metrics)
    return {result: int(number) for result, number in found}


@pytest.fixture
async def office(
    open_office: OpenOffice, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> Office:
    """An office with Redis."""
    monkeypatch.setenv("FRONTDESK_REDIS_URL", redis_server.url)
    return await open_office()


async def test_a_conversation_goes_on_from_redis(office: Office) -> None:
    """Every turn after the first takes its session from there."""
    await talk(office)

    assert looks(office) == {"hit": len(TALK) - 1}


@pytest.mark.parametrize(
    ("strike", "heal", "seen"),
    [
        (RedisServer.kill, RedisServer.start, "failed"),
        (RedisServer.pause, RedisServer.resume, "failed"),
        (RedisServer.flush, RedisServer.start, "missing"),
    ],
    ids=["killed", "hung", "flushed"],
)
async def test_f30_a_failing_redis_changes_no_answer(
    office: Office, redis_server: RedisServer, strike: Fault, heal: Fault, seen: str
) -> None:
    """It fails after the first answer and is back before the last."""

    def between(number: int) -> None:
        if number == 0:
            strike(redis_server)
        elif number == 3:
            heal(redis_server)

    await talk(office, between)

    assert looks(office)[seen] > 0


async def test_f30_a_redis_that_is_dead_delays_nothing(
    office: Office, redis_server: RedisServer
) -> None:
    """The product answers as fast; the check says what is out of reach."""
    redis_server.kill()

    async with asyncio.timeout(10.0):
        await talk(office)

    assert "Session copies: not reached" in await checked(office)
    redis_server.start()
    assert "Session copies: in reach" in await checked(office)


async def checked(office: Office) -> str:
    alex = office.person("alex")
    return await alex.commands("check")
