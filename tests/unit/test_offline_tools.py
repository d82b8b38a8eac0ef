"""The offline model chooses a tool only when it fits and its arguments were said."""

from __future__ import annotations

import pytest

from adapters.llm.offline import OfflineModel
from core.drafts import Prompt, Stop, Task, ToolCall, ToolSpec
from core.routes import Tier
from core.window import Part, Piece

REPORT = ToolSpec(
    "report_fault",
    "Report something broken in a building to the facilities team.",
    {
        "type": "object",
        "properties": {
            "what": {"type": "string", "x-from": "message", "maxLength": 80},
            "urgency": {"type": "string", "enum": ["low", "high"]},
        },
        "required": ["what"],
    },
    ("report that the printer on floor 2 is out of paper", "the heating is broken"),
)
RESET = ToolSpec(
    "reset_password",
    "Send a link to reset a password.",
    {
        "type": "object",
        "properties": {"system": {"$ref": "#/$defs/System"}},
        "required": ["system"],
        "$defs": {"System": {"type": "string", "enum": ["vpn", "payroll", "e-mail"]}},
    },
    ("reset my password", "I forgot my VPN password, please reset it"),
)
BOOK = ToolSpec(
    "book_room",
    "Book a meeting room.",
    {"type": "object", "properties": {"seats": {"type": "integer"}}, "required": ["seats"]},
    ("book a meeting room for six people",),
)
TOOLS = (REPORT, RESET, BOOK)


async def test_the_fitting_tool_is_called_with_the_persons_own_words() -> None:
    call = await _called("Hi <@U7>, please report that the lamp in room 3.12 is broken, thanks")

    assert call == ToolCall("report_fault", {"what": "report that the lamp in room 3.12 is broken"})


async def test_a_choice_is_filled_when_exactly_one_value_was_said() -> None:
    call = await _called("please reset my VPN password")

    assert call == ToolCall("reset_password", {"system": "vpn"})


@pytest.mark.parametrize(
    "message",
    [
        "please reset my password",
        "reset my VPN and my payroll password",
        "book a meeting room for six people",
    ],
)
async def test_nothing_is_called_while_a_required_argument_is_missing(message: str) -> None:
    """No value was said, two were, or it takes more than words to fill it."""
    assert await _called(message) is None


@pytest.mark.parametrize("message", ["order a taxi to the airport", "what is for lunch?", "", "🙂"])
async def test_nothing_is_called_when_no_tool_fits(message: str) -> None:
    assert await _called(message) is None


async def test_nothing_is_called_without_tools() -> None:
    assert await _called("please reset my VPN password", tools=()) is None


async def test_the_persons_words_are_cut_to_the_length_the_tool_takes() -> None:
    request = "report that the printer on floor 2 is out of paper " + "and toner " * 4_000

    call = await _called(request)

    assert call is not None
    assert len(call.arguments["what"]) <= 80
    assert call.arguments["what"].startswith("report that the printer")


async def _called(message: str, tools: tuple[ToolSpec, ...] = TOOLS) -> ToolCall | None:
    question = Piece(Part.QUESTION, message, 1, required=True)
    reply = await OfflineModel().complete(Prompt(Task.ACT, Tier.MAIN, (question,), tools=tools))
    assert reply.stop is (Stop.TOOL if reply.calls else Stop.END)
    return reply.calls[0] if reply.calls else None
