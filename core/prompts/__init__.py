"""The instructions a model gets for each task, one Markdown file per task beside this one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from core.drafts import Task


@cache
def instructions(task: Task) -> str:
    """The instructions for a task, read once."""
    return files("core.prompts").joinpath(f"{task.value}.md").read_text(encoding="utf-8").strip()
