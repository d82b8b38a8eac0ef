"""What ``/desk check`` tries, each with its remedy."""

from __future__ import annotations

from adapters.knowledge.library import Library
from adapters.storage.copies import Copies
from adapters.storage.database import Database
from bot.checks import Check, Checks, Finding
from bot.connections import Connections
from bot.support_channel import SupportChannels
from core.errors import StoreError, StoreUnavailable
from core.ids import ThreadKey, WorkspaceKey
from core.ports import WorkspaceStore


async def writable(database: Database) -> bool:
    """Whether the database takes a write now."""
    try:
        await database.write(
            lambda tx: tx.run(
                "INSERT INTO turn_step (turn_id, step, result, at) VALUES ('', 'ready', '', 0)"
                " ON CONFLICT (turn_id, step) DO UPDATE SET at = turn_step.at + 1"
            )
        )
    except StoreError:
        return False
    return True


def checks(
    database: Database,
    copies: Copies | None,
    workspaces: WorkspaceStore,
    model: Check,
    connections: Connections,
    library: Library,
    embeddings: Check | None = None,
) -> Checks:
    """The checks of an installation."""
    return Checks(
        (
            ("Database", _database(database)),
            *([("Session copies", _copies(copies))] if copies else []),
            ("Documents", _documents(library)),
            *([("Embeddings", embeddings)] if embeddings else []),
            ("Language model", model),
            ("Support channel", _support_channel(workspaces, connections)),
            ("Support staff", _staff(workspaces)),
        )
    )


def _database(database: Database) -> Check:
    async def check(_workspace: WorkspaceKey) -> Finding:
        if await writable(database):
            return Finding("Database", good=True, found="takes writes")
        return Finding(
            "Database", good=False, found="takes no writes. Is the disk full or read-only?"
        )

    return check


def _copies(copies: Copies) -> Check:
    async def check(_workspace: WorkspaceKey) -> Finding:
        try:
            await copies.reach()
        except StoreUnavailable as error:
            found = f"not reached ({error}) The database serves alone meanwhile"
            return Finding("Session copies", good=False, found=found)
        return Finding("Session copies", good=True, found="in reach")

    return check


def _documents(library: Library) -> Check:
    async def check(_workspace: WorkspaceKey) -> Finding:
        sources = await library.states()
        if not sources:
            found = "none. Set FRONTDESK_KNOWLEDGE to a folder of documents and restart"
            return Finding("Documents", good=False, found=found)
        documents, passages = await library.totals()
        found = f"{documents} documents, {passages} passages"
        problems = [problem for source in sources for problem in source.problems]
        if problems:
            return Finding("Documents", good=False, found=f"{found}. {' '.join(problems[:5])}")
        return Finding("Documents", good=documents > 0, found=found)

    return check


def _support_channel(workspaces: WorkspaceStore, connections: Connections) -> Check:
    channels = SupportChannels(workspaces, connections)

    async def check(workspace: WorkspaceKey) -> Finding:
        settings = await workspaces.settings(workspace)
        if not settings.support_channel:
            found = "not set. Choose one with /desk config support-channel #name"
            return Finding("Support channel", good=False, found=found)
        channel = ThreadKey.parse(settings.support_channel)
        name = await channels.name(channel, workspace)
        if channel.workspace != workspace and not await channels.agreed(channel):
            found = f"{name} is not the support channel there any more. Choose another"
            return Finding("Support channel", good=False, found=found)
        if await connections.find_channel(channel.workspace, channel.channel_id) is None:
            found = f"{name} cannot be reached. Invite me there or choose another"
            return Finding("Support channel", good=False, found=found)
        return Finding("Support channel", good=True, found=name)

    return check


def _staff(workspaces: WorkspaceStore) -> Check:
    async def check(workspace: WorkspaceKey) -> Finding:
        settings = await workspaces.settings(workspace)
        channel = ThreadKey.parse(settings.support_channel) if settings.support_channel else None
        if channel is not None and channel.workspace != workspace:
            settings = await workspaces.settings(channel.workspace)
        if not settings.staff:
            found = "nobody, so nobody can claim. Add people with /desk config staff add @name"
            return Finding("Support staff", good=False, found=found)
        count = len(settings.staff)
        found = f"{count} people" if count > 1 else "one person"
        return Finding("Support staff", good=True, found=found)

    return check
