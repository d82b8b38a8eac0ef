"""The platforms that are plugged in, behind one directory and one status line."""

from __future__ import annotations

import asyncio

import structlog

from core.account import Profile
from core.dossier import Courier
from core.errors import PlatformError, Refused
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Readers
from core.ports import Directory, Poster

log = structlog.get_logger()


class Connections:
    """Implements ``Directory`` and ``Progress`` by asking the platform a key belongs to."""

    def __init__(self) -> None:
        self.posters: dict[Platform, Poster] = {}
        self.couriers: dict[Platform, Courier] = {}
        self._directories: dict[Platform, Directory] = {}
        self._workspaces: list[WorkspaceKey] = []
        self._showing: set[asyncio.Future[None]] = set()

    def plug(
        self,
        workspace: WorkspaceKey,
        poster: Poster,
        directory: Directory,
        courier: Courier | None = None,
    ) -> None:
        self.posters[workspace.platform] = poster
        if courier is not None:
            self.couriers[workspace.platform] = courier
        self._directories[workspace.platform] = directory
        self._workspaces.append(workspace)

    def others(self, workspace: WorkspaceKey) -> tuple[WorkspaceKey, ...]:
        """The other workspaces of this deployment, which all belong to one organisation."""
        return tuple(each for each in self._workspaces if each != workspace)

    def permalink(self, message: MessageRef) -> str:
        poster = self.posters.get(message.thread.workspace.platform)
        return poster.permalink(message) if poster else ""

    def show(self, thread: ThreadKey, text: str) -> None:
        poster = self.posters.get(thread.workspace.platform)
        if poster is not None:
            showing = asyncio.ensure_future(poster.status(thread, text))
            self._showing.add(showing)
            showing.add_done_callback(self._shown)

    def _shown(self, showing: asyncio.Future[None]) -> None:
        self._showing.discard(showing)
        if not showing.cancelled() and (error := showing.exception()) is not None:
            log.info("status not shown", error=type(error).__name__)

    def _of(self, platform: Platform) -> Directory:
        directory = self._directories.get(platform)
        if directory is None:
            raise Refused(f"{platform} is not connected")
        return directory

    async def profile(self, account: AccountKey) -> Profile | None:
        return await self._of(account.workspace.platform).profile(account)

    async def meet(self, person: Person) -> Person:
        return await self._of(person.key.workspace.platform).meet(person)

    async def readers(self, message: InboundMessage) -> Readers:
        return await self._of(message.workspace.platform).readers(message)

    async def find(self, workspace: WorkspaceKey, name: str) -> AccountKey | None:
        return await self._of(workspace.platform).find(workspace, name)

    async def by_email(self, workspace: WorkspaceKey, address: str) -> AccountKey | None:
        return await self._of(workspace.platform).by_email(workspace, address)

    async def find_channel(self, workspace: WorkspaceKey, name: str) -> ThreadKey | None:
        return await self._of(workspace.platform).find_channel(workspace, name)

    async def direct(self, account: AccountKey) -> ThreadKey:
        return await self._of(account.workspace.platform).direct(account)

    async def may_read(self, account: AccountKey, channel: ThreadKey) -> bool:
        return await self._of(channel.workspace.platform).may_read(account, channel)

    async def open_to_all(self, channel: ThreadKey) -> bool:
        return await self._of(channel.workspace.platform).open_to_all(channel)

    async def person_name(self, account: AccountKey) -> str:
        try:
            return await self._of(account.workspace.platform).person_name(account)
        except PlatformError:
            return account.user_id

    async def channel_name(self, channel: ThreadKey) -> str:
        try:
            return await self._of(channel.workspace.platform).channel_name(channel)
        except PlatformError:
            return channel.channel_id
