"""Who reads a source, on each database: one process at a time, and the next when it is gone."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.knowledge import sources_state
from adapters.knowledge.sources_state import LEASE_SECONDS, SourceState
from adapters.knowledge.web.addresses import only_public
from adapters.knowledge.web.fetch import Fetcher
from adapters.knowledge.web.pages import PageSource
from adapters.storage.database import Database, Tx
from tests.contract.given import HandClock


async def _everybody(_tx: Tx, _process: str) -> bool:
    return True


@dataclass
class Process:
    """One of several on a database."""

    store: Database
    me: str
    clock: HandClock

    async def claims(self, source: PageSource, *, every: float = 0.0) -> bool:
        now = self.clock()
        return await self.store.write(
            lambda tx: sources_state.claim(
                tx, source, self.me, now, due=now - every, lives=_everybody
            )
        )

    async def renews(self, source: PageSource) -> bool:
        now = self.clock()
        return await self.store.write(
            lambda tx: sources_state.renew(tx, source.source_id, self.me, now)
        )

    async def ends(self, source: PageSource, *problems: str, complete: bool = True) -> None:
        now = self.clock()
        await self.store.write(
            lambda tx: sources_state.ended(
                tx, source.source_id, self.me, now, problems, complete=complete
            )
        )

    async def sees(self) -> SourceState:
        now = self.clock()
        (state,) = await self.store.read(lambda tx: sources_state.states(tx, now))
        return state


async def test_one_process_reads_a_source_until_it_ends_or_is_gone(store: Database) -> None:
    """What the others see of it, and who may write how it went."""
    clock = HandClock()
    one, two = Process(store, "one", clock), Process(store, "two", clock)
    pages = PageSource(Fetcher(only_public()), "https://help.example/", "everyone")

    assert await one.claims(pages)
    assert not await two.claims(pages)
    clock.pass_by(LEASE_SECONDS - 1)
    assert await one.renews(pages)
    clock.pass_by(LEASE_SECONDS - 1)
    assert (await two.sees()).reading
    clock.pass_by(2)

    assert await two.claims(pages)
    assert not await one.renews(pages)
    await one.ends(pages, "too late to say so")
    await two.ends(pages, "torn.pdf: it is damaged.")

    state = await one.sees()
    assert (state.name, state.reading) == ("https://help.example/", False)
    assert (state.read_at, state.problems) == (clock(), ("torn.pdf: it is damaged.",))


async def test_a_source_is_left_alone_until_it_is_due(store: Database) -> None:
    """A reading that failed was one, too; it is not when the documents were last read."""
    clock = HandClock()
    one = Process(store, "one", clock)
    pages = PageSource(Fetcher(only_public()), "https://help.example/", "everyone")

    assert await one.claims(pages, every=100)
    await one.ends(pages, "it cannot be reached.", complete=False)
    clock.pass_by(99)
    assert not await one.claims(pages, every=100)
    assert (await one.sees()).read_at is None
    clock.pass_by(1)
    assert await one.claims(pages, every=100)

    await store.write(lambda tx: sources_state.forget(tx, pages.source_id))
    assert await store.read(lambda tx: sources_state.states(tx, clock())) == ()
