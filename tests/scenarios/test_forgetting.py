"""``/desk memory``, ``export`` and ``forget``: to their person alone, and nothing is left after."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from adapters.storage import tables
from adapters.storage.accounts import SqlAccountStore
from adapters.storage.erasure import SETTLED_SECONDS
from adapters.storage.turns import SqlJournal
from core import memory_cards, memory_wording
from core.account import Fact, FactSource
from core.cards import Button, Buttons, Card
from core.dossier import File
from core.drafts import Completion, Prompt, Span, Stop, Task
from core.errors import NotSent
from core.ids import AccountKey, MessageRef, Platform, ThreadKey, WorkspaceKey
from core.messages import ButtonPress, Command, Person, Place, Trust
from core.strategies import NEWEST
from core.usage import Usage
from tests.conftest import ARTICLES
from tests.fakes.chat import HOME, Fault
from tests.fakes.models import ScriptedModel, says
from tests.fakes.reading import card_text
from tests.scenarios.in_process import InProcess, in_process
from tests.scenarios.office import Office, Someone
from tests.scenarios.props import shown_to, until
from tests.servers.redis import RedisServer

pytestmark = pytest.mark.only_in_process("what is kept knows nothing of platforms")

CANARY = "canary20871"
LAPTOP = "When is a laptop replaced?"


@dataclass
class Box:
    """A courier that keeps what it was given, by reader."""

    given: dict[str, dict[str, bytes]] = field(default_factory=dict)

    async def deliver(self, reader: AccountKey, files: Sequence[File]) -> Card:
        self.given[reader.user_id] = {Path(each.name).suffix: each.content for each in files}
        return Card(())


async def commanded(someone: Someone, words: str, channel: str = "help") -> Card:
    """The private reply to a command, with its buttons."""
    office = someone.office
    office.commanded += 1
    here = office.stage.key(channel)
    person = Person(someone.key, someone.actor.name.title(), someone.actor.trust)
    command = Command(person, here, words, f"c{office.commanded}", office.tick())
    return await office.product.door.command(command)


async def pressed(someone: Someone, card: Card | None, label: str) -> Card:
    """What comes of pressing a button of a private reply."""
    assert card is not None
    button = next(each for each in buttons(card) if each.label == label)
    return await done(someone, button)


async def done(someone: Someone, button: Button) -> Card:
    ref = MessageRef(ThreadKey(HOME, "help", "m"), "m")
    person = Person(someone.key, someone.actor.name.title())
    press = ButtonPress(person, ref, button.action, button.value, Place.CHANNEL)
    answer = await someone.office.product.door.press(press)
    assert answer is not None
    return answer


def buttons(card: Card) -> list[Button]:
    return [each for block in card.blocks if isinstance(block, Buttons) for each in block.items]


async def tell(someone: Someone, words: str) -> None:
    """Have something remembered."""
    await someone.writes(f"Remember that {words}")
    offer = [each for each in someone.office.log if memory_wording.OFFER_TITLE in each.text][-1]
    await someone.presses(offer, "Yes")


async def test_memory_shows_each_fact_with_source_date_and_expiry(office: Office) -> None:
    """And what the conversation here holds; nobody else's."""
    sam, priya = office.person("sam"), office.person("priya")
    await tell(sam, "I use a Mac")
    thread = await sam.asks(LAPTOP)
    await priya.replies(thread, LAPTOP, mention=True)

    mine, hers = (
        card_text(await commanded(sam, "memory")),
        card_text(await commanded(priya, "memory")),
    )

    year = f"{office.at + timedelta(days=365):%Y-%m-%d}"
    assert f"You use a Mac. (you said so, {office.at:%Y-%m-%d}, until {year})" in mine
    assert "Your annual leave left: 11 days. (from the directory, " in mine
    assert "1 of your messages" in mine
    assert "Word for word I have 1 of them in mind" in mine
    assert "Mac" not in hers
    assert "11 days" not in hers
    assert not any("Mac" in each.text for each in office.seen_in("help"))


async def test_one_fact_is_forgotten_after_a_word_and_with_a_receipt(office: Office) -> None:
    """With its history; somebody else's press of the same button reaches nothing of it."""
    sam, priya = office.person("sam"), office.person("priya")
    await tell(sam, "I use a Mac")
    await tell(sam, "I use a Windows PC")
    question = await commanded(sam, "forget computer")
    assert "You use a Windows PC." in card_text(question)

    theirs = await pressed(priya, question, "Forget it")
    kept = await pressed(sam, question, "Keep it")
    assert card_text(theirs) == memory_wording.FORGET_GONE
    assert card_text(kept) == memory_wording.FORGET_KEPT
    assert "You use a Windows PC." in card_text(await commanded(sam, "memory"))

    receipt = await pressed(sam, question, "Forget it")
    again = await pressed(sam, question, "Forget it")

    assert "Your receipt is E-" in card_text(receipt)
    assert card_text(again) == memory_wording.FORGET_GONE
    rows = await office.product.database.read(
        lambda tx: tx.all("SELECT 1 FROM fact WHERE key = 'computer'")
    )
    assert rows == []


async def test_a_wish_to_forget_ends_after_ten_minutes(office: Office) -> None:
    sam = office.person("sam")
    await tell(sam, "I use a Mac")
    question = await commanded(sam, "forget everything")
    now = office.product.memory._clock()

    office.product.memory._clock = lambda: now + timedelta(minutes=11)
    late = await pressed(sam, question, "Forget it")
    forged = await done(sam, Button("", memory_cards.DO, "99999999999.everything."))

    assert card_text(late) == card_text(forged) == memory_wording.FORGET_LATE
    assert "Mac" in card_text(await commanded(sam, "memory"))


async def test_a_conversation_is_forgotten_without_those_of_others(office: Office) -> None:
    """Priya's part of the same thread, and Sam's other threads, stay."""
    sam, priya = office.person("sam"), office.person("priya")
    other = await sam.asks("What is the hotel limit in Vienna?")
    thread = await sam.asks(f"{LAPTOP} Mine is {CANARY}.")
    await priya.replies(thread, "How long does the VPN stay connected?", mention=True)
    shown = await commanded(sam, "memory")

    receipt = await pressed(sam, await pressed(sam, shown, memory_cards.CONVERSATION), "Forget it")

    session = await office.product.sessions.load(thread.key)
    assert session is not None
    assert [each.author for each in session.exchanges] == [priya.key]
    assert (await office.product.sessions.load(other.key)) is not None
    assert "your messages with my answers (1)" in card_text(receipt)
    assert "1 of your messages" in card_text(await commanded(sam, "memory"))  # the other one
    await priya.replies(thread, "How many devices can use it?")
    assert "2 company devices" in thread.last


async def test_a61_the_same_id_in_another_workspace_is_another_person(office: Office) -> None:
    """Its facts are neither shown nor given out nor forgotten."""
    sam = office.person("sam")
    away = WorkspaceKey(Platform.SLACK, "T9")
    namesake = AccountKey(away, "sam")
    accounts = SqlAccountStore(office.product.database)
    fact = Fact("desk", CANARY, FactSource.PERSON, office.at, office.at + timedelta(days=1))
    await accounts.learn(namesake, [fact])

    assert CANARY not in card_text(await commanded(sam, "memory"))
    (as_json, _) = await office.product.memory.files(sam.key)
    assert CANARY not in as_json.content.decode()
    await pressed(sam, await commanded(sam, "forget everything"), "Forget it")

    assert [each.value for each in (await accounts.recall(namesake)).facts] == [CANARY]


async def test_a56_a_guest_has_no_facts_and_still_owns_their_words(office: Office) -> None:
    """Nothing is offered to be remembered; what they said they can take along and erase."""
    await office.stage.person("gus", facts={"desk": CANARY})
    gus = office.person("gus", Trust.GUEST)
    await gus.writes("Remember that my desk is 14B")
    await gus.writes("How long does the VPN stay connected?")

    assert not any(memory_wording.OFFER_TITLE in each.text for each in office.log)
    assert CANARY not in card_text(await commanded(gus, "memory"))
    (as_json, _) = await office.product.memory.files(gus.key)
    assert "VPN" in as_json.content.decode()
    await pressed(gus, await commanded(gus, "forget everything"), "Forget it")
    (as_json, _) = await office.product.memory.files(gus.key)
    assert "VPN" not in as_json.content.decode()


@pytest.mark.parametrize(
    "words",
    ["'; DROP TABLE fact; --", "%", "_", 'x" OR 1=1', "a\u0000b", ":account", "\u202eknihc"],
)
async def test_a94_whatever_is_to_be_forgotten_is_only_ever_a_name(
    office: Office, words: str
) -> None:
    """Also as the target of a button that somebody edited, and as a fact's own words."""
    sam = office.person("sam")
    await tell(sam, "I use a Mac")

    named = await commanded(sam, f"forget {words}")
    forged = [
        await done(sam, Button("", memory_cards.ASK, f"{scope}.{words}"))
        for scope in ("fact", "thread", "everything", words)
    ]
    await office.person("alex").commands(f"config fact @sam {words} = {words}")

    assert "Forget it" not in card_text(named)
    assert all("Mac" not in card_text(each) for each in forged)
    assert "You use a Mac." in card_text(await commanded(sam, "memory"))


async def test_a67_invisible_marks_do_not_become_a_fact(office: Office) -> None:
    """What a person confirms is what is kept, letter for letter."""
    sam = office.person("sam")

    await sam.writes("Remember that my desk is 14\u200bB\u202e\U000e0041")
    offer = [each for each in office.log if memory_wording.OFFER_TITLE in each.text][-1]
    await sam.presses(offer, "Yes")

    assert "Your desk: 14B." in offer.text
    facts = (await SqlAccountStore(office.product.database).recall(sam.key)).facts
    assert [each.value for each in facts if each.source.by_word] == ["14B"]


@dataclass
class Kept:
    """An office with everything that it keeps, and how all of that is searched."""

    office: Office
    model: ScriptedModel
    folder: Path
    url: str = ""
    redis: RedisServer | None = None

    @property
    def stage(self) -> InProcess:
        stage = self.office.stage
        assert isinstance(stage, InProcess)
        return stage

    async def found(self) -> list[str]:
        """Where the canary is, in whatever is kept."""
        there = [each for each in self.folder.rglob("*") if each.is_file()]
        places = [each.name for each in there if CANARY.encode() in each.read_bytes().lower()]
        if self.url:
            places += await self._in_postgres()
        if self.redis is not None:
            client = Redis.from_url(self.redis.url)
            async for key in client.scan_iter():
                held = await client.hgetall(key)
                if CANARY in str(held).lower():
                    places.append(f"redis {key!r}")
            await client.aclose()
        return places

    async def _in_postgres(self) -> list[str]:
        connection = await asyncpg.connect(self.url)
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        places = []
        for (table,) in tables:
            rows = await connection.fetch(f'SELECT t::text AS row FROM "{table}" AS t')
            if any(CANARY in row["row"].lower() for row in rows):
                places.append(table)
        await connection.close()
        return places


@pytest.fixture(params=["sqlite", "postgres and redis"])
def stores(request: pytest.FixtureRequest) -> tuple[str, RedisServer | None]:
    """Where things are kept, if not in a file."""
    if request.param == "sqlite":
        return "", None
    return request.getfixturevalue("postgres_url"), request.getfixturevalue("redis_server")


@pytest.fixture
async def kept(
    stores: tuple[str, RedisServer | None],
    tmp_path: Path,
    furnished: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Kept]:
    """An office on each kind of store."""
    url, redis = stores
    if redis is not None:
        monkeypatch.setenv("FRONTDESK_REDIS_URL", redis.url)
    model = ScriptedModel(answer=says("Yes, it is."), summarise=says(f"Sam has {CANARY}."))
    async with AsyncExitStack() as opened:
        opening = in_process(tmp_path / "office", furnished, ARTICLES, model, url=url)
        office = Office(await opened.enter_async_context(opening))
        await office.people()
        await office.staff("maya", "tom")
        office.start()
        yield Kept(office, model, tmp_path / "office", url, redis)


async def live(kept: Kept) -> None:
    """Leave the canary wherever a person's words can be."""
    office = kept.office
    sam, priya = office.person("sam"), office.person("priya")
    await tell(sam, f"my desk is 14B {CANARY}")
    await tell(sam, f"my desk is 15B {CANARY}")
    await sam.writes(f"Remember that my chair is {CANARY}")  # and no answer
    thread = await sam.asks(f"{LAPTOP} Mine is {CANARY}.")
    await priya.replies(thread, LAPTOP, mention=True)
    for number in range(NEWEST.most):
        await sam.replies(thread, f"{LAPTOP} {CANARY} {number}", mention=True)
    for answer in ("Confirm", "Cancel"):
        await sam.asks(f"Please report that the printer {CANARY} is out of paper")
        offer = [each for each in office.log if "Shall I do this?" in each.text][-1]
        await sam.presses(offer, answer)
    await sam.asks(f"Please report that the printer {CANARY} is on fire")
    await sam.asks(f"I want to talk to a real person about {CANARY}")
    case = await sam.asks(f"I want to talk to a human about {CANARY} again")
    await office.person("maya").presses(office.card(), "Claim")
    await sam.replies(case, f"It is about {CANARY}")
    kept.stage.chat.faults.append(Fault(NotSent("later", retry_after=600.0)))
    await sam.writes(f"{LAPTOP} {CANARY}", wait=False)
    await until(office, lambda: not kept.stage.chat.faults)
    while office.product.worker.busy:
        await office.stage.pause()
    office.start()
    await office.stage.pause()
    await sam.asks(f"{LAPTOP} {CANARY} waits", wait=False)
    await sam.asks(f"{LAPTOP} {CANARY} was given up", wait=False)
    database = office.product.database
    waiting, dead = [kept.stage.written[each] for each in sam.written[-2:]]
    spoken = Completion("m", Stop.END, (Span(CANARY),), usage=Usage(calls=1))
    for message in (waiting, dead):
        journal = SqlJournal(database, message.turn_id, resumed=False)
        for step in ("route", "answer:1"):
            await journal.once(step, Completion, lambda: _at_once(spoken))
    await database.write(
        lambda tx: tx.run(
            "UPDATE inbox SET state = 'dead' WHERE dedupe = :d", d=f"message:{dead.ref}"
        )
    )


async def _at_once(completion: Completion) -> Completion:
    return completion


async def test_a60_after_forgetting_nothing_is_found_but_the_receipt(kept: Kept) -> None:
    """Of facts, conversations, summaries, requests, actions, queues, journals and copies."""
    await live(kept)
    office = kept.office
    sam, priya = office.person("sam"), office.person("priya")
    box = Box()
    office.product.connections.couriers[HOME.platform] = box
    await commanded(sam, "export")
    exported = box.given["sam"]
    assert await kept.found()

    receipt = card_text(await pressed(sam, await commanded(sam, "forget everything"), "Forget it"))

    if office.product.copies is not None:
        await asyncio.gather(*office.product.copies._writes)
    assert await kept.found() == []
    assert "Your receipt is E-" in receipt
    whole = json.loads(exported[".json"])
    assert {"facts", "conversations", "requests", "actions"} <= whole.keys()
    assert exported[".json"].decode().count(CANARY) > NEWEST.most
    assert exported[".md"].decode().count(CANARY) > NEWEST.most
    rows = await office.product.database.read(
        lambda tx: tx.all("SELECT account, scope FROM erasure")
    )
    assert [(row["account"], row["scope"]) for row in rows] == [(str(sam.key), "everything")]
    office.start()
    await office.settled()
    assert "Somebody withdrew this request." in office.card().text
    asked = len(kept.model.prompts)
    await priya.asks(LAPTOP)
    await sam.writes(LAPTOP)
    assert CANARY not in shown_to(kept.model, asked)
    assert await kept.found() == []


class Slow(ScriptedModel):
    """A model that answers when it is told to, at the second try only."""

    def __init__(self) -> None:
        super().__init__(answer=says(f"It is {CANARY}."))
        self.answering, self.may_go = asyncio.Event(), asyncio.Event()

    async def complete(self, prompt: Prompt) -> Completion:
        if prompt.task is Task.ANSWER:
            self.answering.set()
            await self.may_go.wait()
        done = await super().complete(prompt)
        tries = sum(each.task is Task.ANSWER for each in self.prompts)
        return replace(done, stop=Stop.LENGTH) if tries == 1 else done


async def test_a60_a_turn_under_way_leaves_nothing_either(tmp_path: Path, furnished: Path) -> None:
    """Its answer is not told any more, and what it cost is not kept in words."""
    model = Slow()
    async with in_process(tmp_path / "office", furnished, ARTICLES, model) as stage:
        office = Office(stage)
        await office.people()
        office.start()
        sam = office.person("sam")
        await sam.writes(f"{LAPTOP} {CANARY}", wait=False)
        await model.answering.wait()

        await pressed(sam, await commanded(sam, "forget everything"), "Forget it")
        model.may_go.set()
        await office.settled()

        kept = Kept(office, model, tmp_path / "office")
        assert not await office.product.eraser.purge()  # too early: it might still be under way
        now = office.product.eraser._clock()
        office.product.eraser._clock = lambda: now + SETTLED_SECONDS
        assert await office.product.eraser.purge()
        assert await kept.found() == []
        assert office.log == []


def test_a60_every_table_is_searched_for_words_of_people() -> None:
    """A new one is thought of in ``adapters.storage.traces``, or holds keys and numbers only."""
    forgotten = {
        "account_link", "action", "exchange", "fact", "feedback", "handoff_case", "inbox",
        "outbox", "session", "teams_once", "turn_step",
    }  # fmt: skip
    nobodys = {"document", "knowledge_source", "passage", "passage_vector", "workspace_settings"}
    keys = {"case_event", "erasure", "teams_conversation", "teams_sent", "thread", "turn"}

    assert set(tables.FactRow.metadata.tables) == forgotten | nobodys | keys
