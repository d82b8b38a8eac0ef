"""The one place where ports meet their implementations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.knowledge.embed.embedder import Embedder
from adapters.knowledge.search import DocumentRetriever
from adapters.llm.offline import OfflineModel
from adapters.redact.masks import for_card
from adapters.storage.accounts import SqlAccountStore
from adapters.storage.actions import SqlActionStore, SqlFeedbackStore
from adapters.storage.cases import SqlCaseStore
from adapters.storage.copies import CopiedSessionStore, Copies
from adapters.storage.database import Database
from adapters.storage.dossiers import SqlDossiers
from adapters.storage.doubles import SqlDoubles
from adapters.storage.erasure import SqlEraser
from adapters.storage.inbox import Inbox
from adapters.storage.links import SqlLinks
from adapters.storage.peers import Peers
from adapters.storage.retention import Retention
from adapters.storage.sessions import SqlSessionStore
from adapters.storage.transcript import SqlTranscript
from adapters.storage.turns import SqlJournal
from adapters.storage.workspaces import SqlWorkspaceStore
from adapters.tools.remember import Remember
from adapters.tools.report import ReportProblem
from bot.checks import Checks
from bot.commands import Commands
from bot.config_form import ConfigForm
from bot.configure import Configure
from bot.connections import Connections
from bot.delivery import Delivery
from bot.embedding import embedding_check, embeddings
from bot.installation_checks import checks
from bot.intake import Door
from bot.knowledge import librarian
from bot.librarian import Librarian
from bot.links import Links
from bot.memory import Memory
from bot.model_check import Troubled, model_check
from bot.models import untroubled
from bot.paces import Paces
from bot.presses import Presses
from bot.session_copies import copies
from bot.set_facts import SetFacts
from bot.settings import Settings
from bot.sources import Sources
from bot.sources_form import SourcesForm
from bot.sources_survey import SourcesSurvey
from bot.storage import Storage
from bot.sweeper import Sweeper
from bot.telemetry import Telemetry
from bot.thread_memory import ThreadMemory
from bot.thread_work import ThreadWork
from bot.worker import Worker
from core.acting import Actor
from core.ports import Model, SessionStore
from core.tools import Toolbox
from core.turn import TurnHandler
from handoff.desk import Desk
from handoff.presses import CasePresses


@dataclass(slots=True, kw_only=True)
class Product:
    """Everything that runs, wired; platforms are plugged into ``connections``."""

    storage: Storage
    connections: Connections
    inbox: Inbox
    sessions: SessionStore
    copies: Copies | None
    paces: Paces
    workspaces: SqlWorkspaceStore
    door: Door
    checks: Checks
    worker: Worker
    sweeper: Sweeper
    telemetry: Telemetry
    librarian: Librarian
    embedder: Embedder | None
    memory: Memory
    eraser: SqlEraser
    retention: Retention
    offline: bool

    async def close(self) -> None:
        """Close the stores, the database last."""
        await self.librarian.close()
        if self.embedder is not None:
            await self.embedder.close()
        if self.copies is not None:
            await self.copies.close()
        await self.paces.close()
        await self.storage.close()

    @property
    def database(self) -> Database:
        return self.storage.database

    @property
    def peers(self) -> Peers:
        return self.storage.peers


def _patience(hours: float) -> timedelta:
    """How late a message may come and still be answered; 0 hours stand for any time."""
    return timedelta(hours=hours) if hours else timedelta.max


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    storage: Storage,
    model: Model | None = None,
    *,
    troubled: Troubled = untroubled,
) -> Product:
    """Wire the product on what it keeps; without a model it quotes the documents.

    Args:
        model: The language model, its fallback included.
        troubled: Which part of the model gives no answers at present.
    """
    database, peers = storage.database, storage.peers
    offline = model is None
    speaks: Model = model or OfflineModel()
    connections = Connections()
    telemetry = Telemetry()
    copied = copies(settings, telemetry)
    embedded = embeddings(settings, storage)
    inbox = Inbox(database, peers, saved=copied.keep if copied else None)
    truth = SqlSessionStore(database)
    sessions = CopiedSessionStore(truth, copied) if copied else truth
    workspaces = SqlWorkspaceStore(database)
    actions = SqlActionStore(database)
    cases = SqlCaseStore(database, peers.now)
    desk = Desk(cases, workspaces, connections.permalink, for_card, now)
    accounts = SqlAccountStore(database)
    links = SqlLinks(database)
    eraser = SqlEraser(database, storage.compact, peers.now)
    memory = Memory(
        accounts,
        SqlDossiers(database),
        eraser,
        links,
        Links(links, connections, inbox),
        copied,
        connections,
        now,
    )
    toolbox = Toolbox((ReportProblem(), Remember(accounts, now)))
    actor = Actor(
        model=speaks,
        toolbox=toolbox,
        actions=actions,
        accounts=accounts,
        sessions=sessions,
        workspaces=workspaces,
        clock=now,
    )
    handler = TurnHandler(
        model=speaks,
        retriever=DocumentRetriever(
            database, storage.fulltext, embedded.meaning if embedded else None
        ),
        directory=connections,
        sessions=sessions,
        transcript=SqlTranscript(database),
        accounts=accounts,
        workspaces=workspaces,
        actor=actor,
        desk=desk,
        progress=connections,
        clock=now,
        answer_within=_patience(settings.answer_within),
    )
    sweeper = Sweeper(SqlDoubles(database, peers.now), connections.posters, peers.now)
    threads = ThreadWork(
        inbox,
        handler,
        actor,
        Delivery(connections.posters, desk.undelivered, sweeper, peers.now),
        lambda turn_id, resumed: SqlJournal(database, turn_id, resumed=resumed),
        telemetry,
    )
    worker = Worker(inbox, threads, settings.workers)
    asked = model_check(model, troubled)
    documents = librarian(settings, storage, workspaces, embedded.embedding if embedded else None)
    library = documents.library
    compared = embedding_check(embedded, storage, library) if embedded else None
    tries = checks(database, copied, workspaces, asked, connections, library, compared)
    surveyed = SourcesSurvey(database, peers.now)
    sources = Sources(documents, workspaces, surveyed, peers.now)
    remembered = ThreadMemory(sessions, connections, inbox, now)
    return Product(
        storage=storage,
        connections=connections,
        inbox=inbox,
        sessions=sessions,
        copies=copied,
        paces=Paces(settings),
        workspaces=workspaces,
        door=Door(
            inbox,
            Presses(
                CasePresses(cases, workspaces, now),
                actions,
                SqlFeedbackStore(database),
                actor,
                memory,
                inbox,
                remembered,
                now,
            ),
            Commands(
                connections,
                workspaces,
                inbox,
                Configure(workspaces, connections, desk, SetFacts(accounts, connections, now)),
                (ConfigForm(workspaces, connections, desk), SourcesForm(sources)),
                tries,
                memory,
                remembered,
                sources,
                frozenset(settings.admins.split()),
            ),
            worker,
            peers,
        ),
        checks=tries,
        worker=worker,
        sweeper=sweeper,
        telemetry=telemetry,
        librarian=documents,
        embedder=embedded.embedder if embedded else None,
        memory=memory,
        eraser=eraser,
        retention=Retention(database, settings.keep_days, settings.ledger_days, peers.now),
        offline=offline,
    )
