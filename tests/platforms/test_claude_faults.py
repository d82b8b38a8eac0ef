"""What happens when Claude does not answer: waits, second tries, other models, clear failures."""

from __future__ import annotations

import asyncio
import socket
from time import monotonic

import pytest
from structlog.testing import capture_logs

from adapters.llm.claude_wire import Patience
from adapters.llm.failures import NoReply
from adapters.llm.offline import OfflineModel
from adapters.llm.steadfast import SteadfastModel
from core.errors import ModelUnavailable
from tests.fakes.claude import Fault
from tests.fakes.claude_faults import (
    body_is,
    cut,
    drips,
    late,
    overloaded,
    own_limit_reached,
    rate_limited,
    refuses,
    replies,
    spend_limited,
    stream_error,
    streams,
    too_long,
)
from tests.fakes.claude_mind import says
from tests.platforms.claude_setup import (
    HOTELS,
    MAIN,
    SMALL,
    SPARE,
    SPARED,
    Rig,
    ask,
    exchange,
    rig,
    routing,
    session,
)

GOOD = replies(says("Whole."))
SHORT = Patience(connect=0.5, first_byte=0.5, whole=0.5, total=30.0)
MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def asked(it: Rig) -> list[str]:
    """The models that were called, in order, as the service saw it."""
    return [each.body["model"] for each in it.fake.log]


async def test_f33_a_rate_limit_is_waited_for_as_long_as_it_says() -> None:
    async with rig() as it:
        it.fake.will(rate_limited("30"), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
    assert len(it.time.slept) == 1
    assert 30 <= it.time.slept[0] < 32


@pytest.mark.parametrize("header", [None, "abc", "-5", "nan", "inf", "1e999", ""])
async def test_f33_a_rate_limit_that_says_nothing_sensible_is_waited_for_briefly(
    header: str | None,
) -> None:
    async with rig() as it:
        it.fake.will(rate_limited(header), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
    assert 0 < it.time.slept[0] < 2


async def test_f33_a_wait_beyond_the_deadline_is_not_begun() -> None:
    """The person hears at once instead of after four minutes; the model is left alone so long."""
    async with rig() as it:
        it.fake.will(rate_limited("240"))
        with pytest.raises(ModelUnavailable):
            await it.model.complete(ask())
        with pytest.raises(ModelUnavailable):
            await it.model.complete(ask())
        it.time.now += 241
        completion = await it.model.complete(ask())

    assert it.time.slept == []
    assert len(it.fake.log) == 2
    assert completion.text


async def test_f33_many_rate_limits_do_not_stop_the_others_from_waiting() -> None:
    async with rig() as it:
        for _ in range(10):
            it.fake.will(rate_limited("1"), GOOD)
            await it.model.complete(ask())

    assert len(it.time.slept) == 10


@pytest.mark.parametrize(
    "fault",
    [
        spend_limited(),
        own_limit_reached(),
        refuses(402, "billing_error"),
        refuses(400, "invalid_request_error", code="organization_on_hold"),
    ],
)
async def test_f34_a_spent_budget_is_not_tried_again_and_an_operator_is_told(fault: Fault) -> None:
    """All models share the account, so that none is called until the pause is over."""
    async with rig(SPARED) as it:
        it.fake.will(fault)
        with capture_logs() as logs:
            for prompt in (ask(), ask(), routing()):
                with pytest.raises(NoReply):
                    await it.model.complete(prompt)
        it.time.now += 301
        completion = await it.model.complete(ask())

    assert asked(it) == [MAIN, MAIN]
    assert completion.text
    errors = [each for each in logs if each["log_level"] == "error"]
    assert [each["event"] for each in errors] == ["model account refused, an operator must act"]


async def test_f34_the_documents_are_quoted_meanwhile() -> None:
    async with rig() as it:
        it.fake.will(spend_limited())
        completion = await SteadfastModel(it.model, OfflineModel()).complete(ask())

    assert completion.degraded
    assert "180 euros" in completion.text


async def test_f35_an_overloaded_model_is_left_alone_noted_once_and_found_again() -> None:
    async with rig() as it:
        it.fake.will(*[overloaded()] * 5)
        with capture_logs() as logs:
            for _ in range(20):
                with pytest.raises(NoReply):
                    await it.model.complete(ask())
            calls_while_down = len(it.fake.log)
            it.time.now += 31
            completion = await it.model.complete(ask())

    assert calls_while_down == 5
    assert completion.text
    assert [each["event"] for each in logs if each["log_level"] != "warning"] == [
        "model paused, it keeps failing",
        "model answers again",
    ]


async def test_f35_the_fallback_model_speaks_when_one_is_set() -> None:
    async with rig(SPARED) as it:
        it.fake.will(overloaded(), overloaded(), GOOD)
        completion = await it.model.complete(ask())

    assert asked(it) == [MAIN, MAIN, SPARE]
    assert (completion.model, completion.text, completion.degraded) == (SPARE, "Whole.", False)


async def test_f35_a_paused_model_is_passed_over_for_the_fallback() -> None:
    async with rig(SPARED) as it:
        it.fake.will(refuses(404, "not_found_error"), GOOD, GOOD)
        await it.model.complete(ask())
        await it.model.complete(ask())

    assert asked(it) == [MAIN, SPARE, SPARE]


async def test_f35_only_one_call_finds_out_whether_the_model_is_back() -> None:
    async with rig() as it:
        it.fake.will(refuses(404, "not_found_error"))
        with pytest.raises(NoReply):
            await it.model.complete(ask())
        it.time.now += 301
        outcomes = await asyncio.gather(
            *(it.model.complete(ask()) for _ in range(5)), return_exceptions=True
        )

    assert len(it.fake.log) == 2
    assert sum(isinstance(each, NoReply) for each in outcomes) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504, 529, 408, 409])
async def test_f35_a_passing_failure_is_tried_once_more(status: int) -> None:
    async with rig() as it:
        it.fake.will(refuses(status, "api_error"), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
    assert 0 < it.time.slept[0] < 2


async def test_f36_a_service_that_cannot_be_reached_is_tried_twice() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with rig(url=url, patience=SHORT) as it:
            with pytest.raises(NoReply, match=r"connection|timeout"):
                await it.model.complete(ask())

    assert len(it.time.slept) == 1


async def test_f36_a_connection_that_is_never_accepted_is_given_up() -> None:
    """The service's queue is full, so that the handshake gets no answer."""
    with socket.socket() as full, socket.socket() as one, socket.socket() as two:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (one, two):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        async with rig(url=f"http://127.0.0.1:{full.getsockname()[1]}", patience=SHORT) as it:
            with pytest.raises(NoReply, match=r"connection|timeout"):
                await it.model.complete(ask())


@MODES
async def test_f36_a_first_byte_that_does_not_come_is_tried_again(stream: bool) -> None:
    async with rig(patience=SHORT, stream=stream) as it:
        it.fake.will(late(3.0), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
    assert len(it.fake.log) == 2


@MODES
async def test_f36_after_two_tries_the_failure_is_clear(stream: bool) -> None:
    async with rig(patience=SHORT, stream=stream) as it:
        it.fake.will(late(3.0), late(3.0))
        with pytest.raises(NoReply, match="timeout"):
            await it.model.complete(ask())

    assert len(it.fake.log) == 2


async def test_f36_an_answer_in_one_piece_may_take_longer_than_a_first_byte() -> None:
    """Its first byte comes when all of it is written; a long one is not asked for twice."""
    patience = Patience(connect=0.5, first_byte=0.3, whole=5.0, total=10.0)
    async with rig(patience=patience) as it:
        it.fake.will(late(0.8))
        completion = await it.model.complete(ask())

    assert completion.text == "Too late."
    assert len(it.fake.log) == 1


async def test_f36_routing_in_one_piece_is_a_few_words_and_not_waited_for_as_long() -> None:
    """Whoever asked is told within seconds, or routed without the model."""
    patience = Patience(connect=0.5, first_byte=0.3, whole=30.0, total=60.0)
    async with rig(patience=patience) as it:
        it.fake.will(late(20.0))
        completion = await it.model.complete(routing())

    assert completion.data is not None
    assert len(it.fake.log) == 2


async def test_f36_a_stream_that_falls_silent_is_noticed_while_it_is_written() -> None:
    """That is what streaming is for: nobody waits as for a whole text."""
    patience = Patience(connect=0.5, first_byte=0.3, whole=30.0, total=60.0)
    async with rig(patience=patience, stream=True) as it:
        it.fake.will(drips(20.0), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."


async def test_f36_a_service_that_hangs_is_tried_twice_within_the_deadline() -> None:
    """In the product the documents are quoted then; the pauses of the fake clock take no time."""
    patience = Patience(connect=0.5, first_byte=0.3, whole=0.6, total=1.6)
    async with rig(patience=patience) as it:
        it.fake.will(late(20.0), late(20.0))
        began = monotonic()
        spoken = await SteadfastModel(it.model, OfflineModel()).complete(ask())

    assert spoken.degraded
    assert len(it.fake.log) == 2
    assert 1.1 < monotonic() - began < 2.5


def test_f36_the_limits_leave_room_for_a_second_try() -> None:
    """5 s to connect, 20 s to a first byte, 45 s for a whole text, 90 s in all."""
    patience = Patience()

    assert (patience.connect, patience.first_byte, patience.total) == (5, 20, 90)
    assert 2 * patience.whole <= patience.total


@MODES
async def test_f37_a_slow_drip_ends_at_the_total_deadline(stream: bool) -> None:
    """No gap is ever long; the sum is. No time is left for another model either."""
    patience = Patience(connect=5.0, first_byte=5.0, total=0.4)
    async with rig(SPARED, patience, stream=stream, real_time=True) as it:
        it.fake.will(drips(0.02))
        with pytest.raises(NoReply, match="deadline"):
            await it.model.complete(ask())

    assert asked(it) == [MAIN]


STREAM_FAULTS = {
    "error_event": stream_error(),
    "reset": cut(200),
    "reset_at_once": cut(),
    "clean_end_without_message_stop": streams(most=-1),
    "clean_end_in_the_middle": streams(most=5),
    "bad_utf8": streams(most=4, then=b'data: {"type": "ping", "x": "\xff\xfe"}\n\n'),
    "bad_json": streams(most=4, then=b'event: x\ndata: {"type": \n\n'),
    "not_an_object": streams(most=4, then=b"data: 7\n\n"),
    "delta_of_no_block": streams(
        most=1, then=b'data: {"type":"content_block_delta","index":4,"delta":{}}\n\n'
    ),
    "nothing": streams(most=0),
    "far_too_much": streams(most=4, then=b"data: " + b"x" * 4_100_000),
}


@pytest.mark.parametrize("fault", STREAM_FAULTS.values(), ids=STREAM_FAULTS)
async def test_f38_a_broken_stream_is_tried_again_and_its_fragment_never_seen(fault: Fault) -> None:
    async with rig(stream=True) as it:
        it.fake.will(fault, GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
    assert len(it.fake.log) == 2


@pytest.mark.parametrize("fault", STREAM_FAULTS.values(), ids=STREAM_FAULTS)
async def test_f38_a_stream_broken_twice_is_a_failure(fault: Fault) -> None:
    async with rig(stream=True) as it:
        it.fake.will(fault, fault)
        with pytest.raises(NoReply):
            await it.model.complete(ask())


async def test_f38_what_a_cut_stream_cost_is_counted() -> None:
    async with rig(stream=True) as it:
        it.fake.will(streams(most=5), streams(most=5))
        with pytest.raises(NoReply) as caught:
            await it.model.complete(ask())

    assert caught.value.usage.calls == 2
    assert caught.value.usage.cost_usd > 0


@pytest.mark.parametrize("after", [0, 40])
async def test_f38_a_reset_connection_is_tried_again(after: int) -> None:
    async with rig() as it:
        it.fake.will(cut(after), GOOD)
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."


async def test_f38_two_garbled_bodies_are_a_failure() -> None:
    async with rig() as it:
        it.fake.will(body_is(b"{"), body_is(b"\xff"))
        with pytest.raises(NoReply, match="unreadable"):
            await it.model.complete(ask())


@pytest.mark.parametrize("fault", [too_long(), refuses(413, "request_too_large")])
async def test_f39_a_prompt_that_is_too_long_is_shortened_once(fault: Fault) -> None:
    """The oldest exchanges go, a third of all tokens; question, best passage, newest stay."""
    history = session(*(exchange(f"Question {at}?", "word " * 400) for at in range(9)))
    async with rig() as it:
        it.fake.will(fault, GOOD)
        completion = await it.model.complete(ask("Hotels?", HOTELS, before=history))

    first, second = it.fake.log
    assert completion.text == "Whole."
    assert len(second.raw) < 0.75 * len(first.raw)
    assert "Question 0?" not in second.text
    assert all(words in second.text for words in ("Question 8?", "Hotels?", "180 euros"))


async def test_f39_a_prompt_that_stays_too_long_is_a_failure() -> None:
    history = session(*(exchange(f"Question {at}?", "word " * 400) for at in range(9)))
    async with rig(SPARED) as it:
        it.fake.will(too_long(), too_long())
        with pytest.raises(NoReply):
            await it.model.complete(ask("Hotels?", HOTELS, before=history))

    assert asked(it) == [MAIN, MAIN]


async def test_f39_a_prompt_with_nothing_to_leave_out_is_not_sent_again() -> None:
    async with rig() as it:
        it.fake.will(too_long())
        with pytest.raises(NoReply):
            await it.model.complete(ask("Hotels?", HOTELS))

    assert len(it.fake.log) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (refuses(401, "authentication_error"), "model account refused, an operator must act"),
        (refuses(403, "permission_error"), "model refused, an operator must act"),
        (refuses(404, "not_found_error"), "model refused, an operator must act"),
    ],
)
async def test_f40_what_only_an_operator_can_mend_is_not_tried_again(
    fault: Fault, said: str
) -> None:
    async with rig() as it:
        it.fake.will(fault)
        with capture_logs() as logs:
            for _ in range(3):
                with pytest.raises(NoReply):
                    await it.model.complete(ask())

    assert asked(it) == [MAIN]
    assert [each["event"] for each in logs if each["log_level"] == "error"] == [said]


async def test_f40_a_removed_model_does_not_silence_the_other_one() -> None:
    async with rig() as it:
        it.fake.will(refuses(404, "not_found_error"))
        with pytest.raises(NoReply):
            await it.model.complete(ask())
        completion = await it.model.complete(routing())

    assert completion.model == SMALL


async def test_a_request_that_is_simply_wrong_is_not_repeated_and_blames_nobody() -> None:
    async with rig(SPARED) as it:
        it.fake.will(*[refuses(400, "invalid_request_error", "messages.0: no")] * 9)
        for _ in range(9):
            with pytest.raises(NoReply):
                await it.model.complete(ask())
        completion = await it.model.complete(ask())

    assert asked(it) == [MAIN] * 10
    assert completion.text


async def test_logs_hold_no_word_of_what_people_wrote() -> None:
    async with rig() as it:
        it.fake.will(refuses(400, "invalid_request_error", "near 'my secret diary'"))
        with capture_logs() as logs, pytest.raises(NoReply):
            await it.model.complete(ask("my secret diary"))

    assert "diary" not in repr(logs)
    assert "sk-ant" not in repr(logs)


async def test_a_call_that_nobody_waits_for_says_nothing_about_the_model() -> None:
    """A cancelled probe lets the next call probe."""
    async with rig() as it:
        it.fake.will(refuses(404, "not_found_error"), late(3.0))
        with pytest.raises(NoReply):
            await it.model.complete(ask())
        it.time.now += 301
        call = asyncio.create_task(it.model.complete(ask()))
        while len(it.fake.log) < 2:
            await asyncio.sleep(0.005)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        completion = await it.model.complete(ask())

    assert completion.text
