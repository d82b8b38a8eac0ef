"""A worker and its database out of each other's reach: nothing hears that the other is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from adapters.storage import postgres_peers
from adapters.storage.doubles import SqlDoubles
from adapters.storage.inbox import Inbox
from adapters.storage.postgres import PostgresDatabase
from adapters.storage.postgres_peers import PostgresPeers, steady
from adapters.storage.work import LEASE_SECONDS, MARGIN_SECONDS, Work
from bot.delivery import Delivery
from bot.sweeper import Sweeper
from core.errors import LeaseLost
from core.ids import Platform
from tests.contract.given import message, outcome, says
from tests.fakes.chat import FakeChat


@dataclass
class Cable:
    """Carries bytes to a server and back, until it is cut; nobody is told of that."""

    host: str
    port: int
    whole: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    async def plug(self) -> int:
        self.whole.set()
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def cut(self) -> None:
        self.whole.clear()

    def unplug(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _joined(self, ours: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        theirs, out = await asyncio.open_connection(self.host, self.port)
        with suppress(OSError):
            await asyncio.gather(self._carry(ours, out), self._carry(theirs, back))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(65_536):
            await self.whole.wait()
            writer.write(some)
        writer.close()


@pytest.fixture
async def cable(postgres_url: str) -> AsyncIterator[tuple[Cable, str]]:
    """A cable to the database, and the address at its other end."""
    server = urlsplit(postgres_url)
    cable = Cable(server.hostname or "", server.port or 0)
    yield cable, f"postgresql://frontdesk@127.0.0.1:{await cable.plug()}{server.path}"
    cable.whole.set()
    cable.unplug()


async def answered(inbox: Inbox) -> Work:
    """A leased thread with an answer that is about to be sent."""
    await inbox.put_message(message(1))
    begun = await inbox.lease()
    assert begun is not None
    assert begun.item is not None
    work = await inbox.finish(begun.lease, begun.item, outcome(message(1), says("answer")))
    assert work is not None
    assert work.outgoing
    return work


async def deliver(chat: FakeChat, database: PostgresDatabase, inbox: Inbox, work: Work) -> None:
    """Send what is due, as a worker does."""
    sweeper = Sweeper(SqlDoubles(database), {})

    async def nobody(_: str) -> None: ...

    delivery = Delivery({Platform.WEB: chat}, nobody, sweeper)
    await delivery.send(work.outgoing, lambda: inbox.holds(work.lease))


async def test_f29_whoever_cannot_reach_the_database_posts_nothing_any_more(
    cable: tuple[Cable, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As soon as its session is silent: the server may have ended it, and others go on."""
    monkeypatch.setattr(postgres_peers, "ANSWER_SECONDS", 0.3)
    line, url = cable
    database = await PostgresDatabase.open(url)
    peers = PostgresPeers(url, database)
    await peers.join(lambda: None)
    inbox, chat = Inbox(database, peers), FakeChat()
    work = await answered(inbox)
    assert inbox.holds(work.lease)

    line.cut()
    async with asyncio.timeout(1.0):
        while inbox.holds(work.lease):
            await asyncio.sleep(0.01)

    with pytest.raises(LeaseLost):
        await deliver(chat, database, inbox, work)
    assert chat.log == []
    line.whole.set()
    await peers.leave()
    await database.close()


async def test_f29_a_lease_that_is_not_renewed_ends_a_margin_early_for_its_owner(
    pooled: PostgresDatabase, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a pooler no session says that the database is gone; the clock does."""
    peers = PostgresPeers(postgres_url, pooled, pooled=True)
    inbox, chat, passed = Inbox(pooled, peers), FakeChat(), 0.0
    monkeypatch.setattr(postgres_peers, "steady", lambda: steady() + passed)
    work = await answered(inbox)

    passed = LEASE_SECONDS - MARGIN_SECONDS - 0.2
    assert inbox.holds(work.lease)
    passed = LEASE_SECONDS - MARGIN_SECONDS

    with pytest.raises(LeaseLost):
        await deliver(chat, pooled, inbox, work)
    assert chat.log == []
