"""Wire what answers rest on: the library, its sources, and the command about them."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.knowledge.embed.embedding import Embedding
from adapters.knowledge.folder import FolderSource, folders
from adapters.knowledge.library import Library
from adapters.knowledge.source import Source
from adapters.knowledge.web.addresses import only_public
from adapters.knowledge.web.fetch import Fetcher
from adapters.knowledge.web.pages import PageSource
from adapters.knowledge.web.shares import share
from adapters.storage.workspaces import SqlWorkspaceStore
from bot.librarian import Librarian
from bot.settings import Settings
from bot.storage import Storage
from core.workspace import Pages

HOUR = 3_600.0


class Catalogue:
    """Every source there is at present: the operator's folders and the admins' pages."""

    def __init__(self, settings: Settings, workspaces: SqlWorkspaceStore, *, shared: bool) -> None:
        self._folders: Sequence[FolderSource] = folders(settings.knowledge, shared=shared)
        self._workspaces = workspaces
        self._every = settings.web_hours * HOUR
        self._allows = only_public(frozenset(settings.intranet.casefold().split()))
        self._fetcher: Fetcher | None = None  # it takes its time to make, and not all need one

    async def sources(self) -> Sequence[Source]:
        """Those of all workspaces; an address that several name is read as the first says."""
        named: dict[str, Pages] = {}
        for settings in (await self._workspaces.every()).values():
            for pages in settings.sources:
                named.setdefault(pages.address, pages)
        places = [(each.address, each.pages > 1) for each in named.values()]
        return [*self._folders, *(self._pages(each, places) for each in named.values())]

    async def close(self) -> None:
        if self._fetcher is not None:
            await self._fetcher.close()

    def _pages(self, pages: Pages, places: Sequence[tuple[str, bool]]) -> PageSource:
        if self._fetcher is None:
            self._fetcher = Fetcher(self._allows)
        return PageSource(
            self._fetcher,
            pages.address,
            pages.audience,
            pages.owner,
            pages.pages,
            pages.depth,
            self._every,
            share(pages.address, places),
        )


def librarian(
    settings: Settings,
    storage: Storage,
    workspaces: SqlWorkspaceStore,
    embedding: Embedding | None,
) -> Librarian:
    """What keeps the documents of an installation up to date."""
    shared, peers = storage.shared, storage.peers
    library = Library(
        storage.database,
        clock=peers.now,
        me=peers.me,
        shared=shared,
        lives=peers.lives,
        embedding=embedding,
    )
    return Librarian(library, Catalogue(settings, workspaces, shared=shared))
