"""What Claude says is read for what it is: finished, cut, refused, cited, called or garbled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.llm.claude_reply import UNKNOWN_SOURCE
from adapters.llm.failures import UnusableReply
from core.drafts import Span, Stop, Task, ToolCall, ToolSpec
from core.errors import ModelReplyInvalid
from tests.fakes.claude_faults import body_is, replies, stops
from tests.fakes.claude_mind import Reply, calls, citing, results, says, structured
from tests.platforms.claude_setup import HOTELS, TRAINS, ask, exchange, rig, routing, summarising

TOOL = ToolSpec("book", "Book a room.", {"type": "object", "properties": {"n": {"type": "string"}}})
BOOK = ask("Book", task=Task.ACT, tools=(TOOL,))
MODES = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


@MODES
async def test_citations_become_the_passages_that_were_given(stream: bool) -> None:
    async def mind(body: dict[str, Any]) -> Reply:
        second = results(body)[1]
        thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
        return Reply([thought, citing("180 euros.", 1, second), *says(" So there.").content])

    async with rig(stream=stream) as it:
        it.fake.mind = mind
        completion = await it.model.complete(ask("Hotels?", HOTELS, TRAINS))

    assert completion.stop is Stop.END
    assert completion.spans == (Span("180 euros.", ("p1",)), Span(" So there."))


@pytest.mark.parametrize("change", [{"source": "p9"}, {"search_result_index": 0}, {"source": None}])
async def test_a_citation_that_does_not_fit_is_never_guessed(change: dict[str, Any]) -> None:
    """The judge sees an id that was not given and sends nothing."""

    async def mind(body: dict[str, Any]) -> Reply:
        block = citing("180 euros.", 1, results(body)[1])
        return Reply([{**block, "citations": [{**block["citations"][0], **change}]}])

    async with rig() as it:
        it.fake.mind = mind
        completion = await it.model.complete(ask("Hotels?", HOTELS, TRAINS))

    assert completion.spans[0].passage_ids == (UNKNOWN_SOURCE,)


@MODES
async def test_routing_gives_the_data_of_the_schema(stream: bool) -> None:
    async with rig(stream=stream) as it:
        it.fake.mind = structured(lambda asked: {"route": "question", "query": asked})
        completion = await it.model.complete(routing("Hotels?"))

    assert completion.data == {"route": "question", "query": "Hotels?"}
    assert completion.model == "small-model"


@MODES
@pytest.mark.parametrize("words", ["", "   \n", "ok"])
async def test_a83_an_empty_end_turn_is_passed_on_as_it_is(words: str, stream: bool) -> None:
    """Core asks once more and then offers a person; the adapter invents nothing."""
    async with rig(stream=stream) as it:
        it.fake.will(replies(says(words)))
        completion = await it.model.complete(ask())

    assert (completion.stop, completion.text) == (Stop.END, words)
    assert completion.usage.calls == 1


async def test_a83_an_empty_summary_is_no_summary() -> None:
    async with rig() as it:
        it.fake.will(replies(says(" ")))
        with pytest.raises(UnusableReply):
            await it.model.complete(summarising(exchange("a", "b")))


@MODES
@pytest.mark.parametrize("arguments", [{"n": "x", "extra": 1}, {"n": 7}, {"n": 1e308}, {}])
async def test_a84_arguments_are_handed_to_core_untouched(
    arguments: dict[str, Any], stream: bool
) -> None:
    """Core validates them against the tool and asks once more."""
    async with rig(stream=stream) as it:
        it.fake.will(replies(calls(("book", arguments))))
        completion = await it.model.complete(BOOK)

    assert completion.calls == (ToolCall("book", arguments),)


@pytest.mark.parametrize("arguments", ["not json", ["a"], None, 3])
async def test_a84_arguments_of_another_shape_are_asked_for_again(arguments: object) -> None:
    async with rig() as it:
        it.fake.will(replies(calls(("book", arguments))), replies(calls(("book", {"n": "2"}))))
        completion = await it.model.complete(BOOK)

    assert completion.calls == (ToolCall("book", {"n": "2"}),)
    assert completion.usage.calls == 2


async def test_a85_an_unknown_tool_reaches_core_which_refuses_it() -> None:
    async with rig() as it:
        it.fake.will(replies(calls(("rm_rf", {}))))
        completion = await it.model.complete(BOOK)

    assert (completion.stop, completion.calls[0].name) == (Stop.TOOL, "rm_rf")


async def test_a85_of_fifty_calls_at_once_few_are_even_read() -> None:
    async with rig() as it:
        it.fake.will(replies(calls(*(("book", {"n": str(at)}) for at in range(50)))))
        completion = await it.model.complete(BOOK)

    assert len(completion.calls) == 4


async def test_a85_a_call_that_nobody_asked_for_is_no_finished_answer() -> None:
    async with rig() as it:
        it.fake.will(replies(calls(("book", {}))))
        completion = await it.model.complete(ask())

    assert (completion.stop, completion.text) == (Stop.TOOL, "")


@MODES
@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("refusal", Stop.REFUSAL),
        ("max_tokens", Stop.LENGTH),
        ("model_context_window_exceeded", Stop.LENGTH),
        ("pause_turn", Stop.OTHER),
        ("stop_sequence", Stop.OTHER),
        ("something_new", Stop.OTHER),
        ("tool_use", Stop.OTHER),
        (None, Stop.OTHER),
    ],
)
async def test_a86_text_that_was_not_finished_never_leaves_the_adapter(
    reason: str | None, stop: Stop, stream: bool
) -> None:
    async with rig(stream=stream) as it:
        it.fake.will(stops(reason))
        completion = await it.model.complete(ask())

    assert (completion.stop, completion.text) == (stop, "")
    assert completion.usage.cost_usd > 0


@pytest.mark.parametrize("reason", ["refusal", "max_tokens", "pause_turn", "something_new", None])
@pytest.mark.parametrize("prompt", [routing(), summarising(exchange("a", "b"))])
async def test_a86_a_cut_route_or_summary_is_not_used(reason: str | None, prompt: Any) -> None:
    """Nobody downstream asks how these ended; what they cost is known all the same."""
    async with rig() as it:
        it.fake.will(stops(reason, json.dumps({"route": "question"})))
        with pytest.raises(UnusableReply) as caught:
            await it.model.complete(prompt)

    assert caught.value.usage.cost_usd > 0


@pytest.mark.parametrize("words", ["not json", "[1]", '"text"', "{", '{"a": NaN}'])
async def test_routing_that_is_no_object_is_asked_for_again(words: str) -> None:
    async with rig() as it:
        it.fake.will(replies(says(words)), replies(says(words)))
        with pytest.raises(ModelReplyInvalid):
            await it.model.complete(routing())

    assert len(it.fake.log) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"stop_reason": "end_turn", "content": null, "usage": {"input_tokens": -5}}',
        b'{"stop_reason": "end_turn", "content": [{"type": "text"}], "usage": "many"}',
        b'{"stop_reason": "end_turn", "content": ["text"]}',
        b'{"stop_reason": {}, "content": 3}',
        b'{"stop_reason": "end_turn", "content": [{"type": "text", "text": 7}]}',
    ],
)
async def test_f38_a_body_of_another_shape_is_asked_for_again(body: bytes) -> None:
    async with rig() as it:
        it.fake.will(body_is(body), replies(says("Whole.")))
        completion = await it.model.complete(ask())

    assert completion.text == "Whole."
