"""A Claude model on a fake service and a fake clock, and prompts to ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from adapters.llm.claude import ClaudeModel, Time
from adapters.llm.claude_wire import Patience, Wire
from adapters.llm.prices import Lineup, Price, Rated
from core.account import Account, Fact, FactSource
from core.drafts import Prompt, Task, ToolSpec
from core.evidence import Document, Evidence, Passage
from core.ids import AccountKey, Platform, ThreadKey, WorkspaceKey
from core.messages import InboundMessage, Person, Place
from core.prompts import instructions
from core.routes import Tier
from core.session import Exchange, ExchangeKind, Session
from core.steps.assemble import assemble
from core.steps.route import SCHEMA
from core.window import Part, Piece
from tests.fakes.claude import FakeClaude

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOME = WorkspaceKey(Platform.SLACK, "T1")
SAM = Person(AccountKey(HOME, "U1"), "Sam")
THREAD = ThreadKey(HOME, "C1", "1.0")
MAIN, SMALL, SPARE = "main-model", "small-model", "spare-model"
LINEUP = Lineup(
    Rated(MAIN, Price(Decimal(2), Decimal(10), Decimal("0.2"))),
    Rated(SMALL, Price(Decimal("0.1"), Decimal("0.5"), Decimal("0.01"))),
)
SPARED = Lineup(
    LINEUP.main, LINEUP.small, Rated(SPARE, Price(Decimal(4), Decimal(20), Decimal("0.2")))
)


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    now: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def time(self) -> Time:
        return Time(clock=lambda: self.now, sleep=self.sleep, chance=lambda: 0.5)


@dataclass
class Rig:
    """The fake service, the fake clock and the model between them."""

    fake: FakeClaude
    time: FakeTime
    model: ClaudeModel


@asynccontextmanager
async def rig(
    lineup: Lineup = LINEUP,
    patience: Patience | None = None,
    *,
    stream: bool = False,
    url: str = "",
    real_time: bool = False,
) -> AsyncIterator[Rig]:
    """A model under test, closed afterwards."""
    patience = patience or Patience()
    async with FakeClaude() as fake:
        time = FakeTime()
        wire = Wire("sk-ant-test", base_url=url or fake.url, patience=patience, stream=stream)
        clock = None if real_time else time.time
        model = ClaudeModel(wire, lineup, patience=patience, time=clock)
        try:
            yield Rig(fake, time, model)
        finally:
            await model.close()


def passage(passage_id: str, words: str, title: str = "Travel policy") -> Passage:
    document = Document(f"d-{passage_id}", title, "https://x.test", "HR", date(2026, 3, 1), "all")
    return Passage(passage_id, document, "Hotels", words, 1.0)


HOTELS = passage("p1", "A night in a hotel may cost 180 euros.\n\nBook with Wayfare.")
TRAINS = passage("p2", "Trains are second class below four hours.")


def exchange(asked: str, answered: str, name: str = "Sam") -> Exchange:
    return Exchange("t", SAM.key, name, asked, answered, AT, ExchangeKind.ANSWER)


def session(*exchanges: Exchange, summary: str = "") -> Session:
    return Session(THREAD, exchanges=exchanges, summary=summary)


def ask(
    words: str = "How much may a hotel cost?",
    *passages: Passage,
    task: Task = Task.ANSWER,
    before: Session | None = None,
    facts: tuple[tuple[str, str], ...] = (),
    tools: tuple[ToolSpec, ...] = (),
) -> Prompt:
    """A prompt as core assembles it."""
    message = InboundMessage("1.1", THREAD, SAM, words, AT, Place.CHANNEL, mentions_bot=True)
    evidence = Evidence(passages or (HOTELS, TRAINS), 0.9)
    known = tuple(Fact(key, value, FactSource.DIRECTORY, AT) for key, value in facts)
    account = Account(SAM.key, known) if facts else None
    return assemble(task, message, before or session(), SAM.key, evidence, account, tools)


def routing(words: str = "How much may a hotel cost?", *earlier: Exchange) -> Prompt:
    """A routing prompt."""
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(Task.ROUTE), required=True)]
    for each in earlier:
        said = f"{each.author_name}: {each.asked}\nBot: {each.answered}"
        pieces.append(Piece(Part.EXCHANGE, said, 50, exchange=each))
    pieces.append(Piece.of(Part.QUESTION, words, required=True))
    return Prompt(Task.ROUTE, Tier.SMALL, tuple(pieces), schema=SCHEMA)


def summarising(*earlier: Exchange) -> Prompt:
    """A summarising prompt."""
    pieces = [Piece.of(Part.INSTRUCTIONS, instructions(Task.SUMMARISE), required=True)]
    for each in earlier:
        said = f"{each.author_name}: {each.asked}\nBot: {each.answered}"
        pieces.append(Piece(Part.EXCHANGE, said, 50, exchange=each))
    return Prompt(Task.SUMMARISE, Tier.SMALL, tuple(pieces))
