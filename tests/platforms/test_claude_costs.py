"""What calls cost, on every way a call can end, and when a breaker opens."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.breaker import FAILURES, LONG_PAUSE, PAUSE, Breaker
from adapters.llm.compaction import compact
from adapters.llm.failures import NoReply
from adapters.llm.offline import OfflineModel
from adapters.llm.prices import Billed, Price
from adapters.llm.steadfast import SteadfastModel
from core.drafts import Prompt, Task
from core.routes import Tier
from core.usage import Usage
from core.window import Part, Piece
from tests.fakes.claude_faults import body_is, overloaded, replies, stops
from tests.fakes.claude_mind import says
from tests.platforms.claude_setup import SPARED, ask, exchange, rig, routing, session, summarising

SONNET = Price(Decimal(2), Decimal(10), Decimal("0.2"))


def test_every_kind_of_token_has_its_price() -> None:
    """1,000 fresh at $2, 2,000 written at $2.50, 10,000 read at $0.20, 300 out at $10."""
    usage = SONNET.usage(Billed(fresh=1_000, written=2_000, cached=10_000, out=300))

    assert usage.cost_usd == Decimal("0.012")
    assert (usage.tokens_in, usage.cached, usage.tokens_out) == (13_000, 10_000, 300)


def test_money_is_exact() -> None:
    one = SONNET.usage(Billed(fresh=1, out=1))

    assert sum((one.cost_usd for _ in range(1_000_000)), Decimal(0)) == Decimal(12)


async def test_each_model_has_its_own_price() -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 0}
    body = b'{"stop_reason":"end_turn","content":[{"type":"text","text":"{}"}],"usage":%s}'
    reply = body_is(body % str(usage).replace("'", '"').encode())
    async with rig(SPARED) as it:
        it.fake.will(reply, reply, overloaded(), overloaded(), reply)
        costs = [
            (await it.model.complete(prompt)).usage.cost_usd for prompt in (ask(), routing(), ask())
        ]

    assert costs == [Decimal(2), Decimal("0.1"), Decimal(4)]


async def test_the_second_turn_of_a_thread_reads_its_beginning_from_the_cache() -> None:
    history = [exchange(f"Question {at}?", "word " * 300) for at in range(4)]
    async with rig() as it:
        first = await it.model.complete(ask("A?", before=session(*history)))
        then = [*history, exchange("A?", "B.")]
        second = await it.model.complete(ask("C?", before=session(*then)))

    assert first.usage.cached == 0
    assert second.usage.cached > 1_000
    assert second.usage.cost_usd < first.usage.cost_usd


async def test_a_reply_that_had_to_be_asked_for_twice_costs_twice() -> None:
    """A garbled reply is billed like any other."""
    garbled = body_is(
        b'{"stop_reason":"end_turn","content":7,"usage":{"input_tokens":500000,"output_tokens":0}}'
    )
    async with rig() as it:
        it.fake.will(garbled, replies(says("Whole.")))
        completion = await it.model.complete(ask())

    assert completion.usage.calls == 2
    assert completion.usage.cost_usd > 1


async def test_what_an_unusable_reply_cost_is_on_the_fallbacks_bill() -> None:
    """The ledger counts it although the offline model spoke for nothing."""
    async with rig() as it:
        it.fake.will(stops("max_tokens"))
        model = SteadfastModel(it.model, OfflineModel())
        completion = await model.complete(summarising(exchange("Hotels?", "180 euros.")))

    assert (completion.model, completion.degraded) == ("offline", True)
    assert completion.usage.cost_usd > 0


async def test_what_the_first_model_cost_is_on_the_second_ones_bill() -> None:
    garbled = body_is(b'{"stop_reason":"end_turn","content":7,"usage":{"input_tokens":1000000}}')
    async with rig(SPARED) as it:
        it.fake.will(garbled, garbled, replies(says("Whole.")))
        completion = await it.model.complete(ask())

    assert completion.usage.calls == 3
    assert completion.usage.cost_usd > 4


async def test_a_refused_call_costs_nothing() -> None:
    async with rig() as it:
        it.fake.will(overloaded(), overloaded())
        with pytest.raises(NoReply) as caught:
            await it.model.complete(ask())

    assert caught.value.usage == Usage()


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_breaker_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker(clock=Clock())
    for _ in range(FAILURES - 1):
        assert not breaker.failed()
    breaker.answered()
    opened = [breaker.failed() for _ in range(FAILURES)]

    assert opened == [False] * (FAILURES - 1) + [True]
    assert not breaker.admit()


def test_the_breaker_lets_one_call_see_and_closes_when_it_is_answered() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.trip(PAUSE)
    clock.now = PAUSE

    assert [breaker.admit() for _ in range(3)] == [True, False, False]
    assert breaker.answered()
    assert breaker.admit()


def test_the_breaker_waits_again_when_the_call_that_was_to_see_failed() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.trip()
    clock.now = LONG_PAUSE
    assert breaker.admit()

    assert not breaker.failed()
    assert not breaker.admit()
    clock.now += PAUSE
    assert breaker.admit()


def test_the_breaker_lets_another_call_see_when_the_first_was_given_up() -> None:
    clock = Clock()
    breaker = Breaker(clock=clock)
    breaker.trip(PAUSE)
    clock.now = PAUSE
    assert breaker.admit()

    breaker.given_up()

    assert breaker.admit()


def test_compaction_drops_the_oldest_third_and_nothing_required() -> None:
    pieces = (
        Piece(Part.INSTRUCTIONS, "i", 100, required=True),
        *(Piece(Part.EXCHANGE, str(at), 100) for at in range(6)),
        Piece(Part.QUESTION, "q", 200, required=True),
    )
    prompt = Prompt(Task.ANSWER, Tier.MAIN, pieces)

    shorter = compact(prompt)

    assert shorter is not None
    assert [each.text for each in shorter.pieces] == ["i", "3", "4", "5", "q"]
    assert compact(Prompt(Task.ANSWER, Tier.MAIN, (pieces[0], pieces[-1]))) is None
