"""What a thread of fifty turns costs, beside a window that slides on by one exchange a turn.

The prompts are the product's own, from a thread that runs through all of it; the bill is
what a service that caches prompts would write, at published prices: reading the cache costs a
tenth of the price of input, writing it a quarter more. The window is given the
better of two policies: caching what its prompts begin with, or not caching at all.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from adapters.knowledge.folder import FolderSource
from adapters.knowledge.library import Library
from adapters.llm.claude_request import request
from adapters.llm.offline import OfflineModel
from adapters.storage.migrate import upgrade_sqlite
from adapters.storage.sqlite import SqliteDatabase
from adapters.storage.transcript import SqlTranscript
from bot.settings import DEMO, Settings
from core.drafts import Completion, Prompt, Span, Stop, Task
from core.session import Exchange
from core.window import Part, Piece
from tests.fakes.claude import FakeClaude
from tests.fakes.claude_mind import Reply
from tests.scenarios.in_process import in_process
from tests.scenarios.office import Office

SLIDING = 20  # exchanges
READ, WRITTEN = 0.1, 1.25  # times the price of input
PRICES = Settings()
SMALL = float(PRICES.small_price_in / PRICES.price_in)  # of the model that summarises
OUT = float(PRICES.small_price_out / PRICES.small_price_in)
ARTICLES = DEMO / "articles"
QUESTIONS = """
How long does the VPN stay connected?|How many devices can use it?|When is a laptop replaced?
What is the hotel limit in Berlin?|How many days of annual leave do I get?
Can I carry over leave to next year?|How do I report a lost phone?|What is the per diem in France?
Who approves business travel?|How do I book a meeting room?|Where can I park my bike?
How do I reset my password?|What counts as a security incident?|How much is the learning budget?
When do I get my payslip?|How long is probation?|How do I get a corporate card?
What are the public holidays?|How do I request new software?|What is the mileage rate?
How do I print at the office?|Can I work from abroad?|How do I add an email alias?
What is the referral bonus?|How do I set up two-factor sign-in?
"""
ASKED = [each.strip() for line in QUESTIONS.split("\n") for each in line.split("|") if each.strip()]
THREAD = [*ASKED, *(each.replace("?", " for a contractor?") for each in ASKED)]


class Talker:
    """The offline model, whose answers are as long as a passage when that is asked for."""

    def __init__(self, *, at_length: bool) -> None:
        self.asked: list[tuple[Prompt, Completion]] = []
        self._at_length, self._offline = at_length, OfflineModel()

    async def complete(self, prompt: Prompt) -> Completion:
        said = await self._offline.complete(prompt)
        best = [piece.passage for piece in prompt.pieces if piece.passage is not None][-1:]
        if self._at_length and prompt.task is Task.ANSWER and best:
            spans = (Span(best[0].text, (best[0].passage_id,)),)
            said = Completion("talker", Stop.END, spans=spans)
        self.asked.append((prompt, said))
        return replace(said, usage=replace(said.usage, calls=1))


@dataclass
class Bill:
    """The price of a thread's prompts, in tokens of input."""

    cold: bool
    service: FakeClaude = field(default_factory=FakeClaude)
    price: float = 0.0

    def add(self, body: dict[str, Any], share: float = 1.0, *, out: str = "") -> None:
        if self.cold:
            self.service._cached.clear()
        usage = self.service.message(body, Reply([{"type": "text", "text": out}]))["usage"]
        asked = usage["input_tokens"] + WRITTEN * usage["cache_creation_input_tokens"]
        read = READ * usage["cache_read_input_tokens"]
        said = OUT * usage["output_tokens"] if out else 0.0
        self.price += share * (asked + read + said)


@dataclass(frozen=True)
class Costs:
    """Ours beside the window's, for one kind of thread."""

    ours: float
    cached: float
    uncached: float

    @property
    def share(self) -> float:
        """Of the cheaper of the window's two bills."""
        return self.ours / min(self.cached, self.uncached)


@dataclass(frozen=True)
class Talk:
    """A thread as it went: every prompt with what came back, and its exchanges."""

    asked: Sequence[tuple[Prompt, Completion]]
    exchanges: Sequence[Exchange]


async def talk(furnished: Path, folder: Path, *, at_length: bool, apart: timedelta) -> Talk:
    """A thread of fifty questions; ``furnished`` is a database with the sample documents."""
    talker = Talker(at_length=at_length)
    async with in_process(folder, furnished, ARTICLES, talker) as stage:
        office = Office(stage)
        await office.people()
        office.start()
        sam, begun = office.person("sam"), office.at
        there = await sam.asks(THREAD[0])
        for words in THREAD[1:]:
            office.at += apart
            await sam.replies(there, words, mention=True)
        rows = SqlTranscript(office.product.database)
        exchanges = await rows.between(there.key, begun, office.at)
    return Talk(talker.asked, exchanges)


def costs(talk: Talk, *, cold: bool) -> Costs:
    """What the prompts of a thread cost: the answers', and ours for summaries as well.

    What strategies have in common, routing and the answers themselves, is left out.
    """
    ours, cached, uncached = Bill(cold), Bill(cold), Bill(cold)
    answered: set[str] = set()
    for prompt, said in talk.asked:
        question = prompt.text_of(Part.QUESTION)
        if prompt.task is Task.SUMMARISE:
            ours.add(request(prompt, "small").body, SMALL, out=said.text)
        if prompt.task is not Task.ANSWER or question in answered:
            continue
        answered.add(question)
        ours.add(request(prompt, "main").body)
        slid = _slid(prompt, talk.exchanges, question)
        cached.add(request(replace(slid, soon=True), "main").body)
        uncached.add(_uncached(request(slid, "main").body))
    return Costs(ours.price, cached.price, uncached.price)


def _slid(prompt: Prompt, exchanges: Sequence[Exchange], question: str) -> Prompt:
    """The same prompt with the newest exchanges word for word instead of what we remember."""
    at = next(place for place, each in enumerate(exchanges) if each.asked == question)
    newest = exchanges[max(0, at - SLIDING) : at]
    ours = (Part.SUMMARY, Part.DETAILS, Part.CORRECTION, Part.RECALLED, Part.EXCHANGE)
    first, *rest = (piece for piece in prompt.pieces if piece.part not in ours)
    said = (Piece(Part.EXCHANGE, each.prompted, 0, exchange=each) for each in newest)
    return replace(prompt, pieces=(first, *said, *rest))


def _uncached(body: dict[str, Any]) -> dict[str, Any]:
    for block in body["system"]:
        block.pop("cache_control", None)
    for message in body["messages"]:
        for block in message["content"]:
            block.pop("cache_control", None)
    return body


async def measured(furnished: Path, folder: Path) -> Iterator[tuple[str, Costs]]:
    """Short and long answers, in a thread that goes on and in one that rests in between."""
    found = []
    for name, at_length in (("quoted answers", False), ("answers of a passage", True)):
        for rests, apart in (("warm", timedelta(seconds=30)), ("cold", timedelta(minutes=10))):
            place = folder / f"{name} {rests}"
            went = await talk(furnished, place, at_length=at_length, apart=apart)
            found.append((f"{name}, {rests}", costs(went, cold=rests == "cold")))
    return iter(found)


async def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = SqliteDatabase(folder / "furnished.db", prepare=upgrade_sqlite)
        await Library(database).sync([FolderSource(ARTICLES)])
        await database.close()
        print("| a thread of 50 turns | ours | window, cached | window, not cached | share |")
        print("|---|---|---|---|---|")
        for what, cost in await measured(folder / "furnished.db", folder):
            bills = (cost.ours, cost.cached, cost.uncached)
            print(f"| {what} |", *(f"{round(each):,} |" for each in bills), f"{cost.share:.2f} |")


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(main())
