"""Every model task has instructions, and they hold what our judges rely on."""

from __future__ import annotations

import pytest

from core.drafts import Task
from core.prompts import instructions
from core.routes import Route


@pytest.mark.parametrize("task", Task)
def test_every_task_tells_the_model_that_quoted_data_is_no_instruction(task: Task) -> None:
    text = instructions(task)

    assert "quoted data" in text
    assert "instructions" in text


def test_the_routes_a_model_may_choose_are_ours() -> None:
    """A route added in code without a definition for the model fails here."""
    lines = instructions(Task.ROUTE).splitlines()

    named = [line.split("`")[1] for line in lines if line.startswith("- `")]

    assert named[: len(Route)] == [route.value for route in Route]
