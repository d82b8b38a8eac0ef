"""A process dies while it does what somebody confirmed."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from adapters.tools.report import ReportProblem
from core.tools import Caller, ToolOutcome
from tests.fakes.fate import Crash, Fate
from tests.scenarios.lives import Lives, asks
from tests.scenarios.props import with_tools

REPORT = "Please report that the printer on floor 2 is out of paper"


class Noted(ReportProblem):
    """The report tool, which notes under which key it was run."""

    def __init__(self) -> None:
        self.keys: list[str] = []

    async def run(self, arguments: BaseModel, caller: Caller, key: str) -> ToolOutcome:
        self.keys.append(key)
        return await super().run(arguments, caller, key)


async def test_f11_after_a_tool_ran_before_its_result_is_kept(lives: Lives) -> None:
    """It is run again under the same key; one report and one receipt are seen."""
    tool = Noted()
    office = await lives.begin(fate := Fate())
    with_tools(office, tool)
    await office.product.door.message(asks(REPORT, 1))
    await office.settled()
    (offer,) = lives.replies("m1")
    fate.when, fate.step, fate.nth = "before", "SqlJournal._write", 1
    with pytest.raises(Crash):
        await office.person("sam").presses(offer, "Confirm")
    assert lives.replies("", "support") == []
    await lives.end(office, fate)

    office = await lives.begin(works=False)
    with_tools(office, tool)
    office.start()
    await office.settled()

    assert len(tool.keys) == 2
    assert len(set(tool.keys)) == 1
    assert len(lives.replies("", "support")) == 1
    assert sum("Receipt: R-" in each.text for each in lives.replies("m1")) == 1
