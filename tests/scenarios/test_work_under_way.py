"""Leases, shutdowns and failing steps while work is under way. Judged by the chat's log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

import pytest

from adapters.llm.offline import OfflineModel
from adapters.storage.database import Database, Work
from adapters.storage.peers import Alone
from adapters.storage.work import LEASE_SECONDS
from bot.settings import Settings
from bot.storage import Storage
from bot.wiring import Product, build
from bot.worker import CROWD
from core import wording
from core.drafts import Completion, Prompt, Task
from core.errors import Ambiguous, NotSent, StoreUnavailable
from core.ids import Platform
from core.outcome import Post
from tests.contract.given import HandClock
from tests.fakes.chat import HOME, FakeChat, Fault
from tests.fakes.fate import Fate, step_name
from tests.fakes.models import ScriptedModel
from tests.scenarios.lives import Lives, asks
from tests.scenarios.office import Office

T = TypeVar("T")

LAPTOP, LAPTOPS = "When is a laptop replaced?", "Laptops and the new-starter kit"
VIENNA, HOTELS = "What is the hotel limit in Vienna?", "Hotel limits by city"
MILEAGE, DRIVING = "What is the mileage rate?", "Mileage and driving for work"


@dataclass
class SlowModel(OfflineModel):
    """Says that it was asked for an answer, and gives it when it may."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    answers: int = 0

    async def complete(self, prompt: Prompt) -> Completion:
        if prompt.task is Task.ANSWER:
            self.answers += 1
            self.asked.set()
            await self.may_answer.wait()
        return await super().complete(prompt)


@dataclass
class SlowChat(FakeChat):
    """Shows a post at once, and says so when it may."""

    shown: asyncio.Event = field(default_factory=asyncio.Event)
    may_say: asyncio.Event = field(default_factory=asyncio.Event)

    async def post(self, post: Post, post_id: str) -> str:
        message_id = await super().post(post, post_id)
        self.shown.set()
        await self.may_say.wait()
        return message_id


async def attempts(office: Office) -> list[int]:
    rows = await office.product.database.read(
        lambda tx: tx.all("SELECT attempts FROM inbox ORDER BY id")
    )
    return [row["attempts"] for row in rows]


async def test_f17_shutdown_lets_a_turn_under_way_end(lives: Lives) -> None:
    """Its answer is out before the process ends; what had not begun is left for the next."""
    lives.model = slow = SlowModel()
    office = await lives.begin()
    await office.product.door.message(asks(LAPTOP, 1))
    await office.product.door.message(asks(VIENNA, 2, "m1"))
    await slow.asked.wait()

    ending = asyncio.create_task(lives.retire(office, 10.0))
    await asyncio.sleep(0)
    slow.may_answer.set()
    await ending

    assert [LAPTOPS in each.text for each in lives.replies("m1")] == [True]
    office = await lives.begin()
    await office.settled()
    assert [HOTELS in each.text for each in lives.replies("m1")] == [False, True]
    assert lives.chat.looked == 0
    assert await attempts(office) == [1, 1]


async def test_f17_a_turn_too_slow_for_the_shutdown_is_given_back(lives: Lives) -> None:
    """It does not count as an attempt, nor as a death; one answer after the next start."""
    lives.model = slow = SlowModel()
    office = await lives.begin()
    await office.product.door.message(asks(LAPTOP, 1))
    await slow.asked.wait()

    await lives.retire(office, 0.01)
    slow.may_answer.set()
    office = await lives.begin()
    await office.settled()

    assert len(lives.replies("m1")) == 1
    assert await attempts(office) == [1]


async def test_f17_a_send_cut_off_by_the_shutdown_is_looked_for(lives: Lives) -> None:
    """People saw it already; it does not come a second time."""
    lives.chat = slow = SlowChat()
    office = await lives.begin()
    await office.product.door.message(asks(LAPTOP, 1))
    await slow.shown.wait()

    await lives.retire(office, 0.01)
    slow.may_say.set()
    office = await lives.begin()
    await office.settled()

    assert slow.looked == 1
    assert len(lives.replies("m1")) == 1


async def test_f17_nothing_is_begun_after_the_shutdown_has(lives: Lives) -> None:
    """A message that comes in at the last moment is kept for the next process."""
    office = await lives.begin()
    stopping = asyncio.create_task(office.product.worker.stop(1.0))
    await asyncio.sleep(0)
    await office.product.door.message(asks(LAPTOP, 1))
    await stopping
    await lives.retire(office, 1.0)
    assert lives.chat.log == []

    office = await lives.begin()
    await office.settled()

    assert await attempts(office) == [1]
    assert len(lives.replies("m1")) == 1


@pytest.mark.parametrize(
    "step", ["Inbox.lease", "Inbox.finish", "Inbox.delivered", "SqlJournal._write"]
)
async def test_a_step_that_the_database_refuses_once_is_done_later(lives: Lives, step: str) -> None:
    """Full or locked for a moment: one answer, and the attempt does not count."""
    fate = Fate("before", step, error=StoreUnavailable("SQLite: database or disk is full."))
    lives.model = ScriptedModel()
    office = await lives.begin(fate, works=False)

    await office.product.door.message(asks(LAPTOP, 1))
    office.start()
    await office.settled()

    assert f"before {step}" in fate.steps
    assert len(lives.replies("m1")) == 1
    assert await attempts(office) == [1]


async def test_f19_a_database_locked_at_the_start_delays_the_work_only(lives: Lives) -> None:
    """The worker tries again until it can begin."""
    fate = Fate("before", "Inbox.recover", error=StoreUnavailable("SQLite: database is locked."))
    office = await lives.begin(fate)

    await office.product.door.message(asks(LAPTOP, 1))
    await office.settled()

    assert len(lives.replies("m1")) == 1


async def test_an_error_that_nobody_foresaw_frees_the_thread(lives: Lives) -> None:
    """Also where no message is to blame; what follows in the thread is handled."""
    fate = Fate("before", "Inbox.delivered", error=RuntimeError("what is this?"))
    office = await lives.begin(fate)

    await office.product.door.message(asks(LAPTOP, 1))
    await office.product.door.message(asks(VIENNA, 2, "m1"))
    await office.settled()

    first, second = lives.replies("m1")
    assert LAPTOPS in first.text
    assert HOTELS in second.text


class Broken(OfflineModel):
    """Fails on some words in a way that nobody foresaw."""

    async def complete(self, prompt: Prompt) -> Completion:
        if "gremlin" in prompt.pieces[-1].text:
            raise RuntimeError("gremlin")
        return await super().complete(prompt)


async def test_f52_a_message_on_which_the_code_fails_is_tried_five_times(lives: Lives) -> None:
    """Then its writer is told and gets a person, and the thread goes on."""
    lives.model = Broken()
    office = await lives.begin(works=False)
    product, clock = office.product, by_hand(office)
    await product.door.message(asks("What about the gremlin?", 1))
    await product.door.message(asks(LAPTOP, 2, "m1"))
    office.start()

    for _ in range(8):
        await idle(office)
        clock.pass_by(60)
    await office.settled()

    texts = [each.text for each in lives.replies("m1")]
    assert [wording.GAVE_UP in each for each in texts] == [True, False, False]
    assert LAPTOPS in texts[2]
    assert len(lives.replies("", "support")) == 1
    assert await attempts(office) == [6, 1]  # five tries, and the last words


async def test_f53_a_message_of_another_version_ends_in_words_too(lives: Lives) -> None:
    """What cannot be read cannot be handled; it is kept, its thread goes on."""
    office = await lives.begin(works=False)
    product, clock = office.product, by_hand(office)
    await product.door.message(asks(LAPTOP, 1))
    await product.door.message(asks(VIENNA, 2, "m1"))
    await product.database.write(
        lambda tx: tx.run("UPDATE inbox SET payload = '{\"version\": 99}' WHERE id = 1")
    )
    office.start()

    for _ in range(8):
        await idle(office)
        clock.pass_by(60)
    await office.settled()

    first, second = lives.replies("m1")
    assert wording.GAVE_UP_ALONE in first.text
    assert HOTELS in second.text
    kept = await product.database.read(
        lambda tx: tx.one("SELECT state, payload FROM inbox WHERE id = 1")
    )
    assert kept is not None
    assert (kept["state"], kept["payload"]) == ("dead", '{"version": 99}')


def by_hand(office: Office) -> HandClock:
    """A clock for what is put off, moved on by hand."""
    clock = HandClock(time.time())
    cast("Alone", office.product.peers).now = clock
    office.product.worker._threads._delivery._clock = clock
    return clock


async def idle(office: Office) -> None:
    """Until the worker has nothing to do at this moment."""
    async with asyncio.timeout(10):
        while True:
            office.product.worker.wake()
            await asyncio.sleep(0.02)
            rows = await office.product.database.read(
                lambda tx: tx.all(
                    "SELECT 1 FROM thread WHERE owner IS NOT NULL"
                    " OR (pending > 0 AND ready_at <= :now)",
                    now=office.product.peers.now(),
                )
            )
            if not rows:
                return


async def test_f31_two_workers_on_one_thread(lives: Lives) -> None:
    """The one that lost the lease while its model was slow writes nothing and posts nothing."""
    lives.model = slow = SlowModel()
    office = await lives.begin()
    await office.product.door.message(asks(LAPTOP, 1))
    await slow.asked.wait()
    slow.asked.clear()

    second = build(
        Settings(), Storage.alone(office.product.database), slow
    )  # its start ends all leases
    second.connections.plug(HOME, lives.chat, lives.directory)
    working = asyncio.create_task(second.worker.run())
    await slow.asked.wait()
    slow.may_answer.set()
    await office.settled()
    await second.worker.stop()
    await working

    assert slow.answers == 2
    assert len(lives.chat.log) == 1
    turns = await office.product.database.read(lambda tx: tx.all("SELECT 1 FROM turn"))
    assert len(turns) == 1


@dataclass
class Stopped:
    """A database whose process is stopped right after it has decided on an answer."""

    real: Database
    meanwhile: Callable[[], Awaitable[None]]

    async def write(self, work: Work[T]) -> T:
        result = await self.real.write(work)
        if step_name(work) == "Inbox.finish":
            await self.meanwhile()
        return result

    async def read(self, work: Work[T]) -> T:
        return await self.real.read(work)

    async def look(self, work: Work[T]) -> T:
        return await self.real.look(work)

    async def close(self) -> None:
        await self.real.close()


async def test_f32_a_process_that_wakes_after_its_lease_posts_nothing(lives: Lives) -> None:
    """Stopped between its decision and the send: another one has sent it meanwhile."""
    office = await lives.begin(works=False)
    steady, real = HandClock(0.0), office.product.database

    async def meanwhile() -> None:
        steady.pass_by(LEASE_SECONDS * 2)
        second = connected(real)
        working = asyncio.create_task(second.worker.run())
        await office.settled()
        await second.worker.stop()
        await working

    def connected(database: Database) -> Product:
        product = build(Settings(), Storage.alone(database, Alone(steady=steady)))
        product.connections.plug(HOME, lives.chat, lives.directory)
        return product

    first = connected(Stopped(real, meanwhile))
    await first.door.message(asks(LAPTOP, 1))
    working = asyncio.create_task(first.worker.run())
    async with asyncio.timeout(10):
        while not lives.chat.log:
            await asyncio.sleep(0.01)
    await first.worker.stop()
    await working

    assert len(lives.chat.log) == 1


async def test_f32_a_process_that_wakes_alone_goes_on(lives: Lives) -> None:
    """Stopped for longer than its lease, with nobody else there: one answer, not two."""
    lives.model = slow = SlowModel()
    office = await lives.begin(works=False)
    steady = HandClock(0.0)
    cast("Alone", office.product.peers).ticks = steady
    office.start()
    await office.product.door.message(asks(LAPTOP, 1))
    await slow.asked.wait()

    steady.pass_by(LEASE_SECONDS * 2)
    slow.may_answer.set()
    await office.settled()

    assert slow.answers == 1
    assert len(lives.replies("m1")) == 1


async def test_f47_duplicates_and_late_ones_in_any_order(lives: Lives) -> None:
    """One turn each, in the order they were written."""
    office = await lives.begin(works=False)
    story = [asks(LAPTOP, 1), asks(VIENNA, 2, "m1"), asks(MILEAGE, 3, "m1")]
    for each in [*reversed(story), *story]:
        await office.product.door.message(each)
    office.start()
    await office.settled()
    for each in story:  # once more, long after they were answered
        await office.product.door.message(each)
    await office.settled()

    texts = [each.text for each in lives.replies("m1")]
    assert [name in text for name, text in zip((LAPTOPS, HOTELS, DRIVING), texts, strict=True)] == [
        True,
        True,
        True,
    ]


async def test_posts_for_a_platform_that_is_not_running_wait_for_it(lives: Lives) -> None:
    """Nothing else is held up, and they leave when it is back."""
    office = await lives.begin(works=False)
    poster = office.product.connections.posters.pop(Platform.WEB)
    clock = by_hand(office)
    office.start()
    await office.product.door.message(asks(LAPTOP, 1))
    await idle(office)
    assert lives.chat.log == []

    office.product.connections.posters[Platform.WEB] = poster
    clock.pass_by(61)
    await office.settled()

    assert len(lives.replies("m1")) == 1


@pytest.mark.parametrize(
    "fault",
    [
        Fault(NotSent("busy", retry_after=0.1)),
        Fault(Ambiguous("timeout")),
        Fault(Ambiguous("timeout"), shown=True),
        Fault(RuntimeError("a bug in drawing")),
        Fault(RuntimeError("a bug after sending"), shown=True),
    ],
)
async def test_f43_a_send_that_fails_ends_in_one_visible_answer(lives: Lives, fault: Fault) -> None:
    """Shown or not, foreseen or not; what follows in the thread stays behind it."""
    office = await lives.begin(works=False)
    clock = by_hand(office)
    lives.chat.faults.append(fault)
    office.start()
    await office.product.door.message(asks(LAPTOP, 1))
    await office.product.door.message(asks(VIENNA, 2, "m1"))
    await idle(office)
    assert not any(HOTELS in each.text for each in lives.replies("m1"))

    clock.pass_by(6)
    await office.settled()

    first, second = lives.replies("m1")
    assert LAPTOPS in first.text
    assert HOTELS in second.text


async def test_f43_a_look_that_fails_is_not_taken_for_an_answer(lives: Lives) -> None:
    """Refused by a rate limit while looking, we still do not know, and do not send blindly."""

    class Busy(FakeChat):
        busy = 1

        async def find(self, post: Post, post_id: str) -> str | None:
            if self.busy:
                self.busy -= 1
                raise NotSent("rate limited", retry_after=1.0)
            return await super().find(post, post_id)

    lives.chat = Busy()
    lives.chat.faults.append(Fault(Ambiguous("timeout"), shown=True))
    office = await lives.begin(works=False)
    clock = by_hand(office)
    office.start()
    await office.product.door.message(asks(LAPTOP, 1))
    for _ in range(3):
        await idle(office)
        clock.pass_by(6)
    await office.settled()

    assert len(lives.replies("m1")) == 1


async def test_a_support_channel_that_refuses_cards_holds_up_no_answers(lives: Lives) -> None:
    """The requester hears it once; other threads go on; the card comes when the channel is back."""
    lives.chat.closed.add("support")
    office = await lives.begin(works=False)
    clock = by_hand(office)
    office.start()
    await office.product.door.message(asks("I want to talk to a real person please", 1))
    for _ in range(3):
        await idle(office)
        clock.pass_by(31)
    await office.product.door.message(asks(LAPTOP, 2))
    await idle(office)
    assert [LAPTOPS in each.text for each in lives.replies("m2")] == [True]
    told = [each.text for each in lives.replies("m1")]
    assert sum("could not reach the support channel" in each for each in told) == 1

    lives.chat.closed.clear()
    clock.pass_by(31)
    await office.settled()

    assert len(lives.replies("", "support")) == 1


async def test_a_crowd_is_let_in_before_its_answers_are_begun(lives: Lives) -> None:
    """Platforms wait for seconds only; all of them are answered, once."""
    fate = Fate()
    office = await lives.begin(fate)
    crowd = [asks(LAPTOP, number) for number in range(1, CROWD + 5)]

    await asyncio.gather(*map(office.product.door.message, crowd))

    begun_at_once = fate.steps.count("before Inbox.accept")
    assert 0 < begun_at_once <= CROWD
    assert fate.steps.count("before Inbox.put_message") == len(crowd) - begun_at_once
    await office.settled()
    assert [len(lives.replies(each.thread.thread_id)) for each in crowd] == [1] * len(crowd)
